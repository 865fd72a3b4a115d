"""The classifier two-sample test on numbers alone."""

import numpy as np
from scipy.stats import kstest

from assay.stats.two_sample import two_sample


def drawn(seed: int, pairs: int = 40, features: int = 60):
    """Two sides without a difference, of pairs that have much in common."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(pairs, features))
    both = np.repeat(common, 2, axis=0) + rng.normal(size=(2 * pairs, features))
    return both, np.arange(2 * pairs) % 2 == 1, np.arange(2 * pairs) // 2


def test_one_feature_that_differs_is_found_and_named() -> None:
    rows, side, pair = drawn(0)
    rows[side, 7] += 3
    found = two_sample(rows, side, pair, permutations=99)
    assert found.p_value == 0.01
    assert found.auc.low > 0.7
    assert np.flatnonzero(found.p_value_each <= 0.05).tolist() == [7]


def test_the_same_seed_gives_the_same_answer() -> None:
    data = drawn(1)
    one, two = (two_sample(*data, permutations=39, seed=5) for _ in range(2))
    assert one.p_value == two.p_value
    assert one.auc == two.auc


def test_p_values_are_uniform_where_nothing_differs() -> None:
    paired = [two_sample(*drawn(seed, 16, 30), permutations=39).p_value for seed in range(40)]
    assert kstest(paired, "uniform").pvalue > 0.01
    assert np.mean(np.array(paired) <= 0.05) < 0.2


def test_unpaired_sides_of_unequal_size_give_no_alarm() -> None:
    values = []
    for seed in range(25):
        rows = np.random.default_rng(seed).normal(size=(32, 30))
        side = np.arange(32) < 10
        values.append(two_sample(rows, side, np.arange(32), permutations=39).p_value)
    assert kstest(values, "uniform").pvalue > 0.01


def test_runs_of_one_cluster_are_no_independent_evidence() -> None:
    # Four clusters a side, each of ten runs that are nearly the same.
    rng = np.random.default_rng(3)
    rows = np.repeat(rng.normal(size=(8, 20)), 10, axis=0) + 0.01 * rng.normal(size=(80, 20))
    found = two_sample(rows, np.arange(80) < 40, np.arange(80) // 10, permutations=99)
    assert found.p_value > 0.02


def test_features_that_never_differ_are_no_reason_to_fail() -> None:
    rows, side, pair = drawn(2)
    rows[:, 3] = 1.0
    found = two_sample(rows, side, pair, permutations=19)
    assert found.difference[3] == 0


def test_too_few_sessions_say_nothing() -> None:
    rows, side, pair = drawn(4, pairs=2)
    found = two_sample(rows, side, pair)
    assert (found.auc.mean, found.p_value) == (None, 1.0)
