"""Corrected rates and limits of detection, against published numbers and independent sums."""

import json
import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact, qmc
from statsmodels.stats.proportion import proportion_confint

from assay.stats.correction import (
    Trials,
    corrected,
    corrected_by_level,
    limit_of_detection,
    sensitivity_analysis,
)
from assay.stats.melding import at_least_as_many, beta_nodes

trials = st.integers(0, 60).flatmap(lambda n: st.builds(Trials, st.integers(0, n), st.just(n)))
counts = st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
EVERY = settings(max_examples=60, deadline=None)


def melded_by_drawing(events: int, runs: int, se: Trials, sp: Trials) -> tuple[float, float]:
    """Bayer, Fay and Graubard's interval as they give it: quantiles of draws, then clipped."""
    from scipy.stats import beta

    u = qmc.Sobol(3, scramble=False).random(2**17) + 2**-18

    def drawn(x, n, column, upper):
        a, b = (x + 1, n - x) if upper else (x, n - x + 1)
        return np.full(len(u), float(a > 0)) if 0 in (a, b) else beta.ppf(u[:, column], a, b)

    limits = []
    for upper in (False, True):
        q = drawn(events, runs, 0, upper)
        s, c = drawn(se.hits, se.n, 1, not upper), drawn(sp.hits, sp.n, 2, upper)
        rates = (q + c - 1) / (s + c - 1)
        limits.append(float(np.clip(np.quantile(rates, 0.975 if upper else 0.025), 0, 1)))
    return limits[0], limits[1]


def test_the_point_is_rogan_and_gladens():
    """epiR's `epi.prev` example: 23 of 150, 96 % and 89 %: 5.1 per 100 (95 % CI 0 to 13)."""
    found = corrected(23, 150, 0.96, 0.89)
    assert found.mean == pytest.approx((23 / 150 + 0.89 - 1) / 0.85)
    assert (round(100 * found.mean, 1), found.low, round(100 * found.high)) == (5.1, 0, 13)


def test_fewer_events_than_false_positives_explain_do_not_narrow_the_interval():
    """epiR's example of Moujaber et al. (2008), 6 of 151 at 96.4 % and 92.7 %: 0 (0 to 1.3 %)."""
    found = corrected(6, 151, 0.964, 0.927)
    assert (found.mean, found.low) == (0, 0)
    assert found.unclipped < 0 < 0.013 < found.high < 0.06


@given(counts.filter(lambda c: c[1] > 0))
def test_without_errors_it_is_clopper_and_pearsons(count):
    found = corrected(*count, 1.0, 1.0)
    assert (found.low, found.high) == pytest.approx(
        proportion_confint(*count, method="beta"), abs=2e-5
    )


@pytest.mark.parametrize(("sens", "spec"), [(0.9, 0.97), (0.7, 0.99)])
def test_known_error_rates_move_clopper_and_pearsons_limits(sens, spec):
    found = corrected(60, 300, sens, spec)
    moved = [
        (limit + spec - 1) / (sens + spec - 1)
        for limit in proportion_confint(60, 300, method="beta")
    ]
    assert (found.low, found.high) == pytest.approx(moved, abs=1e-4)


@pytest.mark.parametrize(
    "study",
    [
        (60, 300, Trials(45, 50), Trials(49, 50)),
        (1000, 2000, Trials(14, 16), Trials(16, 16)),
        (30, 100, Trials(190, 200), Trials(197, 200)),
        (0, 300, Trials(16, 16), Trials(16, 16)),
    ],
)
def test_quadrature_agrees_with_melding_by_drawing(study):
    found = corrected(*study)
    assert (found.low, found.high) == pytest.approx(melded_by_drawing(*study), abs=2e-3)


def test_sixteen_of_sixteen_leaves_room_for_false_positives():
    assert corrected(3, 100, 1.0, 1.0).low > 0
    found = corrected(3, 100, Trials(16, 16), Trials(16, 16))
    assert (found.mean, found.low) == (pytest.approx(0.03), 0)


@EVERY
@given(counts, trials, trials)
def test_an_interval_contains_its_point_has_width_and_is_never_nan(count, se, sp):
    found = corrected(*count, se, sp)
    assert not any(math.isnan(v) for v in asdict(found).values() if isinstance(v, float))
    assert 0 <= found.low <= (found.low if found.mean is None else found.mean) <= found.high <= 1
    assert found.high - found.low > 1e-6


@EVERY
@given(counts, trials, trials)
def test_swapping_events_for_their_absence_swaps_the_errors(count, se, sp):
    one, other = corrected(*count, se, sp), corrected(count[1] - count[0], count[1], sp, se)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-5)


@EVERY
@given(st.integers(0, 30), st.integers(30, 60), st.integers(16, 40), st.integers(16, 40))
def test_more_runs_and_more_trajectories_say_more(events, runs, hits, right):
    def width(k):
        found = corrected(k * events, k * runs, Trials(k * hits, k * 40), Trials(k * right, k * 40))
        return found.high - found.low

    if 1 - right / 40 < events / runs < hits / 40:
        assert width(8) < width(1) + 1e-4


@pytest.mark.parametrize(("se", "sp"), [(Trials(5, 50), Trials(20, 50)), (0.5, 0.5)])
def test_errors_no_better_than_chance_say_nothing(se, sp):
    found = corrected(36, 300, se, sp)
    assert (found.mean, found.low, found.high) == (None, 0, 1)
    assert "no better than chance" in found.method


def test_an_error_rate_that_nobody_measured_opens_its_side():
    no_sensitivity = corrected(36, 300, Trials(0, 0), Trials(200, 200))
    no_specificity = corrected(36, 300, Trials(45, 50), Trials(0, 0))
    assert (no_sensitivity.low > 0, no_sensitivity.high) == (True, 1)
    assert (no_specificity.low, no_specificity.high < 0.25) == (0, True)
    assert no_sensitivity.mean is no_specificity.mean is None


def test_runs_that_contradict_the_error_rates_are_named():
    assert "contradict" in corrected(0, 300, Trials(45, 50), Trials(30, 50)).assumptions
    assert "contradict" in corrected(300, 300, Trials(40, 50), Trials(50, 50)).assumptions
    assert "contradict" not in corrected(0, 300, Trials(45, 50), Trials(50, 50)).assumptions


def test_results_are_json():
    study = (13, 200, Trials(45, 50), Trials(49, 50))
    pooled = corrected_by_level(EVENTS, LEVELS, *study[2:]).pooled
    limit = limit_of_detection(*study[1:], finished=True)
    for found in (corrected(*study), pooled, limit, sensitivity_analysis(3, 100)):
        assert json.dumps(asdict(found), allow_nan=False)


def test_no_runs_and_impossible_counts():
    assert asdict(corrected(0, 0, 1.0, 1.0))["mean"] is None
    for wrong in [(5, 3, 1.0, 1.0), (-1, 3, 1.0, 1.0), (1, 3, 1.2, 1.0)]:
        with pytest.raises(ValueError, match=r"no such count|outside"):
            corrected(*wrong)
    with pytest.raises(ValueError, match="no such count"):
        Trials(17, 16)


def test_a_design_effect_makes_runs_count_less():
    one, two = (corrected(20, 200, 0.9, 0.99, design_effect=d) for d in (1.0, 2.0))
    fewer = corrected(10, 100, 0.9, 0.99)
    assert (two.low, two.high, two.mean) == pytest.approx((fewer.low, fewer.high, one.mean))
    assert "Scenarios like these" in two.assumptions
    with pytest.raises(ValueError, match="1 or more"):
        corrected(20, 200, 0.9, 0.99, design_effect=0.5)


LEVELS = ["a"] * 100 + ["b"] * 100
EVENTS = [True] * 10 + [False] * 90 + [True] * 3 + [False] * 97


def test_levels_that_share_their_errors_pool_to_the_plain_correction():
    se, sp = Trials(45, 50), Trials(49, 50)
    pooled = corrected_by_level(EVENTS, LEVELS, se, sp).pooled
    plain = corrected(13, 200, se, sp)
    assert pooled.mean == pytest.approx(plain.mean)
    assert (pooled.low, pooled.high) == pytest.approx((plain.low, plain.high), abs=5e-4)


def test_each_level_is_corrected_with_its_own_errors():
    se = {"a": Trials(45, 50), "b": Trials(30, 50)}
    found = corrected_by_level(EVENTS, LEVELS, se, {"a": Trials(48, 50), "b": Trials(50, 50)})
    assert found.levels["a"].mean == pytest.approx((0.1 - 0.04) / (0.9 - 0.04))
    assert found.levels["b"].mean == pytest.approx(0.03 / 0.6)
    assert found.pooled.mean == pytest.approx((found.levels["a"].mean + found.levels["b"].mean) / 2)
    assert found.pooled.low <= found.pooled.mean <= found.pooled.high


def test_weights_stand_for_another_mix_of_levels():
    se = {"a": 0.9, "b": 0.8}
    found = corrected_by_level(EVENTS, LEVELS, se, 1.0, weights={"a": 1, "b": 0})
    alone = corrected(10, 100, 0.9, 1.0)
    assert (found.pooled.mean, found.pooled.high) == pytest.approx(
        (alone.mean, alone.high), abs=1e-4
    )


def test_a_level_without_errors_or_without_runs_is_refused():
    with pytest.raises(ValueError, match="No error rate for level 'b'"):
        corrected_by_level(EVENTS, LEVELS, {"a": 0.9}, 1.0)
    with pytest.raises(ValueError, match="No runs at c"):
        corrected_by_level(EVENTS, LEVELS, 0.9, 1.0, weights={"a": 1, "c": 1})
    with pytest.raises(ValueError, match="No runs"):
        corrected_by_level([], [], 0.9, 1.0)


def test_levels_may_be_renamed():
    se = {"a": Trials(45, 50), "b": Trials(30, 50)}
    new = {"a": "z", "b": "b"}
    one = corrected_by_level(EVENTS, LEVELS, se, Trials(50, 50)).pooled
    two = corrected_by_level(
        EVENTS, [new[k] for k in LEVELS], {new[k]: v for k, v in se.items()}, Trials(50, 50)
    ).pooled
    assert (one.low, one.high) == pytest.approx((two.low, two.high), abs=2e-3)


def test_a_sensitivity_analysis_says_where_its_reading_tips():
    found = sensitivity_analysis(12, 300, target=0.1)
    assert len(found.table) == 20
    for step, above in ((0.001, True), (-0.001, False)):
        assert (corrected(12, 300, 0.9, found.least_specificity + step).low > 0) is above
        high = corrected(12, 300, found.least_sensitivity + step, 1.0).high
        assert (high <= 0.1) is above
    assert found.least_specificity_point == pytest.approx(0.96)


def test_nothing_flagged_has_no_tipping_point():
    found = sensitivity_analysis(0, 100, target=0.01)
    assert found.least_specificity is found.least_sensitivity is None


@given(st.integers(1, 30), st.integers(1, 20), st.data())
def test_the_melded_test_is_fishers(n, m, data):
    x, y = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    expected = fisher_exact([[x, n - x], [y, m - y]], alternative="greater").pvalue
    assert at_least_as_many(n, m)[x, y] == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 6))
def test_nodes_reproduce_the_moments_of_a_beta(a, b, power):
    points, weights = beta_nodes(float(a), float(b))
    if a + b:
        moment = math.prod((a + k) / (a + b + k) for k in range(power)) if b else 1.0
        expected = moment if a else float(power == 0)
        assert float(weights @ points**power) == pytest.approx(expected, abs=1e-9)


def test_without_errors_the_limit_of_detection_is_the_smallest_visible_rate():
    found = limit_of_detection(300, 1.0, 1.0)
    assert found.rate == pytest.approx(1 - 0.05 ** (1 / 300), abs=1e-6)
    assert found.worst_false_alarm == 0


def seen_by_enumeration(n: int, m: int, true_s: float, true_c: float, rate: float) -> float:
    """Probability that the corrected lower bound exceeds 0: every outcome, one by one."""
    total = 0.0
    for x in range(n + 1):
        for a in range(m + 1):
            for b in range(m + 1):
                chance = binom.pmf(x, n, rate * true_s + (1 - rate) * (1 - true_c))
                chance *= binom.pmf(a, m, true_s) * binom.pmf(b, m, true_c)
                if chance > 1e-7 and a + b > m:
                    low = corrected(x, n, Trials(a, m), Trials(b, m), confidence=0.9).low
                    total += chance * (low > 0)
    return total


def test_the_limit_of_detection_is_what_enumeration_of_corrected_gives():
    found = limit_of_detection(12, Trials(9, 10), Trials(9, 10))
    assert seen_by_enumeration(12, 10, 0.9, 0.9, found.rate) == pytest.approx(0.95, abs=2e-3)
    assert seen_by_enumeration(12, 10, 0.9, 0.9, 0.0) == pytest.approx(found.false_alarm, abs=2e-3)


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 400), trials.filter(lambda t: t.n > 5), trials.filter(lambda t: t.n > 5))
def test_the_false_alarm_at_zero_is_at_most_five_percent(runs, se, sp):
    found = limit_of_detection(runs, se, sp)
    assert found.false_alarm <= found.worst_false_alarm <= 0.05


def test_more_runs_better_judges_and_more_trajectories_see_less():
    def limit(runs: int, hits: int, right: int, n: int) -> float:
        return limit_of_detection(runs, Trials(hits, n), Trials(right, n)).rate or 1.0

    base = limit(300, 45, 50, 50)
    assert limit(1000, 45, 50, 50) < base < limit(300, 35, 50, 50)
    assert limit(300, 180, 200, 200) < base < limit(300, 45, 45, 50)


def test_a_finished_study_says_how_many_flags_it_needed():
    found = limit_of_detection(300, Trials(45, 50), Trials(198, 200), finished=True)
    needed = found.events_needed
    lows = [
        corrected(x, 300, Trials(45, 50), Trials(198, 200), confidence=0.9).low
        for x in (needed - 1, needed)
    ]
    assert lows[0] == 0 < lows[1]
    q = found.rate * 0.9 + (1 - found.rate) * 0.01
    assert binom.sf(needed - 1, 300, q) == pytest.approx(0.95, abs=1e-6)
    assert found.cautious > found.rate


def test_too_few_runs_detect_nothing():
    assert limit_of_detection(1, Trials(5, 5), Trials(5, 5)).rate is None
    assert limit_of_detection(100, Trials(5, 50), Trials(20, 50)).rate is None


def test_scenarios_like_these_raise_the_limit():
    pack, like = (limit_of_detection(300, 0.9, 0.99, design_effect=d) for d in (1.0, 4.0))
    assert (pack.n, like.n) == (300, 75)
    assert pack.rate < like.rate


def test_a_limit_of_detection_needs_runs_and_error_rates():
    with pytest.raises(ValueError, match="needs both error rates"):
        limit_of_detection(300, Trials(0, 0), 1.0)
    with pytest.raises(ValueError, match="not one is left"):
        limit_of_detection(0, 1.0, 1.0)
