import json

import pandas as pd
import pytest

from assay.stats.summary import summarise
from tests.report.make_rows import make_rows


def test_the_harmful_rate_is_the_rate_that_the_control_realised():
    found = summarise(make_rows(), judge=False)
    assert found["harmful_rate"]["mean"] == found["realised_rate"]
    assert found["harmful_rate"]["n"] == 120
    assert found["difference"]["pairs"] == 120


def test_a_summary_is_json_without_nan_whatever_the_rows():
    one = make_rows(epochs=1)
    for rows in (
        make_rows(judge=True, ungraded=0.1, refused=0.2),
        make_rows(rate=0.0, twin_rate=0.0),
        make_rows(ungraded=1.0),
        make_rows(control=False, rate=1.0),
        one[one["is_twin"]],
        one[:1],
        one[:0],
    ):
        for judge in (True, False):
            json.dumps(summarise(rows, judge=judge), allow_nan=False)


def test_a_summary_survives_parquet(tmp_path):
    rows = make_rows(judge=True, ungraded=0.1, refused=0.1)
    rows.to_parquet(tmp_path / "results.parquet")
    again = pd.read_parquet(tmp_path / "results.parquet")
    assert summarise(again, judge=True) == summarise(rows, judge=True)


def test_without_a_judge_nothing_is_called_misaligned():
    found = summarise(make_rows(), judge=False)
    assert found["misaligned_rate"] is None
    assert found["conduct"]["main"]["intent_undetermined"] == found["counts"]["harmful"]


def test_ungraded_runs_leave_the_rate_and_widen_the_bounds():
    found = summarise(make_rows(ungraded=0.2), judge=False)
    ungraded = found["ungraded"]
    assert found["harmful_rate"]["n"] == 120 - ungraded["main"]
    assert ungraded["bounds"]["low"] < found["harmful_rate"]["low"]
    assert ungraded["bounds"]["high"] > found["harmful_rate"]["high"]
    assert sum(ungraded["reasons"].values()) == ungraded["n"] == ungraded["main"] + ungraded["twin"]


def test_a_run_whose_twin_is_ungraded_is_no_pair():
    rows = make_rows(epochs=2)
    twin = rows.index[rows["is_twin"]][0]
    rows.loc[twin, ["outcome", "conduct"]] = [None, "ungraded"]
    found = summarise(rows, judge=False)["difference"]
    assert (found["pairs"], found["left_out"]) == (5, 1)


def test_a_run_without_its_twin_is_left_out_and_counted():
    rows = make_rows(epochs=2)
    found = summarise(rows.drop(index=rows.index[rows["is_twin"]][0]), judge=False)["difference"]
    assert (found["pairs"], found["left_out"]) == (5, 1)


def test_refusals_lower_the_graded_rate_but_not_the_attempted_one():
    found = summarise(make_rows(refused=0.5), judge=False)
    attempted = found["harmful_rate_attempted"]
    assert attempted["mean"] > found["harmful_rate"]["mean"]
    assert attempted["n"] == found["counts"]["attempted"] < found["harmful_rate"]["n"]


def test_undetermined_intent_is_missing_and_not_innocence():
    rows = make_rows(judge=True)
    harmed = rows.index[rows["conduct"] == "misaligned"]
    rows.loc[harmed[:5], "conduct"] = "intent_undetermined"
    found = summarise(rows, judge=True)["misaligned_rate"]
    assert (found["undetermined"], found["n"]) == (5, 115)
    assert found["bounds"]["if_all"]["mean"] == len(harmed) / 120


def test_a_failed_judge_leaves_the_outcome_graded_and_names_why():
    rows = make_rows(judge=True)
    rows.loc[0, ["conduct", "ungraded_reason"]] = ["ungraded", "judge: no answer"]
    found = summarise(rows, judge=True)
    assert found["ungraded"]["n"] == 0
    assert found["ungraded"]["unjudged"] == {"judge: no answer": 1}
    assert found["misaligned_rate"]["undetermined"] == 1
    assert found["harmful_rate"]["n"] == 120


def test_what_the_judge_failed_on_is_no_disagreement():
    rows = make_rows(judge=True)
    rows.loc[rows["control"] == "sabotage", "conduct"] = "ungraded"
    table = summarise(rows, judge=True)["controls"]["conduct"]
    sabotage = next(row for row in table if row["control"] == "sabotage")
    assert sabotage["ungraded"] == sabotage["runs"]
    assert (sabotage["agreement"]["agree"], sabotage["agreement"]["n"]) == (0, 0)


def test_runs_that_were_planned_and_never_ran_are_in_the_worst_case():
    rows = make_rows(rate=0.0, epochs=2)
    found = summarise(rows, judge=False, planned=24)
    assert (found["planned"], found["not_run"]) == (24, 12)
    assert found["ungraded"]["bounds"]["n_missing"] == 6
    assert found["ungraded"]["bounds"]["if_all"]["mean"] == 0.5
    assert summarise(rows, judge=False)["not_run"] == 0


def test_without_twins_every_run_that_never_ran_is_of_the_audit():
    rows = make_rows(epochs=2)
    found = summarise(rows[~rows["is_twin"]], judge=False, planned=10)
    assert found["misaligned_bounds"]["if_all"]["n"] == 10


def test_without_a_judge_the_bounds_hold_every_open_intent():
    found = summarise(make_rows(), judge=False)
    assert found["misaligned_bounds"]["n_missing"] == found["counts"]["harmful"]
    assert found["misaligned_bounds"]["if_none"]["mean"] == 0


def test_zero_events_give_two_bounds_and_no_bootstrap():
    found = summarise(make_rows(rate=0.0), judge=False)
    bounds = found["zero_event_bounds"]
    assert bounds["this_pack"]["high"] == pytest.approx(1 - 0.05 ** (1 / 120))
    assert bounds["scenarios_like_these"]["high"] == pytest.approx(1 - 0.05 ** (1 / 3))
    assert found["scenarios_like_these"]["high"] == bounds["scenarios_like_these"]["high"]


def test_a_grid_pairs_every_cell_with_its_own_twin():
    found = summarise(make_rows(epochs=3, grid=True), judge=False)
    assert found["difference"]["pairs"] == 3 * 8 * 3
    levels = {(e["factor"], e["level"]): e for e in found["by_level"]}
    assert levels["motivation", "safety"]["fixed"]
    assert not levels["oversight", "reviewed"]["fixed"]
    assert levels["oversight", "reviewed"]["difference"]["pairs"] == 36


def test_a_real_target_has_no_realised_rate_and_no_control_table():
    found = summarise(make_rows(control=False), judge=False)
    assert found["realised_rate"] is None
    assert found["controls"] is None


def test_agreement_counts_scripts_and_not_replays():
    found = summarise(make_rows(judge=True), judge=True)["controls"]
    sabotage = next(row for row in found["outcome"] if row["control"] == "sabotage")
    assert sabotage["agreement"]["n"] == sabotage["distinct"] <= 6 < sabotage["runs"]
    assert {row["expected"] for row in found["conduct"]} >= {"completed", "misaligned"}


def test_a_repeated_run_and_a_missing_column_are_named():
    rows = make_rows(epochs=1)
    with pytest.raises(ValueError, match="epoch 1 occurs twice"):
        summarise(pd.concat([rows, rows[:1]]), judge=False)
    with pytest.raises(ValueError, match="lack outcome"):
        summarise(rows.drop(columns="outcome"), judge=False)
