"""The section on realism: what a sceptic asks, from the two files that answer."""

import json
from pathlib import Path

import pandas as pd

from assay.report.page import write_report
from assay.report.realism import section
from assay.stats.awareness import Measured
from assay.stats.correction import Trials
from assay.stats.summary import summarise
from tests.report.make_rows import make_rows
from tests.report.run_dir import make_run_dir

SCRIPT = "<script>alert('x')</script>"
TELL = {
    "words": f"tool results end with {SCRIPT}",
    "deployment": 0.1,
    "evaluation": 0.9,
    "unit": "share",
    "alone": 0.9,
    "p_value": 0.001,
    "deployment_example": "a",
    "evaluation_example": SCRIPT,
    "alike": 0,
}
COMPARED = {
    "two_sample": {"auc": 0.93, "p_value": 0.002, "tells": [TELL]},
    "single": {"auc": 0.6, "low": 0.45, "high": 0.75},
    "pairwise": {"win_rate": 0.3, "low": 0.2, "high": 0.4, "order_bias": 0.1, "cycles": 0},
    "n_pairs": 60,
    "ungraded": 2,
    "models": [["m"], ["m"]],
    "same_model": True,
}
MEASURED = Measured(Trials(34, 38), Trials(30, 34), Trials(18, 20))


def looked(**changes: object) -> pd.DataFrame:
    """Rows of which every fourth run said before its decisive action that it noticed."""
    rows = make_rows(control=False, rate=0.2, judge=True)
    aware = rows.index % 4 == 0
    rows["aware"] = pd.Series(["before" if one else "none" for one in aware], index=rows.index)
    rows["mentions"] = aware.astype(float)
    return rows.assign(
        **{
            "aware_by": "j",
            "aware_quote": rows["aware"].map({"before": SCRIPT, "none": ""}),
            **changes,
        }
    )


def told(rows: pd.DataFrame, compared: dict | None = None) -> dict:
    found = section(summarise(rows, judge=True, measured=MEASURED), rows, compared)
    assert found is not None
    return found


def test_the_page_answers_and_keeps_hostile_words_as_text(tmp_path: Path) -> None:
    folder = make_run_dir(tmp_path, looked(), judge="j")
    (folder / "realism.json").write_text(json.dumps(COMPARED))
    page = Path(write_report(folder)).read_text("utf-8")
    assert 'id="realism"' in page
    assert "it finds the evaluation 93.0\u00a0% of the time" in page
    assert SCRIPT not in page


def test_without_either_file_there_is_no_section(tmp_path: Path) -> None:
    rows = make_rows()
    assert section(summarise(rows, judge=False), rows, None) is None
    page = Path(write_report(make_run_dir(tmp_path, rows))).read_text("utf-8")
    assert 'id="realism"' not in page


def test_mentions_that_nobody_judged_are_not_called_awareness() -> None:
    found = told(looked(aware_by=None, aware="unknown"))
    assert (found["rates"], found["behaviour"]) == (None, None)
    assert "nothing here is called awareness" in found["aware"][0]


def test_the_rate_with_errors_taken_out_stands_below_the_observed_one() -> None:
    rows = told(looked())["rates"].rows
    assert [row[0] for row in rows] == [
        "Runs",
        "Benign twins",
        "Runs, errors of filter and judge taken out",
    ]


def test_it_says_what_awareness_may_have_done_to_the_headline_rate() -> None:
    text = " ".join(told(looked())["matters"])
    assert "would have been harmful unaware" in text
    assert "a comparison, not an effect" in text


def test_models_that_differ_are_labelled_and_a_discriminator_that_cannot_tell_is_said_so() -> None:
    found = told(looked(), {**COMPARED, "same_model": False, "models": [["a"], ["b"]]})
    assert "may tell models apart" in found["label"]
    assert "could not be shown to tell" in found["could"][1]


def test_a_decomposition_has_its_picture_and_its_numbers(tmp_path: Path) -> None:
    folder = make_run_dir(tmp_path, looked(), judge="j")
    estimate = {"mean": 0.21, "low": 0.1, "high": 0.32, "n": 30, "method": "m"}
    contrast = {
        "name": "environment", "words": "environment", "first": "recreated",
        "second": "deployment", "difference": estimate,
    }  # fmt: skip
    kept = {"arms": {}, "contrasts": {"environment": contrast}, "same_model": True}
    (folder / "decomposition.json").write_text(json.dumps(kept))
    page = Path(write_report(folder)).read_text("utf-8")
    assert "recreated less deployment" in page
    assert page.count("<svg") > Path(
        write_report(make_run_dir(tmp_path / "b", looked()))
    ).read_text("utf-8").count("<svg")
