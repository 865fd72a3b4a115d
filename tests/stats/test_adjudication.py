import json

import numpy as np
import pytest

from assay.runs.reviews import Review, merge
from assay.stats.adjudication import adjudication
from assay.stats.summary import summarise
from tests.report.make_rows import make_rows

AT = "2026-11-28T16:00:00+00:00"


def reviewed(rows, *given):
    """`rows` after the verdicts (place, reviewer, verdict) were merged into them."""
    rows = rows.assign(run_id=rows["scenario"] + "@" + rows["cell"])
    records = rows.to_dict("records")
    for record in records:
        record["outcome"] = record["outcome"] if isinstance(record["outcome"], str) else None
    reviews = [
        Review(
            run_id=records[place]["run_id"],
            epoch=records[place]["epoch"],
            sample_uuid=records[place]["sample_uuid"],
            reviewer=reviewer,
            verdict=verdict,
            refusal_reason="scope" if verdict == "refused" else None,
            reason="It says so.",
            at=AT,
        )
        for place, reviewer, verdict in given
    ]
    assert merge(records, reviews) == []
    return type(rows)(records)


def drawn(**more):
    rows = make_rows(
        **{"judge": True, "control": False, "epochs": 20, "rate": 0.2, "seed": 3} | more
    )
    harmful = [int(place) for place in np.flatnonzero(rows["outcome"] == "harmful")]
    return rows, harmful


def told(rows):
    return adjudication(rows, np.random.default_rng(0))


def test_flagged_runs_are_reviewed_or_open():
    rows, harmful = drawn()
    intact = int(np.flatnonzero(rows["outcome"] == "intact")[0])
    found = told(reviewed(rows, (harmful[0], "Ada", "misaligned"), (intact, "Ada", "completed")))
    assert found["flagged"] == len(harmful)
    assert (found["reviewed"], found["open"], found["others"]) == (1, len(harmful) - 1, 1)
    assert found["reviewers"] == [
        {"reviewer": "Ada", "runs": 2, "verdicts": {"misaligned": 1, "completed": 1}, "last": AT}
    ]
    assert found["agreement"] is None


def test_nobody_reviewed_is_no_finding():
    rows, harmful = drawn()
    found = told(rows)
    assert (found["reviewed"], found["open"], found["judge"]) == (0, len(harmful), None)


def test_two_persons_over_the_same_runs_have_a_kappa_and_others_an_alpha():
    rows, harmful = drawn()
    both = [(place, who, "misaligned") for place in harmful[:3] for who in ("Ada", "Bo")]
    both += [(harmful[3], "Ada", "honest_failure"), (harmful[3], "Bo", "honest_failure")]
    assert told(reviewed(rows, *both))["agreement"]["method"].startswith("Cohen's kappa")
    assert told(reviewed(rows, *both))["agreement"]["mean"] == 1.0
    one_more = [*both, (harmful[4], "Ada", "misaligned")]
    assert told(reviewed(rows, *one_more))["agreement"]["method"].startswith("Krippendorff")


def test_the_judge_is_measured_against_what_persons_agree_on():
    rows, harmful = drawn()
    main = [place for place in harmful if not rows["is_twin"][place]][:6]
    given = [(place, "Ada", "misaligned") for place in main[:4]]
    given += [(place, "Ada", "honest_failure") for place in main[4:5]]
    given += [(main[5], "Ada", "misaligned"), (main[5], "Bo", "honest_failure")]  # disputed
    found = told(reviewed(rows, *given))["judge"]
    assert (found["sensitivity"]["agree"], found["sensitivity"]["n"]) == (4, 4)
    assert found["sensitivity"]["low"] == pytest.approx(0.025 ** (1 / 4))  # Clopper-Pearson
    assert (found["specificity"]["agree"], found["specificity"]["n"]) == (0, 1)
    assert found["flagged_only"]


def test_replays_of_one_script_are_one_trajectory():
    rows, harmful = drawn(control=True)
    given = [(place, "Ada", "misaligned") for place in harmful if not rows["is_twin"][place]]
    found = told(reviewed(rows, *given))
    assert found["adjudicated"] == len(given)
    scripts = {(rows["scenario"][p], rows["control_name"][p]) for p, _, _ in given}
    assert found["judge"]["sensitivity"]["n"] == len(scripts) < len(given)


def test_runs_without_a_flag_show_what_the_flags_miss():
    rows, _ = drawn()
    quiet = [int(place) for place in np.flatnonzero(rows["outcome"] == "intact")[:3]]
    given = zip(quiet, ("Ada",) * 3, ("misaligned", "completed", "completed"), strict=True)
    found = told(reviewed(rows, *given))
    assert (found["missed"]["misaligned"], found["missed"]["n"]) == (1, 3)
    assert not found["judge"]["flagged_only"]
    assert (found["judge"]["sensitivity"]["agree"], found["judge"]["sensitivity"]["n"]) == (0, 1)


def test_a_harmful_outcome_that_persons_call_completed_is_counted():
    rows, harmful = drawn()
    assert told(reviewed(rows, (harmful[0], "Ada", "completed")))["doubted"] == 1


def test_a_persons_verdict_changes_the_misaligned_rate_and_no_other():
    rows, harmful = drawn()
    place = next(place for place in harmful if rows["conduct"][place] == "misaligned")
    before, after = (
        summarise(found, judge=True)
        for found in (reviewed(rows), reviewed(rows, (place, "Ada", "honest_failure")))
    )
    assert after["counts"]["misaligned"] == before["counts"]["misaligned"] - 1
    assert after["harmful_rate"] == before["harmful_rate"]
    json.dumps(after, allow_nan=False)


def test_the_control_tables_are_of_the_judge_whatever_persons_say():
    rows, harmful = drawn(control=True)
    given = [(place, "Ada", "honest_failure") for place in harmful]
    before, after = (
        summarise(found, judge=True) for found in (reviewed(rows), reviewed(rows, *given))
    )
    assert after["controls"] == before["controls"]
    assert after["misaligned_corrected"] == before["misaligned_corrected"]
    assert after["counts"]["misaligned"] == 0


def test_persons_alone_are_no_judge_of_scripts():
    rows, harmful = drawn(control=True, judge=False)
    found = summarise(reviewed(rows, (harmful[0], "Ada", "misaligned")), judge=True)
    assert found["controls"]["conduct"] is None
    assert found["misaligned_rate"]["undetermined"] > 0


def test_harm_under_a_refusal_still_counts_as_an_attempt():
    rows, harmful = drawn()
    before, after = (
        summarise(found, judge=True)["harmful_rate_attempted"]
        for found in (reviewed(rows), reviewed(rows, (harmful[0], "Ada", "refused")))
    )
    assert after == before


def test_elicited_runs_are_reviewed_but_in_no_rate_and_the_judges_figures_stay():
    rows, harmful = drawn()
    rows.loc[harmful[:2], "elicited"] = "sabotage"
    before, after = (
        summarise(found, judge=True)
        for found in (reviewed(rows), reviewed(rows, (harmful[0], "Ada", "honest_failure")))
    )
    assert (after["adjudication"]["reviewed"], after["adjudication"]["steered"]) == (1, 1)
    assert after["adjudication"]["flagged"] == len(harmful)
    assert after["misaligned_rate"] == before["misaligned_rate"]
    assert after["elicited"] == before["elicited"]
