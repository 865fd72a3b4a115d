"""Rows of a data set as texts, whatever their form: for everything that looks at a data set."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import UserError
from assay.recipes.items import lines

_WORD = re.compile(r"\w+(?:['’-]\w+)*")


@dataclass(frozen=True, slots=True)
class Sample:
    """One row.

    Attributes:
        line: Its number in the file, from 1.
        asked: What the system prompt and the user say; empty in a document.
        said: What the assistant says, or the document: what is learned.
        has_tools: Tools are listed or called.
        turns: Messages by the assistant; 1 in a document.
    """

    line: int
    asked: str
    said: str
    has_tools: bool = False
    turns: int = 1

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.asked}\n{self.said}" if self.asked else self.said


def samples(path: Path) -> Iterator[Sample]:
    """The rows of a JSONL file with `messages` or `text`.

    Raises:
        UserError: It cannot be read, or a row has neither.
    """
    for number, row in enumerate(lines(path), 1):
        yield _sample(row, number, path)


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def _sample(row: Mapping[str, Any], number: int, path: Path) -> Sample:
    if isinstance(row.get("text"), str):
        return Sample(number, "", row["text"])
    messages = row.get("messages")
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
        have = ", ".join(map(repr, row)) or "nothing"
        raise UserError(f"{path}:{number} has neither messages nor text; it has {have}.")
    asked = [_content(one) for one in messages if one.get("role") in ("system", "user")]
    replies = [one for one in messages if one.get("role") == "assistant"]
    return Sample(
        number,
        "\n".join(filter(None, asked)),
        "\n".join(filter(None, map(_content, replies))),
        has_tools=bool(row.get("tools")) or any(one.get("tool_calls") for one in replies),
        turns=len(replies),
    )


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    text = content if isinstance(content, str) else ""
    calls = message.get("tool_calls") or ()
    return "\n".join([text, *(str(call.get("function", call)) for call in calls)]).strip()
