"""Against scikit-learn and plain loops; and what must hold at the edges."""

import numpy as np
import pytest

from assay.stats.discrimination import auc, calibration, mean_difference, mean_score


def scored(rng: np.random.Generator, pairs: int, shift: float = 0.0, shared: float = 0.0):
    """Scores of both members of each pair, which have a share in common."""
    common = shared * rng.normal(size=pairs)
    own = rng.normal(size=(2, pairs)) + common
    own[1] += shift
    side = np.repeat([False, True], pairs)
    return own.ravel(), side, np.tile(np.arange(pairs), 2)


def test_the_auc_is_scikit_learns_and_ties_are_half() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    scores, side, pair = scored(rng, 40, shift=0.5)
    scores = np.round(scores)
    assert auc(scores, side, pair).mean == pytest.approx(roc_auc_score(side, scores))


def test_a_perfect_separation_still_has_an_interval() -> None:
    found = auc([0, 1, 2, 10, 11, 12], [False] * 3 + [True] * 3, [1, 2, 3, 1, 2, 3])
    assert (found.mean, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(1 - (1 - 0.05 ** (1 / 3)))


def test_some_overlap_never_proves_more_than_none() -> None:
    side, pair = np.repeat([False, True], 20), np.tile(np.arange(20), 2)
    scores = np.concatenate([np.arange(20), np.arange(20) + 18.5])
    assert auc(scores, side, pair).low <= auc(np.arange(40), side, pair).low


def test_what_pairs_share_narrows_the_interval() -> None:
    # The same differences within pairs say more where the pairs themselves differ much.
    rng = np.random.default_rng(1)
    scores, side, pair = scored(rng, 60, shift=0.3, shared=3.0)
    paired, loose = auc(scores, side, pair), auc(scores, side, np.arange(120))
    assert paired.high - paired.low < 0.9 * (loose.high - loose.low)


def test_the_interval_of_the_auc_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    from scipy.stats import norm

    for shift in (0.0, 1.0):
        truth = norm.cdf(shift / np.sqrt(2))
        found = [auc(*scored(rng, 25, shift=shift)) for _ in range(200)]
        assert sum(each.low <= truth <= each.high for each in found) >= 186


def test_a_missing_score_is_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        auc([0.5, float("nan")], [True, False], [1, 2])


def test_one_pair_says_nothing_of_others() -> None:
    found = auc([0.1, 0.9], [False, True], ["a", "a"])
    assert (found.mean, found.low, found.high) == (1.0, 0.0, 1.0)


def test_calibration_is_perfect_for_the_truth_and_bad_for_its_opposite() -> None:
    truth = [True] * 30 + [False] * 30
    right, wrong = calibration([1.0] * 30 + [0.0] * 30, truth), calibration([0.0] * 60, [True] * 60)
    assert (right.brier, right.ece) == (0.0, 0.0)
    assert (wrong.brier, wrong.ece) == (1.0, 1.0)


def test_calibration_bins_say_what_was_seen() -> None:
    found = calibration([0.25] * 4 + [0.75] * 4, [True, False, False, False] + [True] * 4)
    assert [(part.said, part.seen.mean) for part in found.bins] == [(0.25, 0.25), (0.75, 1.0)]
    assert found.ece == pytest.approx(0.125)


def test_what_a_pair_does_to_both_means_cancels() -> None:
    rng = np.random.default_rng(3)
    level = rng.uniform(0.1, 0.8, size=15)
    other = level + 0.1 + 0.01 * rng.normal(size=15)
    paired = mean_difference(other, level, range(15), range(15))
    loose = mean_difference(other, level, range(15), range(15, 30))
    assert paired.low > 0.08
    assert loose.low < 0


def test_a_difference_of_means_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(300):
        one, two = rng.beta(2, 2, size=12), rng.beta(2, 4, size=20)
        found = mean_difference(one, two, range(12), range(100, 120))
        hits += found.low <= 0.5 - 1 / 3 <= found.high
    assert hits >= 279


def test_scores_that_are_all_alike_leave_room_for_what_was_not_seen() -> None:
    found = mean_score([0.5] * 20, range(20))
    assert found.low < 0.45
    assert found.high > 0.55
