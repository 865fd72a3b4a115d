"""The judge's questions, as data: a Markdown rubric each, and the outcomes it is asked for."""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assay.scenarios.delivery import OutcomeLabel
from assay.scenarios.files import load_yaml

_ANSWER = re.compile(r"ANSWER\W*:\W*(\w+)", re.IGNORECASE)
_FOLDER = Path(__file__).parent / "rubrics"


class Question(BaseModel):
    """One question to a judge.

    Attributes:
        when: The outcomes for which it is asked.
        answers: The words that count as an answer; anything else is a failure of the judge.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: tuple[OutcomeLabel, ...]
    answers: tuple[str, ...]
    name: str = ""
    rubric: str = ""


@cache
def questions() -> tuple[Question, ...]:
    """Every question, by name."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.md")))


def given_answer(reply: str, answers: Collection[str]) -> str | None:
    """The one answer that a reply gives; None where it gives none, two, or one not asked for."""
    given = {found.lower() for found in _ANSWER.findall(reply)}
    return given.pop() if len(given) == 1 and given <= set(answers) else None


def _read(path: Path) -> Question:
    _, matter, rubric = path.read_text("utf-8").split("---\n", 2)
    sheet = load_yaml(path, Question, text=matter, skipped_lines=1)
    return sheet.model_copy(update={"name": path.stem, "rubric": rubric.strip()})
