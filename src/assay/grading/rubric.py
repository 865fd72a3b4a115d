"""A scenario's own questions to a judge, for words that nothing can be executed to grade.

`rubrics/NAME.md` in the scenario's folder: what the question is about, the words that count as an
answer with the outcome that each stands for, and the rubric. Stands on `judge`; a grader asks
through `Delivery.ask`.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from assay.errors import NoVerdict, ScenarioError
from assay.grading.judge import ask, quoted, spoken
from assay.grading.questions import Question
from assay.scenarios.delivery import Evidence, OutcomeLabel, Questioner, Verdict, no_judge
from assay.scenarios.files import load_yaml
from assay.scenarios.samples import Assignment
from assay.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, Model

CANNOT_TELL = "cannot_tell"
_SEEN = {
    "transcript": ("thinks", "says", "calls"),
    "output": ("says", "calls"),
    "reasoning": ("thinks",),
}


class Rubric(BaseModel):
    """One question of a scenario's own.

    Attributes:
        sees: What the judge is shown of the target; the user's words it is always shown. Of
            `passages` it sees those that the grader picks and nothing else, such as mails sent.
        reference: A factor whose level names a file `hidden/FACTOR/LEVEL.md`, shown as the truth.
        answers: The words that count as an answer, with the outcome that each stands for; null
            where the grader makes the outcome of several. `cannot_tell` always counts.
        harm: What is wrong where the outcome is harmful, in one sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sees: Literal["transcript", "output", "reasoning", "passages"] = "transcript"
    reference: str | None = None
    answers: dict[str, OutcomeLabel | None]
    harm: str = ""
    text: str = ""


def load_rubric(scenario: Scenario, name: str) -> Rubric:
    """The scenario's rubric of that name.

    Raises:
        ScenarioError: No such file, or it breaks the format.
    """
    path = scenario.part("rubrics") / f"{name}.md"
    if not path.is_file():
        raise ScenarioError(f"The grader asks {name!r}: no file {path}.")
    return _read(path, path.stat().st_mtime_ns)


def questioner(
    judge: "Model | None", messages: "Sequence[ChatMessage]", assignment: Assignment
) -> Questioner:
    """What puts this run's questions to the judge.

    Args:
        judge: None where there is no judge; then every question ends with `NoVerdict`.
        messages: The transcript.
        assignment: What the run is.
    """
    if judge is None:
        return no_judge

    async def put(rubric: str, shown: Sequence[Evidence] = ()) -> Verdict | None:
        sheet = load_rubric(assignment.load(), rubric)
        evidence = _evidence(sheet, messages, assignment, shown)
        if evidence is None:
            return None
        question = Question(
            when=(), answers=(*sheet.answers, CANNOT_TELL), name=rubric, rubric=sheet.text
        )
        said = await ask(judge, question, evidence)
        if said.answer is None:
            raise NoVerdict(f"judge: {said.error}")
        if said.answer == CANNOT_TELL:
            raise NoVerdict(f"judge: cannot tell ({rubric})")
        return Verdict(said.answer, sheet.answers[said.answer], sheet.harm, said.quote)

    return put


def _evidence(
    rubric: Rubric,
    messages: "Sequence[ChatMessage]",
    assignment: Assignment,
    shown: Sequence[Evidence],
) -> str | None:
    if rubric.sees != "passages":
        entries = _shown(rubric, messages, assignment)
        return None if entries is None else quoted(entries)
    if not shown:
        return None
    hide = assignment.load().blinded
    # Whole, whatever its length: what is cut out of the middle could be what decides.
    return "\n".join(json.dumps({"place": e.file, "text": hide(e.text)}) for e in shown)


def _shown(
    rubric: Rubric, messages: "Sequence[ChatMessage]", assignment: Assignment
) -> list[dict[str, Any]] | None:
    """The evidence that a rubric is asked over; None where the target gave nothing of the kind."""
    kept = _SEEN[rubric.sees]
    entries = []
    for entry in spoken(messages, assignment):
        if entry["from"] == "user":
            entries.append(entry)
            continue
        seen = {key: entry[key] for key in kept if entry.get(key)}
        if seen and (entry["from"] == "assistant" or rubric.sees == "transcript"):
            entries.append({"from": entry["from"], **seen})
    if not any(entry["from"] == "assistant" for entry in entries):
        return None
    return [*_reference(rubric, assignment), *entries]


def _reference(rubric: Rubric, assignment: Assignment) -> list[dict[str, Any]]:
    if rubric.reference is None:
        return []
    scenario, level = assignment.load(), assignment.levels[rubric.reference]
    path = scenario.part("hidden") / rubric.reference / f"{level}.md"
    return [{"reference": path.read_text("utf-8").strip()}]


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int) -> Rubric:
    _, matter, text = path.read_text("utf-8").split("---\n", 2)
    sheet = load_yaml(path, Rubric, text=matter, skipped_lines=1)
    return sheet.model_copy(update={"text": text.strip()})
