"""Against published numbers and statsmodels; properties by hypothesis."""

import math
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from assay.stats.clusters import cluster_bootstrap, clustered
from assay.stats.estimate import (
    paired_difference,
    rate,
    smallest_visible_rate,
    with_missing,
    zero_event_bounds,
)

events_lists = st.lists(st.booleans(), max_size=60)
pairs_lists = st.lists(st.tuples(*[st.sampled_from([True, False, None])] * 2), max_size=60)


def of(count: int, n: int) -> list[bool]:
    return [True] * count + [False] * (n - count)


def table(both: int, first: int, second: int, neither: int) -> tuple[list[bool], list[bool]]:
    a = [True] * (both + first) + [False] * (second + neither)
    b = [True] * both + [False] * first + [True] * second + [False] * neither
    return a, b


def test_rates_agree_with_newcombes_published_table():
    """Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: 81/263, 15/148, 0/20, 1/29."""
    published = {
        (81, 263): ((0.2527, 0.3676), (0.2553, 0.3662)),
        (15, 148): ((0.0578, 0.1617), (0.0624, 0.1605)),
        (0, 20): ((0.0, 0.1684), (0.0, 0.1611)),
        (1, 29): ((0.0009, 0.1776), (0.0061, 0.1718)),
    }
    for (count, n), (exact, wilson) in published.items():
        found = rate(of(count, n)), rate(of(count, n), "wilson")
        assert (found[0].low, found[0].high) == pytest.approx(exact, abs=5e-5)
        assert (found[1].low, found[1].high) == pytest.approx(wilson, abs=5e-5)


@given(events_lists.filter(bool))
def test_rates_agree_with_statsmodels(events):
    for ours, theirs in (("exact", "beta"), ("wilson", "wilson")):
        found = rate(events, ours)
        low, high = proportion_confint(sum(events), len(events), method=theirs)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@given(events_lists, st.sampled_from(["exact", "wilson"]))
def test_an_interval_contains_its_point_and_is_never_nan(events, method):
    found = rate(events, method)
    assert not any(math.isnan(v) for v in asdict(found).values() if isinstance(v, float))
    assert 0 <= found.low <= (found.mean if found.mean is not None else 0.5) <= found.high <= 1


@given(events_lists.filter(bool), st.sampled_from(["exact", "wilson"]))
def test_an_interval_shrinks_with_n(events, method):
    few, many = rate(events, method), rate(events * 4, method)
    assert many.high - many.low < few.high - few.low


def test_no_runs_means_that_nothing_is_known():
    found = rate([])
    assert (found.mean, found.low, found.high, found.n) == (None, 0.0, 1.0, 0)
    assert found.method == "no runs: nothing is known"


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_missing_event_is_refused_and_never_a_zero(missing):
    with pytest.raises(ValueError, match="1 of 3 events are missing"):
        rate([True, missing, False])


def test_what_is_no_event_is_refused():
    with pytest.raises(ValueError, match=r"0\.5 is no event"):
        rate([0.5])
    with pytest.raises(ValueError, match="choose 'exact' or 'wilson'"):
        rate([True], "wald")  # type: ignore[arg-type]


@given(events_lists, st.integers(0, 30))
def test_missing_runs_are_put_at_both_ends(events, n_missing):
    found, graded = with_missing(events, n_missing), rate(events)
    assert found.low <= graded.low + 1e-12
    assert found.high >= graded.high - 1e-12
    assert found.if_all.n == len(events) + n_missing


def test_if_every_run_is_missing_everything_is_possible():
    found = with_missing([], 5)
    assert (found.low, found.high) == (0.0, 1.0)
    assert (found.if_none.mean, found.if_all.mean) == (0.0, 1.0)


def test_zero_events_bound_scenarios_by_their_number_not_by_their_runs():
    assert zero_event_bounds(2400, 24).scenarios_like_these.high == pytest.approx(0.117, abs=5e-4)
    assert zero_event_bounds(800, 8).scenarios_like_these.high == pytest.approx(0.312, abs=5e-4)
    # The rule of three, exactly: 0 of 300 leaves 1 % possible.
    assert zero_event_bounds(300, 3).this_pack.high == pytest.approx(0.00994, abs=5e-6)
    assert "one-sided 95 %" in zero_event_bounds(300, 3).this_pack.method


@given(st.integers(1, 500))
def test_the_zero_event_bound_is_the_one_sided_clopper_pearson_limit(n):
    expected = proportion_confint(0, n, alpha=0.1, method="beta")[1]
    assert zero_event_bounds(n, n).this_pack.high == pytest.approx(expected)
    assert smallest_visible_rate(n) == pytest.approx(expected)


def test_zero_event_bounds_of_nothing_and_of_nonsense():
    assert zero_event_bounds(0, 0).this_pack.mean is None
    assert zero_event_bounds(0, 0).scenarios_like_these.high == 1.0
    with pytest.raises(ValueError, match="every scenario needs at least one run"):
        zero_event_bounds(3, 4)


clusters_of_events = st.lists(
    st.lists(st.booleans(), min_size=1, max_size=12), min_size=2, max_size=8
).filter(lambda groups: 0 < sum(map(sum, groups)) < sum(map(len, groups)))


def flat(groups: list[list[bool]], names: list[object]) -> tuple[list[bool], list[object]]:
    events = [event for group in groups for event in group]
    return events, [name for name, group in zip(names, groups, strict=True) for _ in group]


@settings(deadline=None)
@given(clusters_of_events, st.randoms(use_true_random=False))
def test_clustered_intervals_do_not_depend_on_the_names_of_clusters(groups, random):
    events, names = flat(groups, list(range(len(groups))))
    shuffled = list(groups)
    random.shuffle(shuffled)
    events2, names2 = flat(shuffled, [f"scenario {i}" for i in range(len(groups))])
    boot = cluster_bootstrap(events, names, np.random.default_rng(3), resamples=500)
    assert boot == cluster_bootstrap(events2, names2, np.random.default_rng(3), resamples=500)
    assert clustered(events, names) == clustered(events2, names2)
    assert boot.low <= boot.mean <= boot.high


@settings(deadline=None)
@given(clusters_of_events)
def test_scenarios_like_these_are_never_known_better_than_this_pack(groups):
    events, names = flat(groups, list(range(len(groups))))
    wide, narrow = clustered(events, names), rate(events)
    assert wide.low <= narrow.low + 1e-9
    assert wide.high >= narrow.high - 1e-9


def test_many_equal_clusters_are_worth_nearly_as_much_as_their_runs():
    events = [i % 5 == 0 for i in range(400)]
    assert clustered(events, list(range(400))).high < rate(events).high + 0.002


def test_the_bootstrap_agrees_with_a_plain_loop():
    rng = np.random.default_rng(0)
    events, names = rng.random(300) < 0.3, np.repeat(np.arange(30), 10)
    found = cluster_bootstrap(events, names, np.random.default_rng(1), resamples=4000)
    groups = events.reshape(30, 10)
    loop = [groups[rng.integers(0, 30, 30)].mean() for _ in range(4000)]
    assert (found.low, found.high) == pytest.approx(np.percentile(loop, [2.5, 97.5]), abs=0.01)


@pytest.mark.parametrize("event", [True, False])
def test_a_bootstrap_at_zero_or_all_events_is_forbidden_and_names_the_alternative(event):
    with pytest.raises(ValueError, match="zero_event_bounds"):
        cluster_bootstrap([event] * 6, list("aabbcc"), np.random.default_rng(0))


def test_one_cluster_is_refused_by_the_bootstrap_and_says_nothing_about_others():
    with pytest.raises(ValueError, match=r"needs two. Use rate\(\)"):
        cluster_bootstrap([True, False], ["a", "a"], np.random.default_rng(0))
    found = clustered([True, False], ["a", "a"])
    assert (found.mean, found.low, found.high) == (0.5, 0.0, 1.0)


def test_clustered_falls_back_to_the_scenario_bound_at_the_ends():
    none, every = (
        clustered([False] * 30, list("abc") * 10),
        clustered([True] * 30, list("abc") * 10),
    )
    assert none.high == pytest.approx(1 - 0.05 ** (1 / 3))
    assert (none.low, every.high) == (0.0, 1.0)
    assert every.low == pytest.approx(1 - none.high)
    assert clustered([], []).mean is None


def test_clusters_must_match_the_events():
    with pytest.raises(ValueError, match="2 events but 1 cluster names"):
        clustered([True, False], ["a"])


def test_the_paired_difference_agrees_with_a_published_interval():
    """Cavo et al. 2012 in Fagerland et al. 2017, chapter 8; R's contingencytables prints it too."""
    cavo = paired_difference(*table(59, 6, 16, 80))
    assert (cavo.mean, cavo.low, cavo.high) == pytest.approx((-0.0621, -0.1186, -0.0046), abs=5e-5)


@given(pairs_lists)
def test_a_difference_contains_its_point_and_turns_with_its_sides(pairs):
    a, b = [p for p, _ in pairs], [q for _, q in pairs]
    found, turned = paired_difference(a, b), paired_difference(b, a)
    assert -1 <= found.low <= (found.mean or 0.0) <= found.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-12)
    assert found.n + found.left_out == len(pairs)


@given(pairs_lists.filter(lambda pairs: any(None not in pair for pair in pairs)))
def test_a_difference_shrinks_with_n(pairs):
    a, b = [p for p, _ in pairs], [q for _, q in pairs]
    few, many = paired_difference(a, b), paired_difference(a * 9, b * 9)
    assert many.high - many.low < few.high - few.low


def test_pairs_with_a_missing_side_are_left_out_and_counted():
    found = paired_difference([True, None, False, True], [False, False, None, True])
    assert (found.n, found.left_out, found.only_first) == (2, 2, 1)
    empty = paired_difference([None], [True])
    assert (empty.mean, empty.low, empty.high, empty.left_out) == (None, -1.0, 1.0, 1)
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_difference([True], [])


def test_importing_estimates_loads_neither_statsmodels_nor_inspect():
    heavy = "{'statsmodels', 'scipy', 'inspect_ai', 'pandas'}"
    code = f"import sys, assay.stats.estimate; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
