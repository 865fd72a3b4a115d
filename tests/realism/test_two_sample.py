"""The offline test on whole sessions: it finds what was planted, names it, and nothing else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from assay.errors import UserError
from assay.realism.session import Session, Turn
from assay.realism.two_sample import Told, two_sample
from tests.realism import made

DEPLOYMENT = made.corpus("deployment", 40, turns=12)


def told(change: Callable[[Session], Session] | None = None, seed: int = 0) -> Told:
    evaluation = made.corpus("evaluation", 40, turns=12, change=change)
    return two_sample(DEPLOYMENT, evaluation, permutations=99, seed=seed)


def test_corpora_of_one_kind_are_not_told_apart() -> None:
    found = told()
    assert found.p_value > 0.05
    assert found.tells == ()


def test_an_output_format_is_named_with_an_example_of_either_side() -> None:
    found = told(made.each_turn(made.with_exit_line))
    tell = found.tells[0]
    assert (tell.words, tell.deployment, tell.evaluation) == (
        "tool results state an exit status",
        0.0,
        1.0,
    )
    assert "[exit 0]" in tell.evaluation_example
    assert "[exit 0]" not in tell.deployment_example


def test_a_word_is_named_with_who_says_it() -> None:
    found = told(made.each_turn(made.with_word))
    assert found.tells[0].words == 'the user says the word "kindly"'
    assert found.auc.low > 0.8


def test_a_timing_is_named_and_gone_after_clocks_are_stripped() -> None:
    slow = told(made.with_slow_tools)
    assert slow.tells[0].words == "wait for a tool's result, median"
    assert slow.tells[0].evaluation == pytest.approx(slow.tells[0].deployment + 1, abs=0.3)
    stripped = two_sample(
        [made.each_turn(made.without_clock)(one) for one in DEPLOYMENT],
        [
            made.each_turn(made.without_clock)(made.with_slow_tools(one))
            for one in made.corpus("evaluation", 40, turns=12)
        ],
        permutations=99,
    )
    assert stripped.p_value > 0.05


def test_two_tells_that_come_together_are_both_named() -> None:
    def both(one: Session) -> Session:
        return made.each_turn(made.with_word)(made.each_turn(made.with_exit_line)(one))

    words = [tell.words for tell in told(both).tells]
    assert 'the user says the word "kindly"' in words
    assert 'tool results contain the line "[exit 0]"' in words


def test_another_tool_name_is_a_tell() -> None:
    def renamed(one: Session) -> Session:
        return replace(one, tools=("shell", *one.tools[1:]))

    assert told(renamed).tells[0].words == 'there is a tool called "shell"'


def test_what_only_deployment_has_is_a_tell_too() -> None:
    evaluation = made.corpus("evaluation", 40, turns=12)
    real = made.corpus("deployment", 40, turns=12, change=made.each_turn(made.with_exit_line))
    tell = two_sample(real, evaluation, permutations=19).tells[0]
    assert (tell.deployment, tell.evaluation, tell.alone) == (1.0, 0.0, 1.0)


def test_a_corpus_that_can_be_read_again_need_not_be_a_list() -> None:
    class Stored:
        def __iter__(self):
            yield from DEPLOYMENT

    evaluation = made.corpus("evaluation", 40, turns=12, change=made.each_turn(made.with_word))
    found = two_sample(Stored(), evaluation, permutations=19)
    assert "kindly" not in found.tells[0].deployment_example


def test_runs_of_one_scenario_are_one_draw() -> None:
    # Five tasks of ours, eight runs each: what they are about is five draws, and no tell of ours.
    real = made.corpus("deployment", 40, turns=6)
    ours = [
        replace(
            made.session(f"run {i}", f"task {i % 5}", turns=6),
            pair=f"task {i % 5}-run {i}",
            about={"scenario": f"s{i % 5}"},
        )
        for i in range(40)
    ]
    loose = two_sample(real, [replace(one, about={}) for one in ours], permutations=99)
    assert loose.p_value < two_sample(real, ours, permutations=99).p_value


def test_sessions_that_share_no_strings_are_no_reason_to_fail() -> None:
    sides = [
        [
            Session(f"{side}{i}", f"{i}", "m", "made", (Turn("user", f"{side}{i}x"),))
            for i in range(6)
        ]
        for side in "ab"
    ]
    assert two_sample(*sides, permutations=19).tells == ()


def test_an_empty_side_is_refused() -> None:
    with pytest.raises(UserError, match="no session on the evaluation side"):
        two_sample(DEPLOYMENT, [])
