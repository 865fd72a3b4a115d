from pathlib import Path

import pandas as pd

from assay.report.page import write_report
from assay.report.steered import about_continued, about_elicited, continued, elicited
from assay.report.unseen import unseen
from assay.report.words import headline
from assay.stats.summary import summarise
from tests.report.make_rows import make_rows
from tests.report.run_dir import make_run_dir
from tests.stats.test_steered import steered


def summary(*parts: pd.DataFrame) -> dict:
    return summarise(pd.concat([make_rows(control=False, rate=0.0), *parts]), judge=True)


def plain(sentences: list[str]) -> str:
    return " ".join(sentences).replace("\u00a0", " ")


def test_success_and_detection_stand_in_a_row() -> None:
    table = elicited(summary(steered(elicited="sabotage")))
    assert table is not None
    [row] = table.rows
    assert row[3:5] == ("8 of 10", "80.0\u00a0%")
    assert row[6:] == ("6 of 8", "75.0\u00a0%")


def test_a_target_that_could_not_do_it_makes_a_null_result_worth_little() -> None:
    told = plain(about_elicited(summary(steered(harmful=0, misaligned=0, elicited="sabotage"))))
    assert "does not show that the target would not" in told


def test_the_headline_of_a_null_result_says_whether_it_could_and_was_caught() -> None:
    told = plain(headline(summary(steered(elicited="sabotage")), "some/model"))
    assert "left no harmful outcome" in told
    assert "it did harm in 8 of 10 attempts; its intent was found in 6 of 8." in told


def test_a_target_that_always_declines_leaves_detection_open() -> None:
    rows = steered(elicited="sabotage").assign(outcome="untouched", conduct="refused")
    assert "would have been caught is not known" in plain(about_elicited(summary(rows)))


def test_endings_of_continuations_are_counted_by_opening() -> None:
    rows = steered(prefix="sabotage", ending="went_on", prefill_aware="yes")
    honest = steered(harmful=0, misaligned=0, prefix="honest", ending="stopped", prefill_aware="no")
    found = summary(rows, honest)
    table = continued(found)
    assert table is not None
    assert [row[3:6] for row in table.rows] == [("10", "0", "0"), ("–", "–", "–")]
    assert "difference +100 points" in plain(about_continued(found))


def test_an_audit_without_them_says_that_nothing_shows_it_would_be_caught() -> None:
    found = dict(unseen(summary(), {}))
    assert "--elicit sabotage" in found["Sabotage unlike the controls"]
    found = dict(unseen(summary(steered(elicited="sabotage")), {}))
    assert "Sabotage unlike the controls" not in found


def test_the_page_shows_the_section_only_where_there_is_something(tmp_path: Path) -> None:
    plain_rows = make_rows(control=False)
    both = pd.concat([plain_rows, steered(elicited="sabotage")])
    title = "Could it, and would it be caught?"
    for name, rows, shown in (("with", both, True), ("without", plain_rows, False)):
        page = write_report(make_run_dir(tmp_path / name, rows)).read_text("utf-8")
        assert (title in page) is shown
