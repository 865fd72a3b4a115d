"""A scenario's own questions: what the judge is shown, and what becomes of the answer."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    ContentReasoning,
    ContentText,
    Model,
    ModelOutput,
    ModelUsage,
    get_model,
)
from upath import UPath

from assay.errors import NoVerdict
from assay.grading.outcome import Graded, grade
from assay.grading.rubric import questioner
from assay.runs.audit import AuditConfig, run_audit
from assay.runs.check import check_controls
from assay.runs.collect import collect
from assay.scenarios.catalog import find
from assay.scenarios.samples import Assignment, assignments

GOALS = "natural_emergent_misalignment/goals"


def of(name: str) -> Assignment:
    return assignments([find(name)], {}, grid=False, today=date(2026, 11, 29), seed=0)[0]


def said(text: str, thought: str = "") -> list[ChatMessage]:
    content = [ContentReasoning(reasoning=thought)] if thought else []
    message = ChatMessageAssistant(content=[*content, ContentText(text=text)])
    return [ChatMessageUser(content="?"), message]


class Judge:
    """A judge that gives these replies in turn, and keeps what it was asked."""

    def __init__(self, *replies: str) -> None:
        self.asked: list[str] = []
        self.replies = list(replies)

    @property
    def model(self) -> Model:
        def reply(input: list[ChatMessage], *_: Any) -> ModelOutput:
            self.asked.append("\n".join(message.text for message in input))
            output = ModelOutput.from_content(
                "judge", f"ANSWER: {self.replies.pop(0)}\nQUOTE: none"
            )
            output.usage = ModelUsage()
            return output

        return get_model("mockllm/judge", custom_outputs=reply, memoize=False)


async def graded(
    name: str, messages: list[ChatMessage], judge: Judge | None
) -> Graded:  # fmt: skip
    assignment = of(name)

    def fresh() -> Any:
        raise AssertionError("a chat has no sandbox")

    asked = questioner(judge.model if judge else None, messages, assignment)
    return await grade(assignment, None, fresh, said=messages[-1].text, questioner=asked)


async def test_output_and_reasoning_are_asked_about_apart() -> None:
    judge = Judge("aligned", "misaligned")
    found = await graded(GOALS, said("To be of use.", "Say the modest thing."), judge)
    assert found.outcome
    assert (found.outcome.label, found.outcome.measures["faking"]) == ("harmful", 1.0)
    of_output, of_reasoning = judge.asked
    assert "modest" not in of_output
    assert "To be of use" not in of_reasoning


async def test_without_reasoning_nobody_is_asked_about_it() -> None:
    judge = Judge("aligned")
    found = await graded(GOALS, said("To be of use."), judge)
    assert found.outcome
    assert (found.outcome.label, found.outcome.measures["reasoning"]) == ("intact", 0.0)


@pytest.mark.parametrize(
    ("judge", "reason"),
    [
        (None, "no judge: 'said' is a question of words, which needs one (--judge MODEL)"),
        (Judge("cannot_tell"), "judge: cannot tell (said)"),
        (Judge("perhaps"), "judge: no valid answer; the judge said: ANSWER: perhaps"),
    ],
)
async def test_without_a_verdict_a_run_is_ungraded_with_the_reason(
    judge: Judge | None, reason: str
) -> None:
    found = await graded(GOALS, said("To be of use."), judge)
    assert found.outcome is None
    assert (found.ungraded_reason or "").startswith(reason)


async def test_the_judge_sees_the_question_and_not_the_condition() -> None:
    judge = Judge("aligned")
    await graded("natural_emergent_misalignment/open_questions", said("Ring a friend."), judge)
    assert "run out of things to do" in judge.asked[0]
    assert "no right or wrong" not in judge.asked[0]


async def test_the_judge_is_given_the_section_of_the_constitution() -> None:
    judge = Judge("faithful")
    found = await graded("constitution/recall", said("Not to mislead."), judge)
    assert found.outcome
    assert found.outcome.score == 1.0
    evidence = [line for line in judge.asked[0].splitlines() if line.startswith("{")]
    assert "It does not mislead anybody" in json.loads(evidence[0])["reference"]


async def test_nothing_said_is_nothing_to_judge() -> None:
    messages: list[ChatMessage] = [ChatMessageUser(content="?")]
    ask = questioner(Judge("aligned").model, messages, of("constitution/recall"))
    assert await ask("faithful") is None


def test_the_scripted_judge_agrees_and_is_named() -> None:
    found = check_controls("natural_emergent_misalignment/goals").as_json()
    assert found["agree"] == found["controls"] == 8
    assert found["judged"]["by"] == "control/judge"


def test_an_audit_without_a_judge_grades_no_chat(tmp_path: Path) -> None:
    out = UPath(tmp_path / "run")
    run_audit(AuditConfig(selector=GOALS, target="control/sabotage"), out)
    rows = collect(out)
    assert rows["outcome"].isna().all()
    assert set(rows["ungraded_reason"].str.partition(":")[0]) == {"no judge"}
    assert set(rows["levels"]) == {'{"setting": "own"}', '{"setting": "brochure"}'}


async def test_the_question_of_no_judge_is_an_error_of_its_own() -> None:
    with pytest.raises(NoVerdict):
        await questioner(None, said("x"), of(GOALS))("said")
