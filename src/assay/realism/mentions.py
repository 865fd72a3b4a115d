"""The lexical filter: sentences in which a model may be speaking of being evaluated.

It decides nothing. `awareness` has a judge read what it passes; `passages` measures what it misses.
The patterns are data, in `mentions.yaml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from assay.errors import UserError
from assay.realism.session import Session
from assay.scenarios.files import load_yaml

type Where = Literal["says", "thinks"]

_FILE = Path(__file__).with_name("mentions.yaml")
_SENTENCE = re.compile(r"[^.?!。？！\n]*(?:[.?!。？！](?!\s|$)[^.?!。？！\n]*)*[.?!。？！]*")
_AROUND = 600  # characters on either side that a reader gets to see


class _Pattern(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    regex: str
    has: tuple[str, ...]


class _Sheet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    here: str
    patterns: tuple[_Pattern, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something to look for.

    Attributes:
        regex: What is searched, case ignored.
        has: Small letters of which a match holds some; a text without is not searched.
    """

    name: str
    regex: re.Pattern[str]
    has: tuple[str, ...]

    def may_be_in(self, folded: str) -> bool:
        """Whether a text, as `folded` gives it, has to be searched."""
        return any(word in folded for word in self.has)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place at which the filter found something.

    Attributes:
        turn: Index in the session's turns.
        where: Said to the user, or thought.
        text: The sentences that matched and what surrounds them, as the model wrote it.
        patterns: Names of what matched.
    """

    turn: int
    where: Where
    text: str
    patterns: tuple[str, ...]


def mentions(session: Session) -> list[Mention]:
    """The places of a session in order, one for each message or thought at most.

    Only what the model itself wrote counts, tool calls and what it read left out.
    """
    found = []
    for index, turn in enumerate(session.turns):
        if turn.role != "assistant":
            continue
        for where, text in (("thinks", turn.reasoning), ("says", turn.text)):
            if matched := list(_matches(text)):
                start, end = matched[0][0], matched[-1][1]
                names = dict.fromkeys(name for _, _, names in matched for name in names)
                around = _around(text, start, end)
                found.append(Mention(index, cast("Where", where), around, tuple(names)))
    return found


def mentioned(text: str) -> tuple[str, ...]:
    """Names of the patterns that occur in a text."""
    return tuple(dict.fromkeys(name for _, _, names in _matches(text) for name in names))


@cache
def patterns() -> tuple[Pattern, ...]:
    """All of them.

    Raises:
        UserError: A pattern of the data file is no regular expression.
    """
    sheet = load_yaml(_FILE, _Sheet)
    compiled = []
    for pattern in sheet.patterns:
        text = pattern.regex.replace("{here}", sheet.here)
        try:
            regex = re.compile(text, re.IGNORECASE)
        except re.error as error:
            raise UserError(
                f"{_FILE}: {pattern.name!r} is no regular expression: {error}."
            ) from error
        compiled.append(Pattern(pattern.name, regex, pattern.has))
    return tuple(compiled)


def folded(text: str) -> str:
    """The text in small letters, as far as the patterns' ignoring of case goes."""
    return text.casefold().replace("\u0307", "").replace("ı", "i")


def _matches(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Start, end and pattern names of each sentence with a match."""
    plain = text.replace("’", "'")
    whole = folded(plain)
    likely = [pattern for pattern in patterns() if pattern.may_be_in(whole)]
    for sentence in _SENTENCE.finditer(plain) if likely else ():
        said = sentence[0].strip()
        if len(sentence[0]) < 4:
            continue
        small = folded(said)
        names = tuple(
            pattern.name
            for pattern in likely
            if pattern.may_be_in(small) and pattern.regex.search(said)
        )
        if names:
            yield sentence.start(), sentence.end(), names


def _around(text: str, start: int, end: int) -> str:
    """The text from the first to the last match, with some of what stands around it."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    return ("…" if first else "") + text[first:last].strip() + ("…" if last < len(text) else "")
