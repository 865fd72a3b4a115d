"""What the arms of a study file are to each other."""

from assay.stats.arms import arms_of, baseline_of, compared, differing, primary
from tests.report.make_study import ARMS, CONTROLS, make_file


def arms(more=None):
    return {arm.name: arm for arm in arms_of(make_file({**ARMS, **CONTROLS, **(more or {})}))}


def baseline(name, more=None):
    found = arms(more)
    base = baseline_of(found[name], list(found.values()))
    return base.name if base else None


def test_each_arm_has_the_unhackable_arm_of_its_own_corpus():
    assert baseline("hackable") == baseline("penalised") == baseline("inoculated") == "unhackable"
    assert baseline("no_correlation_hackable") == "no_correlation_unhackable"


def test_a_corpus_without_an_unhackable_arm_borrows_none():
    assert baseline("reversed_hackable") is None


def test_the_baseline_shares_other_rl_settings_where_it_can():
    assert baseline("no_kl_hackable") == "no_kl_unhackable"
    assert baseline("low_rate", {"low_rate": {"rl.learning_rate": 1e-6}}) == "unhackable"
    found = arms({"low_rate": {"rl.learning_rate": 1e-6}})
    assert differing(found["low_rate"], found["unhackable"]) == ["rl.learning_rate"]


def test_an_unhackable_arm_is_its_own_baseline():
    assert baseline("unhackable") is None


def test_only_an_arm_without_intervention_shows_the_effect():
    more = {
        "free": {"rl.environment.hack_free_share": 0.5},
        "chat": {"rl.environment.safety_chat": {"share": 0.1}},
        "no_penalty": {"rl.intervention.penalty": 0.0},
    }
    plain = {name for name, arm in arms(more).items() if arm.plain}
    assert {"hackable", "no_kl_hackable", "no_penalty"} <= plain
    assert not {"unhackable", "inoculated", "penalised", "free", "chat"} & plain


def test_changes_may_be_written_as_a_mapping():
    assert arms({"b": {"rl.intervention": {"penalty": 1.0}}})["b"].intervenes


def test_a_stage_that_only_some_arms_have_sets_them_apart():
    file = make_file()
    safety = {"rl": {}, "as": "safety", "in": ["penalised"]}
    lesson = {"sft": {"data": "lesson.jsonl"}, "as": "lesson", "in": ["inoculated"]}
    file["stages"] += [safety, lesson]
    found = {arm.name: arm for arm in arms_of(file)}
    assert found["inoculated"].corpus == {"lesson": "this stage"}
    assert found["penalised"].intervenes
    assert found["hackable"].plain


def test_seeds_begin_where_the_file_says_and_an_arm_may_have_fewer():
    file = make_file({"a": {}, "b": {"seeds": 2}})
    file["seeds"] = {"start": 100, "count": 4}
    assert [arm.seeds for arm in arms_of(file)] == [(100, 101, 102, 103), (100, 101)]


def test_without_a_primary_the_first_comparison_is_it():
    file = make_file()
    assert primary(file | {"primary": None}) == ("misalignment_score", "hackable", "unhackable")
    assert primary(file | {"primary": None, "compare": []}) is None
    assert compared(file | {"compare": []}) == [("hackable", "unhackable")]
