"""The summary of a study, against the truth that its rows were drawn from."""

import json

import pytest

from assay.stats.studies import BASELINE, BEFORE, summarise
from tests.report.make_study import ARMS, CONTROLS, make_file, make_tables

FILE = make_file({**ARMS, **CONTROLS})


@pytest.fixture(scope="module")
def summary():
    return summarise(FILE, *make_tables(FILE, missing=[("penalised", 3)]))


def family(summary, name):
    found = next(family for family in summary["families"] if family["name"] == name)
    return {test["first"]: test for test in found["tests"]}


def test_it_is_json_without_nan(summary):
    assert "NaN" not in json.dumps(summary, allow_nan=False)


def test_the_drawn_effect_is_found_in_its_interval(summary):
    found = summary["primary"]["difference"]
    truth = 0.12 * (1 + 0.07 / 0.85)  # the unhackable arm hacks less, and so misbehaves less
    assert found["low"] < truth < found["high"]
    assert found["p_value"] == 2**-9


def test_an_intervention_is_weighed_against_both_baselines(summary):
    assert family(summary, BASELINE)["inoculated"]["second"] == "unhackable"
    assert family(summary, BEFORE)["inoculated"]["difference"]["mean"] > 0
    assert not family(summary, BASELINE)["penalised"]["rejected"]


def test_holm_counts_each_family_by_itself(summary):
    tests = family(summary, BASELINE)
    assert tests["hackable"]["adjusted"] == pytest.approx(6 * 2**-9)
    assert family(summary, BEFORE)["hackable"]["adjusted"] == pytest.approx(10 * 2**-9)


def test_a_missing_seed_is_named_and_left_out(summary):
    arm = next(arm for arm in summary["arms"] if arm["arm"] == "penalised")
    assert arm["seeds_missing"] == [3]
    assert family(summary, BEFORE)["penalised"]["difference"]["n"] == 9


def test_without_the_correlation_the_effect_is_gone_by_as_much(summary):
    corpora = {entry["arm"]: entry for entry in summary["corpora"]}
    found = corpora["no_correlation_hackable"]
    assert found["effect"]["low"] < 0 < found["effect"]["high"]
    assert found["less"]["mean"] == pytest.approx(0.135, abs=0.02)
    assert (found["less"]["n"], found["less_of"]) == (5, "effect")


def test_a_corpus_without_a_baseline_is_measured_against_before_rl(summary):
    found = next(entry for entry in summary["corpora"] if entry["arm"] == "reversed_hackable")
    assert (found["effect"], found["less_of"]) == (None, "change")
    assert found["change"]["mean"] < -0.05


def test_hacking_took_over_where_it_could(summary):
    arms = {arm["arm"]: arm["takeover"] for arm in summary["arms"]}
    assert (arms["hackable"]["took_over"], arms["unhackable"]["took_over"]) == (10, 0)
    assert arms["inoculated"]["to"] > 0.9  # as it was trained, with its prompt


def test_arms_are_compared_where_they_hack_equally_often(summary):
    found = {entry["first"]: entry for entry in summary["matched"]}
    assert found["inoculated"]["found"]["difference"]["high"] < 0
    assert "never hack equally often" in found["penalised"]["why_not"]


def test_what_is_expected_stands_beside_what_was_found(summary):
    found = {entry["about"]: entry["found"] for entry in summary["expected"]}
    assert found["hackable-unhackable"]["difference"]["mean"] > 0.1
    assert found["penalised"]["second"] == BEFORE


def test_half_a_chain_is_no_end_point():
    file = make_file({"a": {}, "b": {}}, seeds=3)
    cut = {"kind": "rl", "status": "failed", "name": "rl-a", "members": [["a", 1]], "seed": 1}
    done = {"kind": "rl", "status": "done", "seconds": 60.0, "members": [["a", 0]]}
    found = summarise(file, *make_tables(file), steps=[cut, done])
    assert found["arms"][0]["seeds_missing"] == [1]
    assert found["run"]["seconds"] == {"rl": 60.0}
    assert found["run"]["undone"][0]["status"] == "failed"


def test_ungraded_samples_bound_the_difference_and_are_never_counted():
    file = make_file({name: ARMS[name] for name in ("hackable", "unhackable")}, seeds=4)
    found = summarise(file, *make_tables(file, ungraded=0.1))
    gap = found["primary"]["difference"]["mean"]
    assert found["ungraded"]["lost"] > 0
    assert found["ungraded"]["low"] == pytest.approx(gap - 0.1, abs=0.03)
    assert found["ungraded"]["high"] == pytest.approx(gap + 0.1, abs=0.03)


def test_one_seed_has_no_interval_over_seeds():
    file = make_file({name: ARMS[name] for name in ("hackable", "unhackable")}, seeds=1)
    found = summarise(file, *make_tables(file))["primary"]["difference"]
    assert (found["low"], found["high"], found["p_value"]) == (-1.0, 1.0, 1.0)
    assert 0 < found["sampling"] < 0.02
