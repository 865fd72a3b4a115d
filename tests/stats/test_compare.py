"""Against published tests, enumeration and statsmodels; properties by hypothesis."""

from itertools import product
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from assay.stats.compare import (
    Pairs,
    bootstrap_difference,
    clustered_difference,
    equivalence,
    holm,
    match,
    mcnemar,
    permutation_test,
)
from assay.stats.estimate import paired_difference
from assay.stats.matched import Curve, matched_difference

values = st.sampled_from([1.0, 0.0, float("nan")])
pair_rows = st.lists(st.tuples(values, values, st.integers(0, 5)), max_size=40)


def pairs_of(rows):
    first, second, scenario = ([row[i] for row in rows] for i in range(3))
    return Pairs(np.array(first, float), np.array(second, float), tuple(scenario))


def arms(p, q, *, scenarios=24, each=20, seed=0):
    rng = np.random.default_rng(seed)
    sides = rng.random((2, scenarios * each)) < np.array([[p], [q]])
    return Pairs(*sides.astype(float), tuple(np.repeat(np.arange(scenarios), each).tolist()))


def test_mcnemar_agrees_with_a_published_exact_test():
    """Bentur et al. 2009 in Fagerland, Lydersen and Laake 2013 (BMC Med Res Methodol 13:91)."""
    a = [1] + [1] + [0] * 7 + [0] * 12
    b = [1] + [0] + [1] * 7 + [0] * 12
    found = mcnemar(a, b)
    assert found.p_value == pytest.approx(0.0703, abs=5e-5)
    assert found.n == 8


@settings(deadline=None)
@given(st.lists(st.tuples(values, values), min_size=1, max_size=30))
def test_with_one_pair_per_scenario_sign_flips_are_mcnemar(rows):
    pairs = pairs_of([(a, b, i) for i, (a, b) in enumerate(rows)])
    flips, exact = permutation_test(pairs), mcnemar(pairs.first, pairs.second)
    assert flips.p_value == pytest.approx(exact.p_value)


@settings(deadline=None, max_examples=50)
@given(pair_rows)
def test_sign_flips_agree_with_enumeration(rows):
    pairs = pairs_of(rows)
    sums = {}
    for a, b, scenario in rows:
        if not np.isnan(a + b):
            sums[scenario] = sums.get(scenario, 0) + a - b
    sizes = list(sums.values())
    flipped = [
        abs(sum(s * d for s, d in zip(signs, sizes, strict=True)))
        for signs in product((1, -1), repeat=len(sizes))
    ]
    expected = np.mean([total >= abs(sum(sizes)) for total in flipped])
    assert permutation_test(pairs).p_value == pytest.approx(expected)


@settings(deadline=None)
@given(pair_rows)
def test_a_clustered_difference_holds_its_point_and_turns_with_its_sides(rows):
    pairs = pairs_of(rows)
    found = clustered_difference(pairs)
    turned = clustered_difference(Pairs(pairs.second, pairs.first, pairs.scenario))
    assert -1 <= found.low <= (found.mean or 0.0) <= found.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


@settings(deadline=None)
@given(pair_rows, st.randoms(use_true_random=False))
def test_names_and_order_of_scenarios_change_nothing(rows, random):
    shuffled = [(a, b, f"scenario {scenario}") for a, b, scenario in rows]
    random.shuffle(shuffled)
    one, two = pairs_of(rows), pairs_of(shuffled)
    assert clustered_difference(one) == clustered_difference(two)
    assert permutation_test(one) == permutation_test(two)


def test_more_scenarios_narrow_the_interval_and_more_runs_of_the_same_barely():
    few, more = arms(0.3, 0.1, scenarios=12), arms(0.3, 0.1, scenarios=48)
    assert _width(clustered_difference(more)) < _width(clustered_difference(few))
    still = Pairs(np.zeros(1000), np.zeros(1000), tuple(range(10)) * 100)
    fewer = Pairs(np.zeros(100), np.zeros(100), tuple(range(10)) * 10)
    assert _width(clustered_difference(still)) == _width(clustered_difference(fewer))


def _width(found):
    return found.high - found.low


def test_scenarios_like_these_are_known_less_well_than_this_pack():
    pairs = arms(0.3, 0.1)
    pack = paired_difference(pairs.first, pairs.second)
    wide = clustered_difference(pairs)
    assert wide.low <= pack.low + 1e-9
    assert wide.high >= pack.high - 1e-9


def test_where_no_pair_differs_the_bootstrap_is_forbidden_and_the_interval_has_width():
    none = Pairs(np.ones(40), np.ones(40), tuple(range(8)) * 5)
    assert clustered_difference(none).low == pytest.approx(-3.8415 / (8 + 3.8415), abs=1e-3)
    with pytest.raises(ValueError, match="Use clustered_difference"):
        bootstrap_difference(none, np.random.default_rng(0))


def test_the_bootstrap_of_a_difference_agrees_with_the_interval_where_scenarios_are_many():
    pairs = arms(0.3, 0.1, scenarios=100)
    boot = bootstrap_difference(pairs, np.random.default_rng(0), resamples=4000)
    assert (boot.low, boot.high) == pytest.approx(
        (clustered_difference(pairs).low, clustered_difference(pairs).high), abs=0.012
    )


@pytest.mark.parametrize("missing", [[], [float("nan")] * 5])
def test_nothing_to_compare_gives_a_clear_result_or_error(missing):
    pairs = Pairs(np.array(missing), np.array(missing), tuple(range(len(missing))))
    assert (mcnemar(missing, missing).p_value, permutation_test(pairs).p_value) == (1.0, 1.0)
    found = clustered_difference(pairs)
    assert (found.mean, found.low, found.high) == (None, -1.0, 1.0)
    assert not equivalence(pairs, 0.1, estimand="this pack").same
    with pytest.raises(ValueError, match="needs two"):
        bootstrap_difference(pairs, np.random.default_rng(0))


def test_one_scenario_says_nothing_about_others():
    found = clustered_difference(arms(0.3, 0.1, scenarios=1))
    assert (found.low, found.high) == (-1.0, 1.0)
    assert "nothing about other scenarios" in found.assumptions
    test = permutation_test(arms(0.9, 0.1, scenarios=4))
    assert test.p_value == test.smallest_p == 0.125
    assert "no difference, however large, could reach 5 %" in test.note


def test_runs_are_matched_by_scenario_sample_and_seed():
    first = {("a", 1, 0): True, ("a", 2, 0): None, ("b", 1, 0): False, ("b", 1, 1): True}
    second = {("b", 1, 0): True, ("a", 1, 0): False, ("a", 2, 0): True, ("c", 1, 0): True}
    pairs = match(first, second)
    assert pairs.scenario == ("a", "a", "b")
    assert pairs.unmatched == 2
    assert paired_difference(pairs.first, pairs.second).left_out == 1


def test_equal_arms_are_the_same_only_with_enough_runs():
    assert equivalence(arms(0.1, 0.1, each=50), 0.1, estimand="this pack").same
    assert not equivalence(arms(0.1, 0.1, scenarios=2), 0.1, estimand="this pack").same
    # However many runs: 24 scenarios leave a difference of 10 % possible in others.
    many = arms(0.1, 0.1, each=400)
    assert not equivalence(many, 0.1, estimand="scenarios like these").same
    assert equivalence(many, 0.15, estimand="scenarios like these").same


def test_the_equivalence_p_value_is_where_the_interval_meets_the_margin():
    pairs = arms(0.12, 0.1, each=50)
    found = equivalence(pairs, 0.06, estimand="this pack")
    edge = paired_difference(pairs.first, pairs.second, confidence=1 - 2 * found.p_value)
    assert max(-edge.low, edge.high) == pytest.approx(0.06, abs=1e-6)
    assert found.same == (found.p_value < 0.05)


def test_different_arms_are_not_the_same():
    found = equivalence(arms(0.5, 0.1), 0.1, estimand="this pack")
    assert not found.same
    assert found.p_value == 1.0
    with pytest.raises(ValueError, match="between 0 and 1"):
        equivalence(arms(0.5, 0.1), 0.0, estimand="this pack")


@given(st.lists(st.floats(0, 1) | st.sampled_from([0.01, 0.025, 1.0]), min_size=1, max_size=30))
def test_holm_is_what_statsmodels_computes(p_values):
    from statsmodels.stats.multitest import multipletests

    family = holm("any", {str(i): p for i, p in enumerate(p_values)})
    with patch("gc.collect"):  # which it calls each time, for a tenth of a second
        _, adjusted, _, _ = multipletests(p_values, method="holm")
    assert [test.p_value for test in family.tests] == p_values
    assert [test.adjusted for test in family.tests] == pytest.approx(adjusted.tolist(), abs=1e-12)
    assert all(test.rejected == (test.adjusted <= 0.05) for test in family.tests)


def test_holm_by_hand():
    family = holm("interventions", {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    adjusted = {test.name: test.adjusted for test in family.tests}
    assert adjusted == pytest.approx({"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06})
    assert [test.name for test in family.tests if test.rejected] == ["a", "d"]
    assert "4 tests of 'interventions'" in family.method


def test_a_family_may_be_empty_but_holds_no_missing_p_value():
    assert holm("none", {}).tests == ()
    with pytest.raises(ValueError, match="'a' has p = nan"):
        holm("broken", {"a": float("nan")})


def test_sign_flips_are_right_as_often_as_they_say():
    rng = np.random.default_rng(0)
    rejected = 0
    for _ in range(400):
        share = rng.beta(0.5, 2, 16)
        sides = rng.random((2, 16, 10)) < share[:, None]
        flat = Pairs(*sides.reshape(2, -1).astype(float), tuple(np.repeat(range(16), 10).tolist()))
        rejected += permutation_test(flat).p_value <= 0.05
    assert binomtest(rejected, 400, 0.05, alternative="greater").pvalue > 0.01


def curves(slope, reach, seeds=6):
    steps = np.linspace(0, 1, 11)
    rng = np.random.default_rng(int(100 * slope))
    return [
        Curve(seed, reach * steps, np.clip(slope * reach * steps + rng.normal(0, 0.01), 0, 1))
        for seed in range(seeds)
    ]


def test_an_intervention_that_only_slows_hacking_makes_no_difference_at_a_matched_rate():
    full, slowed = curves(0.5, 0.9), curves(0.51, 0.3)
    found = matched_difference(full, slowed, np.random.default_rng(0))
    assert found.hack_high == pytest.approx(0.3)
    assert found.difference.low < 0 < found.difference.high
    assert abs(found.difference.mean) < 0.03


def test_an_intervention_that_cuts_the_link_is_seen_at_a_matched_rate():
    found = matched_difference(curves(0.5, 0.9), curves(0.1, 0.9), np.random.default_rng(0), at=0.5)
    assert found.difference.mean == pytest.approx(0.2, abs=0.03)
    assert found.difference.low > 0.1
    assert "at hack rate 0.50" in found.difference.method


def test_arms_that_never_hack_equally_often_are_refused_by_name():
    never = [Curve(7, np.zeros(3), np.zeros(3))]
    always = [Curve(9, np.full(3, 0.8), np.full(3, 0.2))]
    with pytest.raises(
        ValueError, match=r"seed 7 stays at or below 0\.00, seed 9 at or above 0\.80"
    ):
        matched_difference(always, never, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"choose one from 0\.00 to 0\.30"):
        matched_difference(curves(0.5, 0.9), curves(0.5, 0.3), np.random.default_rng(0), at=0.6)
    with pytest.raises(ValueError, match="without seeds"):
        matched_difference([], always, np.random.default_rng(0))


def test_missing_checkpoints_are_left_out_and_counted():
    gap = Curve(1, np.array([0.0, 0.5, np.nan]), np.array([0.1, 0.2, 0.3]))
    found = matched_difference([gap, gap], [gap, gap], np.random.default_rng(0))
    assert found.checkpoints_left_out == 4
    assert (found.difference.mean, found.difference.low, found.difference.high) == (0, -1, 1)
    empty = Curve(3, np.array([np.nan]), np.array([0.1]))
    with pytest.raises(ValueError, match="Seed 3 has no checkpoint"):
        matched_difference([empty], [gap], np.random.default_rng(0))


def test_one_seed_says_nothing_about_others():
    found = matched_difference(curves(0.5, 0.9, 1), curves(0.1, 0.9), np.random.default_rng(0))
    assert (found.difference.low, found.difference.high) == (-1.0, 1.0)
