"""The judge's questions, as data: a Markdown rubric each, and the outcomes it is asked for."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assay.scenarios.delivery import OutcomeLabel
from assay.scenarios.files import load_yaml

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


def _read(path: Path) -> Question:
    _, matter, rubric = path.read_text("utf-8").split("---\n", 2)
    sheet = load_yaml(path, Question, text=matter, skipped_lines=1)
    return sheet.model_copy(update={"name": path.stem, "rubric": rubric.strip()})
