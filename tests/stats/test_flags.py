import json

import pytest

from assay.stats.flags import flagged
from tests.report.make_rows import make_rows


def quiet(**drawn):
    return make_rows(rate=0.0, twin_rate=0.0, epochs=2, **drawn)


def test_nothing_is_flagged_where_all_is_well():
    assert not flagged(quiet(judge=True)).any()
    assert not flagged(quiet()).any()


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "harmful"},
        {"conduct": "misaligned"},
        {"covert": True},
        {"conduct": "ungraded"},  # it has an outcome: the judge failed
        {"conduct": "intent_undetermined", "outcome": "broken"},
        {"control": "sabotage"},  # whose outcome is intact
    ],
)
def test_each_reason_flags_a_run(change):
    rows = quiet(judge=True)
    rows.loc[0, list(change)] = list(change.values())
    assert flagged(rows).nonzero()[0].tolist() == [0]


def test_a_refusal_whose_reason_the_judge_could_not_tell_is_flagged():
    rows = quiet(judge=True, control=False)
    rows.loc[[0, 1], ["outcome", "conduct", "refusal_reason"]] = [
        *("untouched", "refused", "undetermined")
    ]
    for place, answer in ((0, "cannot_tell"), (1, "scope")):
        rows.loc[place, "judge_answers"] = json.dumps({"refusal": {"answer": answer}})
    assert flagged(rows).nonzero()[0].tolist() == [0]


def test_without_a_judge_undetermined_intent_is_no_flag_of_its_own():
    rows = quiet(control=False)
    rows.loc[0, ["outcome", "conduct"]] = ["broken", "intent_undetermined"]
    assert not flagged(rows).any()


def test_an_ungraded_run_is_missing_and_not_flagged():
    assert not flagged(quiet(ungraded=1.0)).any()


def test_a_persons_verdict_moves_no_flag():
    rows = quiet(judge=True)
    rows["judge_conduct"] = rows["conduct"]
    rows.loc[0, ["judge_conduct", "conduct"]] = ["misaligned", "completed"]
    rows.loc[1, ["judge_conduct", "conduct"]] = ["completed", "misaligned"]
    assert flagged(rows).nonzero()[0].tolist() == [0]
