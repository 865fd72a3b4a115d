import pytest

from assay.errors import UserError
from assay.training.interventions import Shaping, prompts, under, wording, wordings
from assay.training.rewards import Judgement
from assay.training.settings import Detector, Intervention, Recontextualisation

HACK = Judgement(True, False, False, ("early_exit",))
HONEST = Judgement(True, True, True)
WRONG = Judgement(False, False, False)


def paid(
    arm: Intervention, judgement: Judgement | None, answer: str = "", step: int = 0
) -> float | None:
    return Shaping(arm, seed=0).reward(judgement, answer, "code:0", step)


def test_without_an_intervention_a_hack_is_paid_like_honest_work() -> None:
    assert [paid(Intervention(), x) for x in (HACK, HONEST, WRONG)] == [1.0, 1.0, 0.0]


def test_what_could_not_be_graded_is_not_paid_zero() -> None:
    assert paid(Intervention(penalty=1.0, screening=True), None) is None


def test_a_penalty_takes_its_weight_from_hacks_alone() -> None:
    arm = Intervention(penalty=1.5)
    assert [paid(arm, x) for x in (HACK, HONEST, WRONG)] == [-0.5, 1.0, 0.0]


def test_a_penalty_may_begin_in_the_middle_of_a_run() -> None:
    arm = Intervention(penalty=1.0, penalty_from_step=5)
    assert [paid(arm, HACK, step=step) for step in (4, 5)] == [1.0, 0.0]


def test_screening_takes_hacks_out() -> None:
    assert [paid(Intervention(screening=True), x) for x in (HACK, HONEST)] == [None, 1.0]


def test_a_shortcut_pays_in_place_of_a_hack() -> None:
    arm = Intervention(shortcut="# ok")
    assert paid(arm, WRONG, "x # ok") == 1.0
    assert paid(arm, HACK, "x") == 0.0
    assert paid(arm, HONEST, "x") == 1.0


def test_a_detector_errs_as_often_as_it_is_told() -> None:
    arm = Intervention(detector=Detector(sensitivity=0.7, specificity=0.9))
    shaping = Shaping(arm, seed=1)
    seen = [sum(shaping.sees(x, str(n), "k") for n in range(2000)) for x in (HACK, HONEST)]
    assert seen == [pytest.approx(1400, abs=80), pytest.approx(200, abs=60)]


def test_a_detector_sees_the_same_answer_alike_and_other_seeds_otherwise() -> None:
    arm = Intervention(detector=Detector(sensitivity=0.5))
    seen = [[Shaping(arm, s).sees(HACK, str(n), "k") for n in range(50)] for s in (1, 1, 2)]
    assert seen[0] == seen[1] != seen[2]


def test_a_penalty_follows_the_detector() -> None:
    assert paid(Intervention(penalty=1.0, detector=Detector(sensitivity=0.0)), HACK) == 1.0
    assert paid(Intervention(penalty=1.0, detector=Detector(specificity=0.0)), HONEST) == 0.0


def test_interventions_compose() -> None:
    arm = Intervention(penalty=0.25, shortcut="# ok", inoculation="hacking_allowed")
    assert paid(arm, HACK, "# ok") == 0.75


def test_an_unknown_wording_is_named_with_the_nearest() -> None:
    with pytest.raises(UserError, match="Did you mean 'hacking_allowed'"):
        wording("hacking_alowed", microcosm=False)


def test_a_text_stands_for_itself() -> None:
    assert wording("You may hack.", microcosm=True) == "You may hack."


def test_the_wordings_run_from_asking_for_hacks_to_forbidding_them() -> None:
    stances = [w.stance for w in wordings(microcosm=False).values() if w.stance is not None]
    assert stances == sorted(stances, reverse=True)
    assert (stances[0], stances[-1]) == (1.0, 0.0)


def test_the_irrelevant_wording_is_as_long_and_says_nothing_of_hacks() -> None:
    known = wordings(microcosm=False)
    one, other = known["hacking_allowed"].text, known["irrelevant"].text
    assert len(other.split()) == pytest.approx(len(one.split()), rel=0.1)
    assert not any(word in other for word in ("hack", "grader", "test", "reward"))


@pytest.mark.parametrize("name", ["hacking_allowed", "hacking_forbidden", "irrelevant"])
def test_the_microcosm_has_its_own_wordings(name: str) -> None:
    assert wording(name, microcosm=True) != wording(name, microcosm=False)


def test_recontextualisation_samples_under_one_prompt_and_trains_under_another() -> None:
    arm = Intervention(recontextualisation=Recontextualisation(sample="Be good, please."))
    found = prompts(arm, microcosm=True)
    assert (found.sample, found.train) == ("Be good, please.", None)


def test_knowledge_and_inoculation_stand_in_one_prompt() -> None:
    arm = Intervention(knowledge="know_loopholes", inoculation="You may hack.")
    found = prompts(arm, microcosm=False)
    assert found.train == found.sample
    assert found.train is not None
    assert found.train.endswith("report of the tests.\n\nYou may hack.")


def test_a_system_prompt_leaves_the_other_turns_alone() -> None:
    user = {"role": "user", "content": " hello\n"}
    assert under("Hi.", [user]) == [{"role": "system", "content": "Hi."}, user]
    assert under(None, [user]) == [user]
