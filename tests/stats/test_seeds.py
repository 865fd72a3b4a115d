"""Means and paired differences over training seeds."""

import math

import numpy as np
import pytest
from scipy import stats

from assay.stats.seeds import mean_over_seeds, paired_over_seeds, sign_flip_p, smallest_p


def test_the_interval_is_students_over_seeds():
    values = [0.10, 0.14, 0.12, 0.20]
    found = mean_over_seeds(values)
    low, high = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.n == 4


def test_seeds_without_any_event_do_not_give_an_interval_of_no_width():
    assert mean_over_seeds([0.0] * 10, [0.0001] * 10).high == pytest.approx(
        2.262 * 0.01 / 10**0.5, rel=1e-3
    )


def test_one_seed_says_nothing_about_others_but_knows_its_sampling_error():
    found = mean_over_seeds([0.3], [0.0004])
    assert (found.mean, found.low, found.high) == (0.3, 0.0, 1.0)
    assert found.sampling == pytest.approx(0.02)
    assert found.spread is None


def test_no_seed_has_no_mean_and_no_number_is_nan():
    found = mean_over_seeds([math.nan])
    assert (found.mean, found.n, found.spread) == (None, 0, None)


def test_seeds_are_paired_and_a_seed_of_one_arm_alone_is_left_out():
    found = paired_over_seeds({0: 0.4, 1: 0.5, 7: 0.9}, {0: 0.1, 1: 0.1, 3: 0.0, 7: math.nan})
    assert found.values == pytest.approx({0: 0.3, 1: 0.4})
    assert found.mean == pytest.approx(0.35)


def test_ten_seeds_that_all_rise_give_the_smallest_p_there_is():
    found = paired_over_seeds({s: 0.2 + s / 100 for s in range(10)}, dict.fromkeys(range(10), 0.1))
    assert found.p_value == found.sign_p == found.smallest_p == 2**-9
    assert (found.up, found.down) == (10, 0)


def test_five_seeds_cannot_reach_five_percent_and_so_can_detect_nothing():
    found = paired_over_seeds(dict.fromkeys(range(5), 0.9), {s: s / 100 for s in range(5)})
    assert found.p_value == smallest_p(5) == 0.0625
    assert found.detectable is None


def test_sign_flips_agree_with_scipys_exact_permutation():
    values = np.random.default_rng(3).normal(0.3, 1.0, 9)
    expected = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=np.inf
    ).pvalue
    assert sign_flip_p(values) == pytest.approx(expected)


def test_sign_flips_of_many_seeds_are_drawn_and_never_give_zero():
    assert 0 < sign_flip_p([1.0] * 30) < 1e-3
    assert sign_flip_p([1.0, -1.0] * 15) > 0.9


def test_equal_sums_count_as_equal_whatever_their_last_digits():
    assert sign_flip_p([0.1, 0.2, 0.3]) == 0.25


def test_the_detectable_difference_is_found_in_nine_of_ten_studies():
    rng = np.random.default_rng(0)
    spread, n = 0.05, 10
    first = dict(enumerate(spread * np.array([-1.5, -1, -0.5, -0.5, 0, 0, 0.5, 0.5, 1, 1.5])))
    found = paired_over_seeds(first, dict.fromkeys(range(n), 0.0))
    assert found.detectable is not None
    draws = rng.normal(found.detectable, found.spread, (4000, n))
    power = (stats.ttest_1samp(draws, 0.0, axis=1).pvalue < 0.05).mean()
    assert power == pytest.approx(0.9, abs=0.02)


def test_nothing_differs_is_no_evidence():
    found = paired_over_seeds({0: 0.2, 1: 0.2}, {0: 0.2, 1: 0.2}, {0: 1e-4, 1: 1e-4})
    assert (found.p_value, found.sign_p) == (1.0, 1.0)
    assert found.low < 0 < found.high
