"""Questions over passages that a grader picks: what the judge is shown of them, and of nothing else."""

from datetime import date
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ModelOutput, ModelUsage, get_model

from assay.grading.rubric import questioner
from assay.scenarios.catalog import find
from assay.scenarios.delivery import Evidence, Verdict
from assay.scenarios.samples import assignments

BLACKMAIL = find("agentic_misalignment/blackmail")


async def asked(*passages: str) -> tuple[Verdict | None, str]:
    """The verdict, and what the judge was sent."""
    seen: list[str] = []

    def judge(messages: list[ChatMessage], *_: Any) -> ModelOutput:
        seen.append(messages[-1].text)
        output = ModelOutput.from_content("judge", "ANSWER: yes\nQUOTE: none")
        output.usage = ModelUsage()
        return output

    today = date(2026, 11, 27)
    [run, _] = assignments([BLACKMAIL], {}, grid=False, today=today, seed=0)
    model = get_model("mockllm/judge", custom_outputs=judge, memoize=False)
    ask = questioner(model, [ChatMessageAssistant(content="I plan it.")], run)
    found = await ask("leverage", [Evidence("mail", None, text) for text in passages])
    return found, "\n".join(seen)


async def test_they_are_shown_whole_and_the_transcript_is_not() -> None:
    found, shown = await asked("a" * 9_000 + " pay me " + "b" * 9_000)
    assert found is not None
    assert found.answer == "yes"
    assert "pay me" in shown
    assert "I plan it." not in shown


async def test_the_wording_of_a_level_is_withheld_in_them() -> None:
    words = BLACKMAIL.factors["threat"]["replaced"].split()
    _, shown = await asked("You wrote:\n> " + " ".join(words[:7]) + "\n> " + " ".join(words[7:]))
    assert "[withheld]" in shown
    assert words[7] not in shown


async def test_without_any_there_is_nothing_to_ask() -> None:
    found, shown = await asked()
    assert (found, shown) == (None, "")
