"""Against R's published output and statsmodels; properties by hypothesis."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.factors import interactions, marginal_effects
from assay.stats.gee import fit_gee

# Rabbits of Bliss (1967), as in R's mantelhaen.test: per dose of penicillin, cured and died, first
# without delay and then after 1.5 hours.
RABBITS = [
    ((0, 6), (0, 5)),
    ((3, 3), (0, 6)),
    ((6, 0), (2, 4)),
    ((5, 1), (6, 0)),
    ((2, 0), (5, 0)),
]


def rabbits():
    events, dose, delay = [], [], []
    for i, sides in enumerate(RABBITS):
        for name, (cured, died) in zip(("none", "1.5 h"), sides, strict=True):
            events += [1] * cured + [0] * died
            dose += [i] * (cured + died)
            delay += [name] * (cured + died)
    return events, dose, {"delay": delay}


def grid(scenarios=24, each=16, *, low=0.1, high=0.3, seed=0):
    rng = np.random.default_rng(seed)
    scenario = np.repeat(np.arange(scenarios), each)
    one, two = np.tile([0, 1], scenarios * each // 2), np.tile([0, 0, 1, 1], scenarios * each // 4)
    events = rng.random(len(scenario)) < np.where(one == 1, high, low)
    names = np.array(["off", "on"])
    return events, scenario.tolist(), {"one": names[one].tolist(), "two": names[two].tolist()}


def rows_of(found, scale, estimand):
    return [row for row in found if (row.scale, row.estimand) == (scale, estimand)]


def test_the_exact_odds_ratio_and_test_are_those_that_r_prints():
    """mantelhaen.test(Rabbits, exact = TRUE): common odds ratio 10.36102, p-value 0.03994.

    R's root is good to some 1e-5 of itself.
    """
    events, dose, factors = rabbits()
    odds = rows_of(
        marginal_effects(events, dose, factors, reference={"delay": "1.5 h"}),
        "odds ratio",
        "this pack",
    )[0]
    assert odds.effect == pytest.approx(10.36102, rel=1e-5)
    assert odds.p_value == pytest.approx(0.03994, abs=5e-6)
    assert odds.low < odds.effect < odds.high


def test_the_exact_odds_ratio_is_conditional_logistic_regression():
    from statsmodels.discrete.conditional_models import ConditionalLogit

    events, scenario, factors = grid(scenarios=6)
    one = factors["one"]
    found = rows_of(marginal_effects(events, scenario, {"one": one}), "odds ratio", "this pack")[0]
    design = (np.array(one) == found.level).astype(float)[:, None]
    fit = ConditionalLogit(events.astype(float), design, groups=np.array(scenario)).fit(disp=False)
    assert np.log(found.effect) == pytest.approx(float(fit.params[0]), abs=1e-4)


def test_the_covariance_is_statsmodels_bias_reduced_one():
    from statsmodels.api import GEE, cov_struct, families

    events, scenario, factors = grid()
    design = np.column_stack(
        [np.ones(len(events)), *(np.array(f) == "on" for f in factors.values())]
    )
    ours = fit_gee(events.astype(float), np.array(scenario), design)
    model = GEE(
        events.astype(float),
        design,
        groups=scenario,
        family=families.Binomial(),
        cov_struct=cov_struct.Exchangeable(),
    )
    theirs = model.fit(cov_type="bias_reduced")
    if model.cov_struct.dep_params > 0:
        assert ours.correlation == pytest.approx(model.cov_struct.dep_params)
    assert ours.parameters_k == pytest.approx(theirs.params)
    assert ours.covariance_kk == pytest.approx(theirs.cov_params(), rel=0.05)


def test_an_effect_is_found_and_none_is_not():
    events, scenario, factors = grid()
    for estimand in ("this pack", "scenarios like these"):
        one, two = rows_of(marginal_effects(events, scenario, factors), "risk difference", estimand)
        assert one.low < 0.2 < one.high
        assert one.p_value < 0.01
        assert two.low < 0 < two.high


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_rows_hold_their_effect_and_survive_json_whatever_the_runs(data):
    n = data.draw(st.integers(1, 60))
    draw = lambda options: data.draw(st.lists(options, min_size=n, max_size=n))  # noqa: E731
    events, scenario = draw(st.booleans()), draw(st.integers(0, 12))
    factors = {"a": draw(st.sampled_from("xyz")), "b": draw(st.sampled_from("uv"))}
    for row in marginal_effects(events, scenario, factors):
        json.dumps(asdict(row), allow_nan=False)
        if row.effect is not None:
            assert (row.low or 0.0) <= row.effect + 1e-9 or row.low < 0
            assert row.high is None or row.effect <= row.high + 1e-9
        else:
            assert row.note
        assert 0 <= row.p_value <= 1
    for pair in interactions(events, scenario, factors):
        json.dumps(asdict(pair), allow_nan=False)


@settings(deadline=None, max_examples=10)
@given(st.randoms(use_true_random=False))
def test_names_of_scenarios_and_order_of_runs_change_nothing(random):
    events, scenario, factors = grid(scenarios=12)
    order = list(range(len(events)))
    random.shuffle(order)
    base = {"one": "off", "two": "off"}
    one = marginal_effects(events, scenario, factors, reference=base)
    two = marginal_effects(
        events[order],
        [f"scenario {scenario[i]}" for i in order],
        {name: [column[i] for i in order] for name, column in factors.items()},
        reference=base,
    )
    ours, theirs = ({(r.factor, r.scale, r.estimand): r for r in rows} for rows in (one, two))
    for key, row in ours.items():
        numbers = (row.effect, row.low, row.high, row.p_value)
        other = theirs[key]
        assert numbers == pytest.approx((other.effect, other.low, other.high, other.p_value))


def test_no_events_leave_a_bounded_difference_and_any_odds_ratio():
    events, scenario, factors = grid(low=0.0, high=0.0)
    found = marginal_effects(events, scenario, factors)
    difference = rows_of(found, "risk difference", "this pack")[0]
    assert difference.effect == 0
    assert -0.05 < difference.low < 0 < difference.high < 0.05
    odds = rows_of(found, "odds ratio", "this pack")[0]
    assert (odds.effect, odds.low, odds.high, odds.p_value) == (None, 0.0, None, 1.0)
    assert "events in 0 scenarios" in rows_of(found, "odds ratio", "scenarios like these")[0].note


def test_events_at_one_level_only_bound_the_odds_ratio_from_below():
    events, scenario, factors = grid(low=0.0, high=0.3)
    odds = rows_of(marginal_effects(events, scenario, factors), "odds ratio", "this pack")[0]
    assert odds.effect is None
    assert odds.high is None
    assert odds.low > 5
    population = rows_of(
        marginal_effects(events, scenario, factors), "odds ratio", "scenarios like these"
    )[0]
    assert "'off' shows no events" in population.note


def test_many_events_go_to_mantel_haenszel_and_agree_with_the_exact_answer(monkeypatch):
    events, scenario, factors = grid(scenarios=12, each=40)
    exact = rows_of(marginal_effects(events, scenario, factors), "odds ratio", "this pack")[0]
    monkeypatch.setattr("assay.stats.strata.LARGEST_EXACT", 10)
    large = rows_of(marginal_effects(events, scenario, factors), "odds ratio", "this pack")[0]
    assert large.method.startswith("Mantel-Haenszel")
    assert large.effect == pytest.approx(exact.effect, rel=0.05)
    assert (large.low, large.high) == pytest.approx((exact.low, exact.high), rel=0.15)


def test_few_scenarios_have_no_gee_and_say_so():
    found = marginal_effects(*grid(scenarios=4))
    row = rows_of(found, "risk difference", "scenarios like these")[0]
    assert (row.effect, row.low, row.high) == (None, -1.0, 1.0)
    assert "4 scenarios are too few" in row.note


def test_a_factor_with_one_level_has_no_row_and_nothing_has_none():
    events, scenario, factors = grid()
    alone = marginal_effects(events, scenario, factors | {"fixed": ["x"] * len(events)})
    assert {row.factor for row in alone} == {"one", "two"}
    assert marginal_effects([], [], {"one": []}) == ()
    assert interactions([], [], {"one": [], "two": []}) == ()


def test_levels_that_never_meet_in_a_scenario_are_not_compared():
    found = marginal_effects([1, 0, 1, 0], ["a", "a", "b", "b"], {"one": ["x", "x", "y", "y"]})
    assert found[0].effect is None
    assert "never run in one scenario" in found[0].note


def test_wrong_references_and_lengths_are_named():
    events, scenario, factors = grid()
    with pytest.raises(ValueError, match="'up' is no level of 'one' here; its levels: off, on"):
        marginal_effects(events, scenario, factors, reference={"one": "up"})
    with pytest.raises(ValueError, match="1 levels of 'one'"):
        marginal_effects(events, scenario, {"one": ["x"]})
    with pytest.raises(ValueError, match="missing"):
        marginal_effects([None], ["a"], {"one": ["x"]})


def test_the_screen_finds_a_pair_of_factors_that_only_works_together():
    rng = np.random.default_rng(0)
    _, scenario, factors = grid(each=40)
    both = (np.array(factors["one"]) == "on") & (np.array(factors["two"]) == "on")
    third = rng.choice(["u", "v"], len(both)).tolist()
    events = rng.random(len(both)) < np.where(both, 0.4, 0.05)
    found = interactions(events, scenario, factors | {"three": third})
    assert [row.factors for row in found if row.adjusted < 0.05] == [("one", "two")]
    assert found[0].effect == pytest.approx(0.35, abs=0.1)
    assert all(row.adjusted >= row.p_value for row in found)
