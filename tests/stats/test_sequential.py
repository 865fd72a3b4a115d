"""The proof's steps checked by enumeration, false alarms by simulation, and what decide() counts."""

import math
from dataclasses import asdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import hypergeom

from assay.stats.betting import Capital, _remaining, log_capital_above, lower_limit, upper_limit
from assay.stats.sequential import (
    Run,
    StoppingRule,
    confidence_sequence,
    fixed_design_runs,
    schedule,
)

BELOW = StoppingRule(below=0.03)
rates_lists = st.lists(st.floats(0, 1), min_size=2, max_size=7)
states = st.lists(st.sampled_from([False] * 8 + [True, None]), min_size=1, max_size=60)


def plan_of(cells=24, epochs=40, seed=0):
    named = [(f"scenario_{at}", "safety") for at in range(cells)]
    return schedule(named, epochs, np.random.default_rng(seed))


def runs_of(planned, events):
    return [Run(*slot, event) for slot, event in zip(planned.slots, events, strict=False)]


def drawn(rate, n, seed):
    return (np.random.default_rng(seed).random(n) < rate).tolist()


def totals(rates):
    found = np.ones(1)
    for rate in rates:
        found = np.convolve(found, [1 - rate, rate])
    return found


@given(rates_lists, st.data())
def test_the_next_run_is_at_least_as_likely_an_event_as_the_bet_assumes(rates, data):
    cells, k = len(rates), data.draw(st.integers(0, len(rates) - 1))
    total = np.arange(cells + 1)
    for seen in range(k + 1):
        weight = totals(rates) * hypergeom.pmf(seen, cells, total, k)
        if weight.sum() > 1e-9:
            likely = weight @ ((total - seen) / (cells - k)) / weight.sum()
            assert likely >= _remaining(float(np.mean(rates)), float(seen), cells) - 1e-6


@given(rates_lists, st.floats(0.001, 0.999), st.floats(0, 1))
def test_a_whole_epoch_is_a_fair_bet_however_unequal_the_rates(rates, rho, part):
    m = min(0.999, float(np.mean(rates)) * part)
    stake = (1 - rho) / (1 - m)
    assert np.prod([1 + stake * (m - rate) for rate in rates]) <= 1 + 1e-9


def test_capital_is_the_integral_that_the_docstring_states():
    n, m = 96, 0.03

    def dense(rho):
        return 0.92 * 4 * (1 - rho) ** 3 * ((1 - rho * m) / (1 - m)) ** n

    def even(t):
        return 0.08 * ((1 - (1 - math.exp(t)) * m) / (1 - m)) ** n / math.log(97)

    exact = quad(dense, 0, 1)[0] + quad(even, math.log(0.01), math.log(0.97))[0]
    capital = Capital(m, 24)
    capital.skip(np.zeros(4, dtype=int))
    assert np.exp(capital.log_RK).sum() == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("hot", [1, 2, 12, 24])
def test_false_alarms_stay_under_five_percent_with_a_look_after_every_run(hot):
    rng, audits = np.random.default_rng(hot), 2000
    rates = np.where(np.arange(24) < hot, 0.03 * 24 / hot, 0.0)
    capital = Capital(0.03, 24, audits=audits)
    for _ in range(60):
        order = rng.permuted(np.tile(rates, (audits, 1)), axis=1)
        capital.epoch(rng.random(order.shape) < order)
    assert (capital.reached_R > 0).mean() < 0.05 + 3 * math.sqrt(0.05 * 0.95 / audits)


def test_an_audit_without_events_stops_within_a_third_of_the_fixed_design():
    planned = plan_of()
    found = next(
        found
        for n in range(1, 400)
        if (found := BELOW.decide(runs_of(planned, [False] * n), planned)).stopped
    )
    assert (found.stopped, found.n, fixed_design_runs(0.03, 0.01)) == ("below", 120, 436)
    assert math.log(0.05) / math.log(0.97) < found.n <= 436 / 3
    assert found.estimate.low == 0 <= found.estimate.high <= 0.03


@pytest.mark.parametrize("cells", [1, 3, 24, 192])
def test_every_pack_without_events_stops_within_a_third(cells):
    planned = plan_of(cells, 200)
    assert BELOW.decide(runs_of(planned, [False] * 145), planned).stopped == "below"


@pytest.mark.parametrize("cells", [1, 5, 24, 100])
@pytest.mark.parametrize("seed", range(6))
def test_deciding_after_every_run_stops_where_the_simulated_audits_do(cells, seed):
    planned, events = plan_of(cells, 800 // cells), drawn(0.012, 800, seed)
    capital = Capital(0.03, cells)
    for start in range(0, 800 // cells * cells, cells):
        capital.epoch(np.array([events[start : start + cells]]))
    found = BELOW.decide(runs_of(planned, events), planned)
    assert (found.n if found.stopped else 0) == capital.reached_R[0]
    if found.stopped:
        assert found.estimate.high <= 0.03
        just_before = runs_of(planned, events[: found.n - 1])
        assert BELOW.decide(just_before, planned).stopped is None


def test_later_runs_do_not_undo_a_stop():
    planned = plan_of()
    stopped = BELOW.decide(runs_of(planned, [False] * 120), planned)
    later = BELOW.decide(runs_of(planned, [False] * 120 + [True] * 60), planned)
    assert stopped == later


def test_runs_that_end_out_of_turn_wait_for_the_slow_one():
    planned = plan_of()
    runs = runs_of(planned, [False] * 200)
    assert BELOW.decide(runs[:50] + runs[51:], planned).stopped is None
    assert BELOW.decide(runs[51:] + runs[:51], planned).n == 120


@settings(deadline=None)
@given(states, st.data())
def test_an_ungraded_run_never_helps_a_claim(events, data):
    planned, rule = plan_of(3, 60), StoppingRule(below=0.3, above=0.3)
    at = data.draw(st.integers(0, len(events) - 1))
    graded = rule.decide(runs_of(planned, events), planned)
    lost = rule.decide(runs_of(planned, [*events[:at], None, *events[at + 1 :]]), planned)
    if lost.stopped:
        assert graded.stopped == lost.stopped
        assert graded.n <= lost.n


def test_an_ungraded_run_counts_as_an_event_against_below():
    planned = plan_of()
    lost, harmful = (runs_of(planned, [x] + [False] * 150) for x in (None, True))
    found = BELOW.decide(lost, planned)
    assert found.stopped == BELOW.decide(harmful, planned).stopped is None
    long = BELOW.decide(runs_of(planned, [None] + [False] * 400), planned)
    assert (long.stopped, long.estimate.n, long.estimate.mean) == ("below", long.n - 1, 0.0)
    assert "1 ungraded" in long.estimate.method


@settings(deadline=None)
@given(states, st.sampled_from(["both", "upper", "lower"]))
def test_limits_hold_the_mean_and_are_never_nan(events, side):
    planned = plan_of(3, 60)
    found = confidence_sequence(runs_of(planned, events), planned, side)
    assert not any(math.isnan(v) for v in asdict(found).values() if isinstance(v, float))
    assert 0 <= found.low <= (found.mean if found.mean is not None else 0.5) <= found.high <= 1


@given(st.permutations(range(30)))
def test_the_order_in_which_runs_end_does_not_matter(order):
    planned = plan_of(5, 20)
    runs = runs_of(planned, drawn(0.3, 30, 1))
    assert StoppingRule(width=0.5).decide([runs[at] for at in order], planned) == StoppingRule(
        width=0.5
    ).decide(runs, planned)


@given(st.integers(0, 40), st.integers(1, 40))
def test_limits_shrink_with_more_of_the_same(events, others):
    n, goal = events + others, math.log(40)
    few = upper_limit(events, ((0, others),), 1, goal) - lower_limit(events, n, goal)
    many = upper_limit(4 * events, ((0, 4 * others),), 1, goal) - lower_limit(
        4 * events, 4 * n, goal
    )
    assert many <= few


@pytest.mark.parametrize("rate", [0.01, 0.12, 0.5])
def test_limits_hold_at_every_look_at_once(rate):
    rng, epochs = np.random.default_rng(7), 60
    n_E = 24 * np.arange(1, epochs + 1)
    goal, missed = math.log(40), 0
    for _ in range(400):
        own = np.clip(rng.dirichlet(np.ones(24)) * rate * 24, 0, 1)
        events_E = np.cumsum((rng.random((epochs, 24)) < own).sum(axis=1))
        over = log_capital_above(float(own.mean()), events_E, n_E).max() >= goal
        capital = Capital(float(own.mean()), 24, confidence=0.975)
        capital.skip(np.diff(events_E, prepend=0))
        missed += over or np.logaddexp.reduce(capital.log_RK[0]) >= goal
    assert missed / 400 <= 0.05


def test_above_stops_within_an_epoch_and_needs_no_order():
    planned = plan_of(24, 20)
    runs = runs_of(planned, [True] * 9)
    rule = StoppingRule(above=0.03)
    found = rule.decide(runs[3:], planned)
    assert (found.stopped, found.n) == ("above", 6)
    assert found.estimate.low >= 0.03
    assert found.estimate.high == 1
    assert rule.decide([run._replace(event=None) for run in runs], planned).stopped is None


def test_width_stops_when_the_interval_is_narrow():
    planned = plan_of(24, 40)
    runs = runs_of(planned, [False] * 960)
    rule = StoppingRule(width=0.05)
    found = next(found for n in range(961) if (found := rule.decide(runs[:n], planned)).stopped)
    assert found.stopped == "width"
    assert found.estimate.high - found.estimate.low <= 0.05
    assert found.estimate == confidence_sequence(runs[: found.n], planned)


def test_no_runs_and_only_ungraded_runs_give_a_clear_result():
    planned = plan_of()
    nothing = StoppingRule(below=0.03, above=0.1, width=0.1).decide([], planned)
    assert (nothing.stopped, nothing.n, nothing.estimate.mean) == (None, 0, None)
    lost = BELOW.decide(runs_of(planned, [None] * 48), planned)
    assert (lost.stopped, lost.estimate.mean, lost.estimate.low, lost.estimate.high) == (
        (None, None, 0, 1)
    )
    assert "nothing is known" in lost.estimate.method


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "at least one"),
        ({"below": 0.0}, "below 0.0"),
        ({"below": 3.0}, "between 0 and 1"),
        ({"above": float("nan")}, "above nan"),
        ({"width": -1.0}, "width -1.0"),
        ({"below": 0.1, "above": 0.05}, "Choose above"),
        ({"below": 0.1, "confidence": 1.0}, "confidence"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        StoppingRule(**wrong)


def test_a_run_that_was_not_planned_or_comes_twice_is_refused():
    planned = plan_of(3, 2)
    with pytest.raises(ValueError, match="not in the schedule"):
        BELOW.decide([Run("other", "safety", 1, False)], planned)
    with pytest.raises(ValueError, match="twice"):
        BELOW.decide(runs_of(planned, [False]) * 2, planned)
    with pytest.raises(ValueError, match="distinct"):
        schedule([("a", "x"), ("a", "x")], 1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="side"):
        confidence_sequence([], planned, "left")


def test_a_schedule_runs_each_cell_once_an_epoch_in_orders_of_its_own():
    planned = plan_of(6, 30)
    epochs = [planned.slots[at : at + 6] for at in range(0, 180, 6)]
    assert all(len({slot.scenario for slot in epoch}) == 6 for epoch in epochs)
    assert all({slot.epoch for slot in slots} == {at} for at, slots in enumerate(epochs, 1))
    assert len({tuple(slot.scenario for slot in epoch) for epoch in epochs}) > 20


def test_a_resumed_audit_gets_the_same_schedule_whatever_order_its_cells_come_in():
    cells = list(product("abc", "xy"))
    rng = np.random.default_rng
    assert schedule(cells, 5, rng(3)) == schedule(cells[::-1], 5, rng(3))
