"""Against statsmodels, published designs and simulations of the same design."""

import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.power import TTestIndPower

from assay.stats.clusters import clustered
from assay.stats.correction import corrected
from assay.stats.designs import Goal, fisher_power, mcnemar_power, pair_cells, spread
from assay.stats.power import fixed_design_runs, plan, plan_difference, plan_seeds, simulate

TWO_POINTS = 0.02


def test_the_fixed_design_of_the_issue_takes_436_runs():
    assert fixed_design_runs(0.03, 0.01) == plan(0.01, target_upper=0.03).runs == 436


@pytest.mark.parametrize(("threshold", "rate"), [(0.03, 0.01), (0.1, 0.02), (0.5, 0.3)])
def test_no_fewer_runs_would_do(threshold, rate):
    runs = fixed_design_runs(threshold, rate)
    for n in range(1, runs + 1):
        shown = np.flatnonzero(binom.cdf(np.arange(n + 1), n, threshold) <= 0.05)
        enough = len(shown) > 0 and binom.cdf(shown[-1], n, rate) >= 0.9
        assert enough == (n == runs)


def test_the_planned_number_of_flags_is_what_the_corrected_bound_needs():
    made = plan(0.02, target_upper=0.05, sensitivity=0.9, specificity=0.99, scenarios=24)
    for flags, shown in ((made.most_flags, True), (made.most_flags + 1, False)):
        assert (corrected(flags, made.runs, 0.9, 0.99, confidence=0.9).high < 0.05) is shown


@pytest.mark.parametrize(
    "made",
    [
        plan(0.02, target_upper=0.05, sensitivity=0.9, scenarios=24),
        plan(0.01, target_upper=0.03, sensitivity=0.8, specificity=0.99, scenarios=8),
        plan(0.0, target_upper=0.03, specificity=0.98, scenarios=24),
        plan(0.02, sensitivity=0.9, specificity=0.98, scenarios=24),
        plan(0.02, runs=100, scenarios=24),
        plan(0.05, target_upper=0.2, scenarios=24, correlation=0.1),
        plan(0.05, scenarios=24, correlation=0.2, specificity=0.97),
        plan_difference(0.12, 0.02),
        plan_difference(0.02, 0.12, correlation=0.2, sensitivity=0.8, specificity=0.97),
        plan_difference(0.12, 0.02, paired=False, sensitivity=0.9),
        plan_seeds(0.36, 0.1, between_seed_sd=0.1, runs_per_seed=200),
        plan_seeds(0.1, 0.3, between_seed_sd=0.05, runs_per_seed=50, seeds=3),
    ],
    ids=lambda made: f"{type(made).__name__}-{made.power:.3f}",
)
def test_a_simulation_of_the_same_design_agrees_within_two_points(made):
    assert abs(simulate(made, np.random.default_rng(11)) - made.power) < TWO_POINTS


def test_more_is_needed_with_a_worse_judge_and_it_sees_less():
    good = plan(0.02, target_upper=0.05, scenarios=24)
    poor = plan(0.02, target_upper=0.05, scenarios=24, sensitivity=0.7, specificity=0.98)
    assert poor.runs > good.runs
    same = plan(0.02, runs=good.runs, scenarios=24, sensitivity=0.7, specificity=0.98)
    assert same.limit_of_detection > good.limit_of_detection
    assert same.power < good.power


def test_runs_come_in_whole_epochs_with_tokens_and_cost():
    made = plan(0.01, target_upper=0.03, scenarios=24, tokens_per_run=20_000, price_per_million=5)
    assert made.runs % 24 == 0
    assert made.runs >= 436
    assert (made.tokens, made.cost) == (made.runs * 20_000, made.runs * 0.1)
    assert plan(0.01, target_upper=0.03).tokens is None


@settings(deadline=None, max_examples=40)
@given(
    st.floats(0, 0.3),
    st.floats(0.35, 0.9),
    st.floats(0.7, 1),
    st.floats(0.95, 1),
    st.integers(1, 40),
)
def test_a_plan_reaches_its_power_and_is_never_nan(rate, target, s, c, scenarios):
    made = plan(rate, target_upper=target, sensitivity=s, specificity=c, scenarios=scenarios)
    assert made.power >= 0.9
    assert not any(math.isnan(v) for v in asdict(made).values() if isinstance(v, float))


def test_scenarios_like_these_are_judged_by_the_interval_that_is_printed():
    goal, runs = Goal(0.1, 0.3, 1.0, 1.0, 0.05), spread(96, 12)
    flags = goal.draw(runs, 0.2, 200, np.random.default_rng(2))
    own = []
    for row in flags:
        events = np.concatenate([np.arange(8) < x for x in row])
        # The plan's bound of no event is one-sided at 95 %, the printed one at 90 %.
        own.append(clustered(events, np.repeat(np.arange(12), 8), confidence=0.9).high < 0.3)
    assert (goal.shown(flags, runs) == own).all()


def test_a_target_that_so_many_scenarios_can_never_show_names_the_remedy():
    with pytest.raises(ValueError, match=r"24 scenarios .* 59 scenarios or more"):
        plan(0.02, target_upper=0.05, scenarios=24, correlation=0.1)


def test_mcnemar_power_is_the_sum_over_all_tables():
    cells, pairs = pair_cells(0.4, 0.1, 0.1, 1.0, 1.0), 14
    total = 0.0
    for first in range(pairs + 1):
        for second in range(pairs + 1 - first):
            agree = pairs - first - second
            odds = math.comb(pairs, first) * math.comb(pairs - first, second)
            odds *= cells[2] ** first * cells[1] ** second * (cells[0] + cells[3]) ** agree
            table = [[0, first], [second, agree]]
            total += odds * (first > second and mcnemar(table, exact=True).pvalue <= 0.05)
    assert mcnemar_power(pairs, cells, 0.05) == pytest.approx(total, abs=1e-9)


def test_fisher_power_is_the_sum_over_all_tables():
    cells, n = pair_cells(0.6, 0.1, 0.0, 1.0, 1.0), 15
    total = 0.0
    for x in range(n + 1):
        for y in range(n + 1):
            found = fisher_exact([[x, n - x], [y, n - y]], alternative="greater").pvalue <= 0.025
            total += binom.pmf(x, n, 0.6) * binom.pmf(y, n, 0.1) * found
    assert fisher_power(n, cells, 0.05) == pytest.approx(total, abs=1e-9)


def test_power_of_seeds_agrees_with_statsmodels_where_rates_are_about_normal():
    made = plan_seeds(0.5, 0.4, between_seed_sd=0.05, runs_per_seed=400, seeds=8)
    sd = math.sqrt(0.05**2 + np.mean([(p * (1 - p) - 0.05**2) / 400 for p in (0.5, 0.4)]))
    assert made.power == pytest.approx(TTestIndPower().power(0.1 / sd, 8, 0.05), abs=TWO_POINTS)


def test_more_runs_do_not_replace_seeds():
    few = plan_seeds(0.36, 0.2, between_seed_sd=0.1, runs_per_seed=100)
    many = plan_seeds(0.36, 0.2, between_seed_sd=0.1, runs_per_seed=10_000)
    assert many.seeds >= few.seeds - 3 > 2


def test_pairs_that_agree_need_fewer_runs():
    alike, apart = plan_difference(0.3, 0.15, correlation=0.4), plan_difference(0.3, 0.15)
    assert alike.runs < apart.runs


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: plan(0.05, target_upper=0.03), "cannot be shown"),
        (lambda: plan(0.0), "above zero"),
        (lambda: plan(1.5), "rate 1.5"),
        (lambda: plan(0.1, sensitivity=0.5, specificity=0.5), "chance"),
        (lambda: plan(0.1, runs=3, scenarios=24), "each scenario"),
        (lambda: plan(0.01, target_upper=0.0101), "runs are needed"),
        (lambda: plan(0.1, correlation=0.1), "One scenario"),
        (lambda: plan(0.1, power=1.0), "power 1.0"),
        (lambda: plan(0.1, tokens_per_run=-1), "tokens_per_run"),
        (lambda: fixed_design_runs(0.01, 0.03), "cannot be shown"),
        (lambda: plan_difference(0.1, 0.1), "the same"),
        (lambda: plan_difference(0.5, 0.05, correlation=0.9), "nearer to 0"),
        (lambda: plan_difference(0.2, 0.1, paired=False, correlation=0.1), "unpaired"),
        (lambda: plan_seeds(0.3, 0.1, between_seed_sd=0.6, runs_per_seed=9), "cannot spread"),
        (lambda: plan_seeds(0.3, 0.1, between_seed_sd=0.1, runs_per_seed=9, seeds=1), "seeds 1"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
