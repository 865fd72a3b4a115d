"""What a feature of a transcript is, and the ways in which `structure` makes them.

Each has a sentence in plain words, because a difference is reported as a tell.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import nan
from statistics import fmean, median, pstdev

from assay.realism.session import Call, Session, Turn

_SHOWN = 64


class View:
    """A session with what several features ask for worked out once."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def said(self) -> list[Turn]:
        """The assistant's turns."""
        return [turn for turn in self.session.turns if turn.role == "assistant"]

    @cached_property
    def results(self) -> list[Turn]:
        """The tools' results."""
        return [turn for turn in self.session.turns if turn.role == "tool"]

    @cached_property
    def asked(self) -> list[Turn]:
        """The user's turns."""
        return [turn for turn in self.session.turns if turn.role == "user"]

    @cached_property
    def words(self) -> list[Turn]:
        """The assistant's turns that say something."""
        return [turn for turn in self.said if turn.text.strip()]

    @cached_property
    def calls(self) -> list[Call]:
        """Tool calls, in order."""
        return [call for turn in self.said for call in turn.calls]

    @cached_property
    def waits(self) -> list[tuple[str, float]]:
        """Seconds before each turn, and its role, where its time and the one before are known."""
        return [
            (later.role, later.at - earlier.at)
            for earlier, later in pairwise(self.session.turns)
            if earlier.at is not None and later.at is not None
        ]

    def waited(self, role: str) -> list[float]:
        """The waits before turns of one role."""
        return [wait for own, wait in self.waits if own == role]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number of a transcript.

    Attributes:
        name: Short and unique.
        words: What it is, as a sentence where it is a share, else as a noun phrase.
        unit: `share`, or what it counts.
        value: NaN where the transcript cannot say (no tool was called, no times are known).
        example: What to show of a transcript to make the number visible.
    """

    name: str
    words: str
    unit: str
    value: Callable[[View], float]
    example: Callable[[View], str]


def shown(text: str, *, end: bool = False, limit: int = _SHOWN) -> str:
    """`text` as one short quoted line, escapes visible; its end instead of its beginning."""
    quoted = json.dumps(text[-limit:] if end else text[:limit], ensure_ascii=False)
    return f"...{quoted}" if end and len(text) > limit else quoted


def share(values: Iterable[bool]) -> float:
    """How many of the values are true; NaN where there are none."""
    found = list(values)
    return sum(found) / len(found) if found else nan


def mean(values: Sequence[float]) -> float:
    """Mean; NaN where there is nothing."""
    return fmean(values) if values else nan


def middle(values: Sequence[float]) -> float:
    """Median; NaN where there is nothing."""
    return median(values) if values else nan


def spread(values: Sequence[float]) -> float:
    """Standard deviation over mean; NaN of fewer than two."""
    return pstdev(values) / fmean(values) if len(values) > 1 and fmean(values) > 0 else nan


def lengths(turns: Sequence[Turn]) -> list[float]:
    """Characters of each turn's text."""
    return [float(len(turn.text)) for turn in turns]


def share_of(
    part: Callable[[View], list[Turn]],
    name: str,
    words: str,
    test: Callable[[Turn], bool],
    *,
    end: bool = False,
) -> Feature:
    """A share of some turns; the example is the first of which it is true, else the first."""

    def value(view: View) -> float:
        return share(test(turn) for turn in part(view))

    def example(view: View) -> str:
        turns = part(view)
        found = next((turn for turn in turns if test(turn)), turns[0] if turns else None)
        return shown(found.text, end=end) if found else ""

    return Feature(name, words, "share", value, example)


def holds(pattern: re.Pattern[str]) -> Callable[[Turn], bool]:
    """Whether a turn's text has the pattern anywhere."""
    return lambda turn: pattern.search(turn.text) is not None


def number(name: str, words: str, unit: str, value: Callable[[View], float]) -> Feature:
    """A count, a length or a time; the example is the value itself."""

    def example(view: View) -> str:
        found = value(view)
        return "" if found != found else f"{found:.3g} {unit}"

    return Feature(name, words, unit, value, example)
