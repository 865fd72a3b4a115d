"""The page from real run directories: what it says, and that hostile input stays text."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from upath import UPath

from assay.errors import RunError
from assay.report import write_report
from assay.report.flagged import flagged
from tests.report.make_rows import make_rows
from tests.report.run_dir import make_run_dir

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>\"' onload=\"alert(2)"


class Reader(HTMLParser):
    """Collects the tags, the attributes and the visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data):
        self.text += data


def page_of(folder: Path, rows, judge: str | None = None) -> str:
    return Path(write_report(make_run_dir(folder, rows, judge=judge))).read_text("utf-8")


def test_a_report_holds_every_section(tmp_path):
    rows = make_rows(judge=True, ungraded=0.05, refused=0.1, control=False, grid=True, epochs=4)
    text = Reader(page_of(tmp_path, rows, "judge-1")).text
    for heading in (
        "Rates by scenario",
        "Rates by level",
        "Every estimate, and how it was made",
        "Conduct",
        "What is open",
        "What this study could not have seen",
        "Flagged runs",
        "Settings, versions, cost",
    ):
        assert heading in text
    assert "Validated on scripted controls" not in text


def test_a_report_on_controls_says_so_and_shows_truth_against_outcome(tmp_path):
    text = Reader(page_of(tmp_path, make_rows())).text
    assert "Validated on scripted controls." in text
    assert "Truth against outcome" in text
    assert "Truth against conduct" not in text


def test_each_flagged_run_shows_its_evidence_and_how_to_open_it(tmp_path):
    folder = tmp_path / "a run"
    rows = make_rows(judge=True)
    page = page_of(folder, rows, "judge-1")
    text = Reader(page).text
    assert f"inspect view start --log-dir '{folder}/logs'" in text
    assert page.count('<details class="run"') == len(flagged(rows))
    assert "detect/classifier.py:73" in text
    assert "I'll leave this family out" in text


def test_a_scripted_judges_quotes_are_no_evidence(tmp_path):
    text = Reader(page_of(tmp_path, make_rows(judge=True), "control/judge")).text
    assert "I'll leave this family out" not in text
    assert "The judge here is scripted" in text


def test_an_audit_that_was_cut_off_says_so_first(tmp_path):
    folder = make_run_dir(tmp_path, make_rows(epochs=1), planned=24, status="started")
    text = Reader(Path(write_report(folder)).read_text("utf-8")).text
    assert "this audit is “started”, with 6 of 24 planned runs recorded." in text
    assert "18 of 24" in text.replace("\u00a0", " ")


def test_without_a_judge_the_tile_says_what_that_leaves_possible(tmp_path):
    rows = make_rows()
    harmful = ((rows["outcome"] == "harmful") & ~rows["is_twin"]).sum()
    assert f"{harmful} of 120 open" in Reader(page_of(tmp_path, rows)).text


def test_one_scenario_is_not_also_shown_as_all(tmp_path):
    assert "All scenarios" not in page_of(tmp_path, make_rows(scenarios=["one"]))


def test_the_judges_tokens_are_shown_apart(tmp_path):
    rows = make_rows(epochs=1).assign(judge_tokens=[100, None, 1, 1, 1, 1])
    assert "judge’s tokens104" in Reader(page_of(tmp_path, rows)).text


def test_zero_events_show_both_bounds(tmp_path):
    text = Reader(page_of(tmp_path, make_rows(rate=0.0, control=False))).text
    assert "No harmful run: what remains possible" in text
    assert "they do not lower the second" in text


@pytest.mark.parametrize(
    "drawn", [{"epochs": 1}, {"ungraded": 1.0}, {"scenarios": ["one"]}, {"rate": 1.0}]
)
def test_odd_audits_still_make_a_page(tmp_path, drawn):
    page = page_of(tmp_path, make_rows(**drawn))
    assert "nan" not in re.findall(r"\w+", Reader(page).text.lower())


def test_a_page_needs_no_network_and_runs_no_script(tmp_path):
    page = page_of(tmp_path, make_rows(judge=True), "judge-1")
    found = Reader(page)
    assert "default-src 'none'" in page
    assert not found.tags & {"script", "link", "img", "iframe", "object", "embed"}
    assert not {"src", "srcset", "action"} & set(found.attributes)
    assert all(href.startswith("#") for href in found.attributes["href"])
    assert "@import" not in page
    assert "url(" not in page


def test_hostile_names_and_output_stay_text(tmp_path):
    rows = make_rows(scenarios=[SCRIPT, "fine"], epochs=6, rate=0.5, judge=True, ungraded=0.2)
    harmful = rows["outcome"] == "harmful"
    evil = json.dumps([{"file": SCRIPT, "line": 3, "text": f"</pre>{SCRIPT}\ud800\u202e"}])
    answers = {SCRIPT: {"answer": SCRIPT, "quote": f"</blockquote>{SCRIPT}", "error": SCRIPT}}
    rows.loc[harmful, "evidence"] = evil
    rows.loc[harmful, "judge_answers"] = json.dumps(answers)
    rows.loc[harmful, "measures"] = json.dumps({SCRIPT: 1.0})
    rows.loc[rows["outcome"].isna(), "ungraded_reason"] = SCRIPT
    rows["levels"] = json.dumps({SCRIPT: SCRIPT})
    for column in ("harm", "target", "cell", "log_file", "sample_uuid", "control_name"):
        rows[column] = rows[column] + SCRIPT
    found = Reader(page_of(tmp_path, rows, SCRIPT))
    assert not found.tags & {"script", "img"}
    assert not [name for name in found.attributes if name.startswith("on")]
    assert found.text.count("<script>alert('x')</script>") > 20


def test_hostile_settings_stay_text(tmp_path):
    folder = make_run_dir(tmp_path, make_rows(epochs=1))
    manifest = json.loads((folder / "manifest.json").read_text())
    evil = manifest | dict.fromkeys(("status", "git_revision", "started_at"), SCRIPT)
    evil["config"] |= {"selector": SCRIPT, "levels": {SCRIPT: SCRIPT}, SCRIPT: SCRIPT}
    (folder / "manifest.json").write_text(json.dumps(evil))
    found = Reader(Path(write_report(folder)).read_text("utf-8"))
    assert "script" not in found.tags
    assert "Interrupted:" in found.text


def test_a_directory_that_is_no_run_is_named_with_the_remedy(tmp_path):
    with pytest.raises(RunError, match=r"no manifest.json, summary.json and results.parquet"):
        write_report(tmp_path)


def test_a_broken_summary_is_a_run_error(tmp_path):
    folder = make_run_dir(tmp_path, make_rows(epochs=1))
    (folder / "summary.json").write_text("{")
    with pytest.raises(RunError, match="cannot be read"):
        write_report(folder)


def test_any_universal_path_will_do():
    folder = UPath("memory://runs/one")
    folder.mkdir(parents=True, exist_ok=True)
    assert isinstance(folder, UPath)
    with pytest.raises(RunError):
        write_report(folder)


def test_a_stopped_audit_says_so_at_its_head_and_what_that_does_to_the_other_intervals(tmp_path):
    folder = make_run_dir(tmp_path, make_rows(rate=0.0, control=False))
    summary = json.loads((folder / "summary.json").read_text())
    estimate = {
        "mean": 0.0,
        "low": 0.0,
        "high": 0.0298,
        "n": 120,
        "method": "anytime-valid betting",
    }
    summary["stopping"] = {
        "rule": {"below": 0.03, "above": None, "width": None},
        "stopped": "below",
        "runs": 120,
        "started": 124,
        "planned": 438,
        "fixed_design_runs": 436,
        "estimate": estimate,
        "seed": 0,
    }
    (folder / "summary.json").write_text(json.dumps(summary))
    text = Reader(Path(write_report(folder)).read_text("utf-8")).text.replace("\u00a0", " ")
    assert text.index("Stopped early by its rule.") < text.index("Harmful, per graded run")
    assert "at most 3.0 %, anytime-valid 95 %, n = 120" in text
    assert "number of runs fixed beforehand: not so here" in text


def test_the_page_has_the_evidence_in_order_of_importance(tmp_path):
    rows = make_rows(control=False, grid=True, epochs=4, ungraded=0.05)
    text = Reader(page_of(tmp_path, rows)).text
    headings = (
        "Two questions, two answers",
        "Runs against their twins",
        "If the grader errs",
        "Rates by scenario",
        "What each level changes",
        "Every estimate, and how it was made",
        "Bounds with what is missing at both ends",
    )
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
