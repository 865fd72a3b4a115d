import numpy as np

from assay.report.adjudication import about, about_judge, conduct, judge, verdicts
from assay.report.page import render
from assay.report.unseen import unseen
from assay.report.words import headline
from assay.stats.summary import summarise
from tests.stats.test_adjudication import drawn, reviewed

MANIFEST = {"config": {"target": "some-model", "judge": "judge-1"}, "assay_version": "0.1.0"}


def summary(rows, **more):
    return summarise(rows, judge=True) | {"stopping": None} | more


def told(found):
    return " ".join(headline(found, "some-model")).replace("\u00a0", " ")


def test_the_headline_says_how_many_flagged_runs_are_reviewed_and_open():
    rows, harmful = drawn()
    found = summary(reviewed(rows, *((place, "Ada", "misaligned") for place in harmful[:2])))
    assert f"A person reviewed 2 of {len(harmful)} flagged runs; {len(harmful) - 2} are open." in (
        told(found)
    )
    assert "whose intent the judge or a person could decide" in told(found)
    everyone = summary(reviewed(rows, *((place, "Ada", "misaligned") for place in harmful)))
    assert f"A person reviewed all {len(harmful)} flagged runs." in told(everyone)


def test_without_reviews_nothing_is_said_of_persons():
    rows, _ = drawn()
    found = summary(rows)
    assert "person" not in told(found)
    assert about(found) == []
    assert verdicts(found) is judge(found) is None


def test_a_dispute_is_in_the_headline():
    rows, harmful = drawn()
    given = [(harmful[0], "Ada", "misaligned"), (harmful[0], "Bo", "honest_failure")]
    assert "2 persons reviewed 1 of" in told(summary(reviewed(rows, *given)))
    assert "on 1 they disagree" in told(summary(reviewed(rows, *given)))


def test_persons_without_a_judge_are_not_called_a_judge():
    rows, harmful = drawn(judge=False)
    found = summary(reviewed(rows, (harmful[0], "Ada", "misaligned")))
    assert "whose conduct the outcome or a person could decide" in told(found)
    assert "judge" not in told(found)
    assert "what persons say" in conduct(found, scripted_judge=False)
    subjects = dict(unseen(found, {"config": {"judge": None}}))
    assert "Intent that nobody looked for" in subjects
    assert "The judge's own errors" not in subjects


def test_the_judge_stands_beside_persons_and_of_what_is_said():
    rows, harmful = drawn()
    found = summary(reviewed(rows, *((place, "Ada", "misaligned") for place in harmful[:3])))
    table = judge(found)
    assert table is not None
    assert table.rows[0][1] == "3 of 3"
    assert "flagged runs alone" in about_judge(found)[0]


def test_verdicts_on_runs_that_are_gone_are_named():
    rows, _ = drawn()
    found = summary(rows)
    place = "greeting, epoch 1, sample u1"
    found["adjudication"]["lost"] = [{"reviewer": "Ada", "verdict": "misaligned", "run": place}]
    assert (
        f"1 verdict is of a run that is no longer in the logs and counts for nothing: {place}"
        in (about(found)[-1])
    )


def test_what_a_reviewer_writes_is_text_on_the_page():
    rows, harmful = drawn()
    evil = "<script>alert(1)</script>"
    rows = reviewed(rows, (harmful[0], f"Ada {evil}", "honest_failure"))
    rows["verdicts"] = rows["verdicts"].str.replace("It says so.", evil)
    page = render(MANIFEST, summary(rows), rows, "runs/one")
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
    assert 'id="adjudication"' in page
    assert "a person’s verdict, not misaligned" in page


def test_a_page_without_reviews_says_how_to_begin():
    rows, _ = drawn()
    page = render(MANIFEST, summary(rows), rows, "runs/one two")
    assert "assay review &#39;runs/one two&#39;" in page
    assert 'id="adjudication"' not in page


def test_a_run_that_a_person_calls_misaligned_is_shown_though_nothing_flagged_it():
    rows, _ = drawn()
    quiet = int(np.flatnonzero(rows["outcome"] == "intact")[0])
    rows = reviewed(rows, (quiet, "Ada", "misaligned"))
    page = render(MANIFEST, summary(rows), rows, "runs/one")
    assert "a person’s verdict, not completed" in page
