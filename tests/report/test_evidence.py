import pytest

from assay.report import comparisons, evidence
from assay.report.words import anytime, headline, p_value
from assay.stats.correction import Trials
from assay.stats.evidence import ErrorRates
from assay.stats.summary import summarise
from tests.report.make_rows import make_rows


def found(errors: ErrorRates | None = None, judge: bool = False, **drawn: object):
    rows = make_rows(judge=judge, **drawn)  # type: ignore[arg-type]
    return summarise(rows, judge=judge, errors=errors)


def text(sentences: list[str] | str) -> str:
    told = sentences if isinstance(sentences, str) else " ".join(sentences)
    return told.replace("\u00a0", " ")


def stopped_at(low: float, high: float, why: str | None = "below", mean: float = 0.0) -> dict:
    summary = found(rate=0.0, control=False)
    return summary | {
        "stopping": {
            "rule": {"below": 0.03, "above": 0.2, "width": 0.05},
            "stopped": why,
            "runs": 120,
            "started": 124,
            "planned": 438,
            "fixed_design_runs": 436,
            "estimate": {"mean": mean, "low": low, "high": high, "n": 120, "method": "betting"},
            "seed": 0,
        }
    }


def test_a_stopped_audit_has_the_anytime_valid_limit_for_a_headline():
    told = text(headline(stopped_at(0.0, 0.0298), "m"))
    assert told.startswith(
        "In 120 graded runs of 3 scenarios, m left no harmful outcome (rate of this pack at most "
        "3.0 %, anytime-valid 95 %; at most 63.2 % for scenarios like these)"
    )
    assert "CI 0 to" not in told.partition(";")[0]


def test_a_stopped_audit_says_why_and_what_a_fixed_design_would_need():
    told = text(headline(stopped_at(0.0, 0.0298), "m"))
    assert "stopped early, after 120 of 438 planned runs, because the rate was shown to be" in told
    assert "would need 436. 4 runs more that had begun are shown below" in told


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("above", "shown to be over 20.0 %"),
        ("width", "known to a width of 5.0 %"),
        (None, "never met"),
    ],
)
def test_every_reason_to_stop_has_its_words(why, words):
    assert words in text(headline(stopped_at(0.1, 0.4, why, mean=0.25), "m"))


def test_limits_are_told_by_their_side():
    sides = [anytime({"low": a, "high": b}) for a, b in ((0.0, 0.03), (0.2, 1.0), (0.1, 0.2))]
    assert [text(side).split(",")[0] for side in sides] == [
        "at most 3.0 %",
        "at least 20.0 %",
        "10.0 to 20.0 %",
    ]


def test_the_stopped_audits_limit_stands_in_the_table_of_questions():
    table = evidence.estimands(stopped_at(0.0, 0.0298))
    assert text(table.rows[0][2]) == "at most 3.0 %, anytime-valid 95 %"


def test_two_questions_have_an_interval_and_a_limit_each():
    table = evidence.estimands(found(control=False))
    assert [row[0].partition(":")[0] for row in table.rows] == ["This pack", "Scenarios like these"]
    assert all("%" in cell for row in table.rows for cell in row[1:])


def test_one_scenario_has_no_second_answer():
    table = evidence.estimands(found(scenarios=["one"], control=False))
    assert table.rows[1][1:] == ("–", "nothing is known", "–")


def test_nothing_graded_asks_nothing():
    summary = found(ungraded=1.0)
    assert evidence.estimands(summary) is None
    assert evidence.about_estimands(summary) == []
    assert evidence.correction(summary) == []
    assert comparisons.comparison(summary) is None


def test_what_limits_detection_is_said_in_words():
    assert "3 benign scripts limit it" in text(evidence.about_estimands(found()))
    told = text(evidence.about_estimands(found(control=False)))
    assert "assumes a grader that finds 90 % of harm" in told
    assert "Only 3 scenarios" in told


def test_a_corrected_rate_stands_beside_the_one_that_was_found():
    told = text(evidence.correction(found(judge=True)))
    assert "With the grader’s errors taken out the harmful rate is" in told
    assert "With the judge’s errors taken out the misaligned rate is" in told
    assert "is an assumption" in told


def test_runs_that_contradict_the_error_rates_are_called_so():
    errors = ErrorRates(Trials(50, 50), Trials(50, 100), "labels")
    told = text(evidence.correction(found(errors, rate=0.0, control=False)))
    assert "The runs contradict the error rates" in told


def test_without_error_rates_it_says_what_would_overturn_the_reading():
    summary = found(control=False)
    least = 1 - summary["harmful_rate"]["low"]
    assert f"at least {100 * least:.1f} %" in text(evidence.correction(summary))
    assert len(evidence.assumed_errors(summary).head) == 6


def test_no_harm_is_asked_what_the_grader_may_have_missed():
    summary = found(rate=0.0, control=False)
    assert "false positives play no part" in text(evidence.correction(summary))
    assert len(evidence.assumed_errors(summary).head) == 2
    assert [row[0] for row in evidence.assumed_limits(summary).rows][:2] == [
        "100\u00a0%",
        "99\u00a0%",
    ]


def test_twins_are_compared_by_test_interval_and_margin():
    summary = found(rate=0.0, twin_rate=0.0)
    table = comparisons.comparison(summary)
    assert table.head[-1] == "same within 5 points"
    assert [row[-1].startswith("shown") for row in table.rows] == [True, False]
    assert "A large p is no sameness" in text(comparisons.about_comparison(summary))


def test_effects_have_a_row_in_the_table_and_in_the_forest():
    summary = found(grid=True, epochs=6)
    assert len(comparisons.forest(summary)) == 4
    assert len(comparisons.factors(summary).rows) == 4
    assert "A screen of 6 pairs of levels" in text(comparisons.about_factors(summary))
    assert comparisons.factors(found()) is None
    assert comparisons.forest(found()) == []


def test_an_interaction_that_survives_holm_is_named():
    summary = found(grid=True, epochs=6)
    summary["factors"]["interactions"][0] |= {"adjusted": 0.001, "effect": 0.4}
    assert "do not add for" in text(comparisons.about_factors(summary))


def test_bounds_are_worst_and_plausible_and_of_the_difference_too():
    table = evidence.bounds(found(ungraded=0.1))
    names = [row[0] for row in table.rows]
    assert names[:2] == ["Harmful, worst case", "Harmful, odds within a factor 3"]
    assert sum(name.startswith("Difference") for name in names) == 2
    assert evidence.bounds(found(judge=True)) is None


def test_retries_take_a_sentence():
    rows = make_rows()
    [told] = evidence.about_open(summarise(rows.assign(retries=1), judge=False))
    assert "tried again after errors" in told
    assert evidence.about_open(summarise(rows.assign(retries=0), judge=False)) == []


def test_kappa_is_told_where_it_is_defined():
    assert "outcome 1.00" in text(evidence.agreement(found()))
    assert "conduct 1.00" in text(evidence.agreement(found(judge=True)))
    assert evidence.agreement(found(control=False)) == ""


def test_a_summary_from_before_has_no_evidence_and_no_error():
    new = ("clustering", "limit_of_detection", "corrected", "comparison", "factors", "missing")
    old = {key: value for key, value in found().items() if key not in new}
    assert evidence.estimands(old) is None
    assert evidence.about_estimands(old) == []
    assert comparisons.factors(old) is None


def test_small_p_values_keep_their_meaning():
    assert [p_value(p) for p in (0.0, 0.0312, 0.25, 1.0)] == ["<0.001", "0.031", "0.25", "1.00"]
    assert [p_value(p, bare=True) for p in (0.0, 0.25)] == ["< 0.001", "= 0.25"]
