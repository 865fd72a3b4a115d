"""Against plain loops and published formulas; properties by hypothesis."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.clusters import (
    clustered,
    clustering,
    few_clusters,
    hierarchical_bootstrap,
    pack_rate,
    variance_between,
)
from assay.stats.estimate import rate, zero_event_bounds

groups_of_events = st.lists(
    st.lists(st.booleans(), min_size=1, max_size=12), min_size=2, max_size=8
)
mixed_groups = groups_of_events.filter(lambda gs: 0 < sum(map(sum, gs)) < sum(map(len, gs)))


def flat(groups, names=None):
    names = names or list(range(len(groups)))
    events = [event for group in groups for event in group]
    return events, [name for name, group in zip(names, groups, strict=True) for _ in group]


def relabelled(groups, random):
    shuffled = list(groups)
    random.shuffle(shuffled)
    return flat(shuffled, [f"scenario {i}" for i in range(len(groups))])


@settings(deadline=None)
@given(mixed_groups)
def test_some_events_never_prove_more_than_none(groups):
    events, names = flat(groups)
    none = zero_event_bounds(len(events), len(groups)).scenarios_like_these.high
    found = clustered(events, names)
    assert found.high >= none
    assert found.low <= 1 - none


@settings(deadline=None)
@given(mixed_groups, st.randoms(use_true_random=False))
def test_names_and_order_of_scenarios_change_nothing(groups, random):
    one, two = flat(groups), relabelled(groups, random)
    assert clustering(*one) == clustering(*two)
    assert pack_rate(*one) == pack_rate(*two)
    boots = [
        hierarchical_bootstrap(*each, np.random.default_rng(1), resamples=200)
        for each in (one, two)
    ]
    assert boots[0] == boots[1]
    assert boots[0].low <= boots[0].mean <= boots[0].high


@settings(deadline=None)
@given(groups_of_events)
def test_the_rate_of_alike_scenarios_holds_its_point_and_is_never_nan(groups):
    found = pack_rate(*flat(groups))
    assert found.mean == pytest.approx(np.mean([np.mean(group) for group in groups]))
    assert 0 <= found.low <= found.mean <= found.high <= 1


@settings(deadline=None)
@given(groups_of_events)
def test_intervals_shrink_with_runs(groups):
    few, many = pack_rate(*flat(groups)), pack_rate(*flat([group * 9 for group in groups]))
    assert many.high - many.low < few.high - few.low


def test_scenarios_with_as_many_runs_count_alike_anyway():
    events, names = [True] * 3 + [False] * 17, list("ab") * 10
    assert pack_rate(events, names) == rate(events)


def test_a_scenario_with_two_runs_could_hide_much_and_widens_the_interval():
    names = ["small"] * 2 + ["large"] * 200
    found = pack_rate([False] * 202, names)
    # Half of what two runs without an event leave possible, and no more than that.
    assert 0.3 < found.high < 0.5
    assert found.high > 10 * rate([False] * 202).high


def test_the_bootstrap_agrees_with_a_plain_loop():
    rng = np.random.default_rng(0)
    share = np.repeat(rng.beta(2, 6, 40), 10)
    events, scenario = rng.random(400) < share, np.repeat(np.arange(40), 10)
    family = scenario // 4
    found = hierarchical_bootstrap(events, scenario, np.random.default_rng(1), family=family)
    table, loop = events.reshape(10, 4, 10), []
    for _ in range(3000):
        families = table[rng.integers(0, 10, 10)]
        scenarios = families[np.arange(10)[:, None], rng.integers(0, 4, (10, 4))]
        loop.append(np.take_along_axis(scenarios, rng.integers(0, 10, (10, 4, 10)), 2).mean())
    # 95 % with t on 9 degrees of freedom and the full variance is 98.3 % of the plain percentiles.
    reach = 2.262157 * math.sqrt(10 / 9)
    tail = 50 * math.erfc(reach / math.sqrt(2))
    assert (found.low, found.high) == pytest.approx(
        np.percentile(loop, [tail, 100 - tail]), abs=0.015
    )


def test_the_bootstrap_refuses_what_it_cannot_know_and_names_the_alternative():
    rng = np.random.default_rng(0)
    for event in (True, False):
        with pytest.raises(ValueError, match="zero_event_bounds"):
            hierarchical_bootstrap([event] * 6, list("aabbcc"), rng)
    with pytest.raises(ValueError, match=r"needs two. Use rate\(\)"):
        hierarchical_bootstrap([True, False], ["a", "a"], rng)
    with pytest.raises(ValueError, match="1 families"):
        hierarchical_bootstrap([True, False], ["a", "b"], rng, family=["x", "x"])
    with pytest.raises(ValueError, match="needs two"):
        hierarchical_bootstrap([], [], rng)


def test_a_scenario_has_one_family():
    with pytest.raises(ValueError, match="'a' is in two families"):
        hierarchical_bootstrap([1, 0], ["a", "a"], np.random.default_rng(0), family=["x", "y"])


def test_icc_is_the_anova_estimator():
    """Two groups of 4, with 4 and 1 events: MSB 9/8, MSW 1/8, so ICC = 1 / (1.125 + 3 * 0.125)."""
    found = clustering([1, 1, 1, 1, 1, 0, 0, 0], list("aaaabbbb"))
    assert found.icc == pytest.approx(1 / 1.5)
    assert found.design_effect == pytest.approx(3.0)
    assert found.effective_runs == pytest.approx(8 / 3)


def test_icc_recovers_the_truth_of_beta_binomial_runs():
    rng = np.random.default_rng(0)
    events = rng.random((500, 40)) < rng.beta(0.2 * 9, 0.8 * 9, (500, 1))
    assert clustering(events.ravel(), np.repeat(np.arange(500), 40)).icc == pytest.approx(
        0.1, abs=0.02
    )


def test_scenarios_more_alike_than_chance_have_no_negative_correlation():
    found = clustering([1, 0] * 6, list("aabbccddeeff"))
    assert (found.icc, found.design_effect, found.effective_runs) == (0.0, 1.0, 12.0)
    assert found.icc_raw == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("events", "names", "why"),
    [
        ([], [], "no runs"),
        ([1, 0], ["a", "a"], "nothing about other scenarios"),
        ([1, 0], ["a", "b"], "one run in each"),
        ([0, 0, 0, 0], ["a", "a", "b", "b"], "same outcome"),
    ],
)
def test_what_cannot_be_known_is_none_and_says_why(events, names, why):
    found = clustering(events, names)
    assert (found.icc, found.design_effect, found.effective_runs) == (None, None, None)
    assert why in found.note


def test_few_scenarios_are_warned_of_in_plain_words():
    assert "rests on 4 draws, however many runs each had" in few_clusters(4)
    assert "nothing about other scenarios" in few_clusters(1)
    assert few_clusters(10) == ""


def test_missing_events_and_lost_names_are_refused():
    for function in (clustering, pack_rate, clustered):
        with pytest.raises(ValueError, match="1 of 2 events are missing"):
            function([True, None], ["a", "b"])
        with pytest.raises(ValueError, match="2 events but 1 cluster names"):
            function([True, False], ["a"])
    assert pack_rate([], []).mean is None


def test_one_scenario_with_most_of_the_runs_leaves_little_to_go_by():
    events = [i % 5 == 0 for i in range(480)]
    even = clustered(events, [i // 5 % 12 for i in range(480)])
    uneven = clustered(events, [i // 5 % 12 if i < 110 else 0 for i in range(480)])
    assert uneven.high - uneven.low >= even.high - even.low


def test_equal_clusters_have_the_sandwich_and_clusters_less_one_degrees():
    sums, counts = np.array([3.0, 1.0, 0.0, 4.0]), np.full(4, 10.0)
    variance, degrees = variance_between(sums, counts)
    assert variance == pytest.approx(np.var(sums / 10, ddof=1) / 4)
    assert degrees == pytest.approx(3)


def test_few_scenarios_are_warned_of_in_the_estimate_itself():
    assert "Only 3 scenarios" in clustered([1, 0, 0] * 3, list("aaabbbccc")).assumptions
    assert "Only" not in clustered([1, 0, 0] * 12, list(range(12)) * 3).assumptions
