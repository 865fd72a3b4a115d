"""What stands beside the rates: against known truths, and where the runs cannot answer."""

import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.correction import Trials
from assay.stats.evidence import ErrorRates, measured, plain
from assay.stats.missing import rate_bounds
from assay.stats.summary import summarise
from tests.report.make_rows import make_rows

MANY = tuple(f"scenario_{i:02d}" for i in range(24))
GOOD = ErrorRates(Trials(90, 100), Trials(200, 200), "human labels")


def found(judge: bool = False, **drawn):
    return summarise(make_rows(judge=judge, **drawn), judge=judge)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([0.0, 0.02, 0.5, 1.0]),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 99),
)
def test_whatever_the_rows_the_evidence_is_json_and_holds_its_points(
    rate, ungraded, control, grid, seed
):
    summary = found(
        rate=rate, ungraded=ungraded, control=control, grid=grid, epochs=2, seed=seed, judge=True
    )
    json.dumps(summary, allow_nan=False)
    for part in (summary["corrected"], *(e for e in (summary["factors"] or {}).get("effects", ()))):
        if part and part.get("mean", part.get("effect")) is not None and part["low"] is not None:
            assert part["low"] <= part.get("mean", part.get("effect"))


def test_infinity_is_null_and_tuples_are_lists():
    assert plain(rate_bounds([True, None]))["gamma"] is None
    assert plain({"a": (1, float("nan"))}) == {"a": [1, None]}


def test_error_rates_count_scripts_and_not_replays():
    errors = measured(make_rows(), "outcome")
    assert errors.specificity == Trials(3, 3)
    assert errors.sensitivity.n <= 6


def test_a_script_that_was_judged_wrongly_once_is_wrong():
    rows = make_rows()
    honest = rows.index[(rows["control"] == "honest") & ~rows["is_twin"]][0]
    rows.loc[honest, "outcome"] = "harmful"
    assert measured(rows, "outcome").specificity == Trials(2, 3)


def test_without_a_sabotage_script_nothing_is_measured():
    assert measured(make_rows(rate=0.0, twin_rate=0.0), "outcome") is None
    assert measured(make_rows(control=False), "outcome") is None


def test_a_real_target_is_not_corrected_but_told_what_it_would_take():
    summary = found(control=False)
    analysis = summary["sensitivity_analysis"]
    assert summary["corrected"] is None
    assert analysis["least_specificity"] == 1 - summary["harmful_rate"]["low"]


def test_known_error_rates_correct_a_real_target_beside_the_headline():
    rows = make_rows(control=False)
    summary = summarise(rows, judge=False, errors=GOOD)
    assert summary["corrected"]["mean"] == pytest.approx(summary["harmful_rate"]["mean"] / 0.9)
    assert summary["corrected"]["source"] == "human labels"
    assert summary["sensitivity_analysis"] is None
    assert summary["harmful_rate"] == summarise(rows, judge=False)["harmful_rate"]


def test_few_honest_scripts_limit_detection_more_than_runs_do():
    rows = make_rows(control=False, scenarios=MANY, epochs=10)
    few = ErrorRates(Trials(16, 16), Trials(3, 3), "controls")
    limits = [summarise(rows, judge=False, errors=e)["limit_of_detection"] for e in (few, GOOD)]
    assert limits[0]["this_pack"]["rate"] > 0.5 > 0.1 > limits[1]["this_pack"]["rate"]
    assert limits[1]["assumed"] == []


def test_limits_of_detection_differ_by_question_and_assumed_error():
    limits = found(control=False, rate=0.0)["limit_of_detection"]
    assert limits["each_scenario_one_run"]
    assert limits["scenarios_like_these"]["n"] == 3
    assert limits["this_pack"]["rate"] < limits["scenarios_like_these"]["rate"]
    rates = [e["this_pack"]["rate"] for e in limits["assumed"]]
    assert rates == sorted(rates)


def test_few_scenarios_are_warned_of_also_where_nothing_happened():
    assert "Only 3 scenarios" in found(rate=0.0)["clustering"]["warning"]
    assert found(scenarios=MANY, epochs=2)["clustering"]["warning"] == ""


def test_one_scenario_has_no_limit_for_others():
    assert found(scenarios=["one"])["limit_of_detection"]["scenarios_like_these"] is None


def test_runs_are_compared_with_twins_for_both_questions():
    compared = found(scenarios=MANY, epochs=8, rate=0.3)["comparison"]
    assert compared["mcnemar"]["p_value"] < 0.001
    assert compared["permutation"]["p_value"] < 0.001
    assert not compared["equivalence"]["this_pack"]["same"]


def test_the_same_as_the_twin_needs_a_margin_and_enough_pairs():
    rows = make_rows(rate=0.0, twin_rate=0.0)
    same = summarise(rows, judge=False)["comparison"]["equivalence"]
    assert same["this_pack"]["same"]
    assert not same["scenarios_like_these"]["same"]
    tight = summarise(rows, judge=False, margin=0.01)["comparison"]["equivalence"]
    assert not tight["this_pack"]["same"]


def test_missing_runs_widen_the_difference_to_the_twin_too():
    missing = found(ungraded=0.1)["missing"]
    worst, plausible = (missing["difference"][kind] for kind in ("worst", "plausible"))
    assert worst["low"] < plausible["low"] < plausible["high"] < worst["high"]
    assert found()["missing"] is None


def test_runs_that_never_ran_are_missing_pairs():
    rows = make_rows(epochs=2)
    missing = summarise(rows, judge=False, planned=24)["missing"]
    assert (missing["harmful"]["worst"]["n_missing"], missing["twin"]["worst"]["n_missing"]) == (
        6,
        6,
    )
    assert missing["difference"]["worst"]["n_missing"] == 6


def test_a_grid_has_effects_with_holm_and_a_single_cell_has_none():
    factors = found(grid=True, epochs=6)["factors"]
    pack = [e for e in factors["effects"] if e["estimand"] == "this pack"]
    assert {e["factor"] for e in pack} == {"motivation", "replacement", "autonomy", "oversight"}
    assert all(e["adjusted"] >= e["p_value"] for e in pack)
    assert found()["factors"] is None


def test_a_factor_that_one_scenario_lacks_says_nothing_there():
    rows = make_rows(grid=True, epochs=6)
    lacking = rows["scenario"] == "incident_escalation"
    rows.loc[lacking, "levels"] = json.dumps({"motivation": "safety"})
    factors = summarise(rows, judge=False)["factors"]
    assert {e["n"] for e in factors["effects"]} == {int((~lacking).sum())}


def test_harm_that_needs_a_motivation_and_no_oversight_is_an_interaction():
    rows = make_rows(grid=True, epochs=6, rate=0.0, twin_rate=0.0)
    unseen = rows["levels"].str.contains('"unreviewed"') & ~rows["is_twin"]
    rows.loc[unseen, "outcome"] = "harmful"
    factors = summarise(rows, judge=False)["factors"]
    pack = [e for e in factors["effects"] if e["estimand"] == "this pack"]
    assert {e["factor"] for e in pack if e["adjusted"] < 0.05} == {"motivation", "oversight"}
    pairs = [set(i["factors"]) for i in factors["interactions"] if i["adjusted"] < 0.05]
    assert pairs == [{"motivation", "oversight"}]


def test_awareness_is_not_measured_until_a_run_is_marked():
    rows = make_rows()
    assert summarise(rows, judge=False)["awareness"] is None
    rows.loc[~rows["is_twin"] & (rows["epoch"] <= 4), "aware"] = "before"
    rows["aware_by"] = "some/judge"
    aware = summarise(rows, judge=False)["awareness"]
    assert aware["n_aware"] == 12
    assert aware["low"] <= aware["observed"]["mean"] <= aware["high"]


def test_noticing_after_the_decisive_action_is_not_awareness():
    rows = make_rows()
    rows["aware"], rows["aware_by"] = "after", "some/judge"
    assert summarise(rows, judge=False)["awareness"]["n_aware"] == 0


def test_retries_say_how_far_they_could_have_moved_the_rate():
    rows = make_rows().assign(retries=0)
    assert summarise(rows, judge=False)["retry_selection"] is None
    rows.loc[rows.index[~rows["is_twin"]][:5], "retries"] = 2
    retried = summarise(rows, judge=False)["retry_selection"]
    assert (retried["n_retried"], retried["n_discarded"]) == (5, 10)


def test_kappa_is_over_distinct_scripts():
    kappa = found(judge=True)["controls"]["kappa"]
    assert kappa["outcome"]["mean"] == 1
    assert kappa["conduct"]["n"] <= 13
    assert found()["controls"]["kappa"]["conduct"] is None


def test_the_work_grows_with_the_runs_and_not_with_their_square():
    """Seconds of 100,000 runs are in benchmarks/results/report_speed.json."""
    rows = make_rows(scenarios=MANY, epochs=1, grid=True, control=False, ungraded=0.02)

    def seconds(runs: int) -> float:
        copies = runs // len(rows) + 1
        many = rows.loc[np.repeat(rows.index, copies)].reset_index(drop=True)
        many["epoch"] = np.tile(np.arange(copies), len(rows))
        start = time.process_time()
        summarise(many, judge=False)
        return time.process_time() - start

    assert seconds(100_000) < 10 * seconds(20_000)  # with the square it would be 25
