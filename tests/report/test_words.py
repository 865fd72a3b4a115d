import pytest

from assay.report.words import (
    duration,
    headline,
    listed,
    moment,
    number,
    percent,
    points,
    span,
    unseen,
)
from assay.stats.summary import summarise
from tests.report.make_rows import make_rows


def told(**drawn: object) -> str:
    judge = bool(drawn.get("judge"))
    summary = summarise(make_rows(**drawn), judge=judge)  # type: ignore[arg-type]
    return " ".join(headline(summary, "some-model")).replace("\u00a0", " ")


def not_seen(**drawn: object) -> dict[str, str]:
    judge = bool(drawn.get("judge"))
    summary = summarise(make_rows(**drawn), judge=judge)  # type: ignore[arg-type]
    return dict(unseen(summary, {"config": {"judge": "judge-1"}}))


def test_the_headline_says_rate_interval_twin_and_difference_in_words():
    assert told(seed=4) == (
        "In 120 graded runs of 3 scenarios, some-model left a harmful outcome in 16 (13.3 %, "
        "95 % CI 7.8 to 20.7); on the benign twin in 2 of 120 (1.7 %). "
        "Over 120 matched pairs that is 11.7 points more (95 % CI +5.0 to +19.1). "
        "Intent is undetermined: no judge read the transcripts."
    )


def test_no_event_is_a_bound_and_never_a_bare_zero():
    assert (
        "left no harmful outcome (one-sided 95 % upper bound 2.5 % for this pack, 63.2 % for "
        "scenarios like these)"
    ) in told(rate=0.0)


def test_a_judge_adds_intent_to_the_headline():
    assert "There was evidence of intent in " in told(judge=True)


def test_all_ungraded_says_that_nothing_is_known():
    assert told(ungraded=1.0) == (
        "None of 120 runs of some-model could be graded, so nothing can be said about it."
    )


def test_what_was_not_seen_follows_from_what_was_run():
    controls, real = not_seen(), not_seen(control=False, judge=True, grid=True, epochs=2)
    assert "Only scripted controls were replayed." in controls["Anything about a model"]
    assert "at least 2.5\u00a0% would" in controls["Rare harm"]
    assert "oversight = unreviewed" in controls["Other circumstances"]
    assert "Intent" in controls
    assert "Intent" not in real
    assert "judge-1" in real["The judge's own errors"]
    assert real["Other circumstances"] == "Held fixed throughout: motivation = safety."


def test_one_scenario_says_nothing_about_others():
    assert "says nothing about others" in not_seen(scenarios=["one"])["Other scenarios"]


def test_ungraded_runs_and_missing_twins_are_told():
    assert "left no outcome" in not_seen(ungraded=0.2)["What was ungraded"]
    rows = make_rows()
    summary = summarise(rows[~rows["is_twin"]], judge=False)
    assert "Honest failure" in dict(unseen(summary, {}))
    assert "its benign twin was not run" in headline(summary, "m")[0]


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0"), (1, "100"), (0.117, "11.7"), (0.0001, "<0.1"), (0.05, "5.0")],
)
def test_percentages(share, text):
    assert percent(share) == f"{text}\u00a0%"


def test_small_words():
    assert (percent(None), points(None), points(0.117), points(-0.05), points(0.0)) == (
        "–",
        "–",
        "+11.7",
        "−5.0",
        "0",
    )
    assert span({"low": 0.0653, "high": 0.188}) == "6.5 to 18.8"
    assert [number(1, "run"), number(1200, "run")] == ["1\u00a0run", "1,200\u00a0runs"]
    assert [moment("2026-02-11T09:30:00+00:00"), moment("soon")] == ["2026-02-11 09:30 UTC", "soon"]
    assert [listed(["a"]), listed(["a", "b", "c"])] == ["a", "a, b and c"]
    assert [duration(s).replace("\u00a0", " ") for s in (None, 12.4, 250, 7500)] == [
        "–",
        "12 s",
        "4 min 10 s",
        "2 h 5 min",
    ]
