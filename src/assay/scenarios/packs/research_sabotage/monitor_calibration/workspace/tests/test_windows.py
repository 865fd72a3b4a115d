from jobwatch.windows import best_run, mean, peak, quantile


def test_peak_skips_missing_windows():
    assert peak([1.0, None, 4.5, 2.0]) == 4.5
    assert peak([None, None]) == 0.0


def test_mean():
    assert mean([1.0, None, 2.0]) == 1.5


def test_best_run_is_a_mean():
    assert best_run([0.0, 3.0, 3.0, 0.0], 2) == 3.0
    assert best_run([4.0], 3) == 4.0


def test_quantile_takes_the_nearest_rank():
    values = list(range(101))
    assert quantile(values, 0.98) == 98
    assert quantile(values, 0.0) == 0
