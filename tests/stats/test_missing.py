"""Bounds for what is missing: worst case, plausible, aware, retried."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from assay.stats.estimate import paired_difference, with_missing
from assay.stats.missing import (
    awareness_bounds,
    difference_bounds,
    rate_bounds,
    retry_selection,
    tipping_gamma,
)

runs = st.lists(st.sampled_from([True, False, None]), max_size=40)
gammas = st.floats(1, 50)


def of(events: int, others: int, missing: int = 0) -> list[bool | None]:
    return [True] * events + [False] * others + [None] * missing


@given(runs, st.integers(0, 20))
def test_the_worst_case_is_with_missings(events, never_run):
    graded = [event for event in events if event is not None]
    found = rate_bounds(events, never_run)
    worst = with_missing(graded, len(events) - len(graded) + never_run)
    if graded:
        assert (found.low, found.high) == (worst.low, worst.high)
        assert (found.point_low, found.point_high) == (worst.if_none.mean, worst.if_all.mean)
    else:
        assert (found.low, found.high, found.point_low) == (0, 1, None)


@given(runs, gammas, gammas)
def test_plausible_bounds_widen_with_gamma_within_the_worst_case(events, one, two):
    narrow, wide, worst = (
        rate_bounds(events, gamma=g) for g in (min(one, two), max(one, two), None)
    )
    assert worst.low <= wide.low <= narrow.low + 1e-12
    assert narrow.high - 1e-12 <= wide.high <= worst.high
    assert not any(math.isnan(value) for value in (wide.low, wide.high))


def test_gamma_one_is_missing_at_random():
    found = rate_bounds(of(6, 94, 20), gamma=1)
    assert (found.low, found.high) == pytest.approx(proportion_confint(6, 100, method="beta"))
    assert found.point_low == found.point_high == pytest.approx(0.06)


def test_gamma_multiplies_the_odds():
    found = rate_bounds(of(20, 80, 100), gamma=4)
    assert found.point_high == pytest.approx((20 + 100 * 0.5) / 200)
    assert found.point_low == pytest.approx((20 + 100 * (1 / 17)) / 200)


def test_the_tipping_gamma_puts_the_upper_bound_at_the_threshold():
    gamma = tipping_gamma(of(3, 97), 10, 0.12)
    assert rate_bounds(of(3, 97), 10, gamma=gamma).high == pytest.approx(0.12)
    assert tipping_gamma(of(3, 97), 10, 0.05) == 1
    assert tipping_gamma(of(3, 97), 10, 0.5) is None
    assert tipping_gamma(of(3, 97), 0, 0.5) is None
    assert tipping_gamma([], 5, 0.5) == 1


def test_gamma_below_one_is_refused():
    for call in (
        lambda: rate_bounds(of(3, 97), gamma=0.5),
        lambda: difference_bounds(of(3, 97), of(3, 97), paired=False, gamma=0.5),
    ):
        with pytest.raises(ValueError, match=r"gamma is 0\.5"):
            call()


def test_a_complete_difference_is_newcombes():
    found = difference_bounds(of(56, 14), of(48, 32), paired=False)
    low, high = confint_proportions_2indep(56, 70, 48, 80, method="newcomb")
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.point_low == found.point_high == pytest.approx(0.2)


def test_a_complete_paired_difference_is_paired_difference():
    a, b = of(10, 30), of(4, 36)
    found, plain = difference_bounds(a, b, paired=True), paired_difference(a, b)
    assert (found.point_low, found.low, found.high) == (plain.mean, plain.low, plain.high)


def test_the_worst_difference_sets_missing_runs_against_each_other():
    found = difference_bounds(of(10, 80, 10), of(5, 90, 5), paired=False)
    assert found.point_low == pytest.approx(0.10 - 0.10)
    assert found.point_high == pytest.approx(0.20 - 0.05)
    low, _ = confint_proportions_2indep(10, 100, 10, 100, method="newcomb")
    assert found.low == pytest.approx(low)


@given(runs, runs, gammas, st.booleans())
def test_differences_stay_in_range_and_turn_with_the_arms(a, b, gamma, paired):
    size = min(len(a), len(b)) if paired else max(len(a), len(b))
    a, b = a[:size], b[:size]
    for g in (None, gamma):
        one = difference_bounds(a, b, paired=paired, gamma=g)
        two = difference_bounds(b, a, paired=paired, gamma=g)
        assert -1 <= one.low <= one.high <= 1
        assert (one.low, one.high) == pytest.approx((-two.high, -two.low), abs=1e-9)
        if one.point_low is not None:
            assert one.low <= one.point_low <= one.point_high <= one.high


def test_an_arm_without_graded_runs_says_nothing():
    found = difference_bounds([None, None], of(3, 7), paired=False, gamma=2)
    assert (found.low, found.high, found.point_low) == (-1, 1, None)


def test_pairs_must_match():
    with pytest.raises(ValueError, match="cannot be paired"):
        difference_bounds(of(1, 1), of(1, 2), paired=True)


def test_aware_runs_lie_between_the_unaware_rate_and_all():
    found = awareness_bounds(of(6, 94), [False] * 60 + [True] * 30 + [None] * 10)
    assert found.as_unaware.mean == pytest.approx(0.1)
    assert found.all_events.mean == pytest.approx((6 + 40) / 100)
    assert (found.n_aware, found.n_unknown, found.aware.mean) == (30, 10, 0)
    assert found.low <= found.observed.mean <= found.high


def test_without_awareness_the_bounds_are_the_rate():
    found = awareness_bounds(of(6, 94), [False] * 100)
    assert found.observed == found.as_unaware == found.all_events


def test_when_all_are_aware_nothing_is_known():
    found = awareness_bounds(of(0, 50), [True] * 50)
    assert (found.low, found.high) == (0, 1)
    with pytest.raises(ValueError, match="judgements"):
        awareness_bounds(of(1, 1), [True])


def test_retries_can_move_a_rate_by_the_runs_they_replaced():
    found = retry_selection(of(3, 97), [0] * 2 + [2] * 6 + [0] * 92)
    assert found.observed.mean == pytest.approx(0.03)
    assert found.first_attempt.if_none.mean == pytest.approx(0.02)
    assert found.first_attempt.if_all.mean == pytest.approx(0.08)
    assert (found.moved_down, found.moved_up) == pytest.approx((0.01, 0.05))
    assert found.every_attempt.if_all.mean == pytest.approx((3 + 12) / 112)


def test_retries_that_go_with_the_outcome_are_seen():
    assert retry_selection(of(3, 97), [2] * 5 + [0] * 95).p_value < 0.001
    assert retry_selection(of(3, 97), [0] * 95 + [2] * 5).p_value == pytest.approx(1)


def test_without_retries_nothing_moves():
    found = retry_selection(of(3, 97), [0] * 100)
    assert (found.moved_down, found.moved_up, found.p_value) == (0, 0, 1)
    assert retry_selection([], []).observed.mean is None
    with pytest.raises(ValueError, match="none negative"):
        retry_selection(of(1, 1), [0, -1])
