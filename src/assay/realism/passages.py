"""The labelled passages, and what they show of the lexical filter and of a judge.

`passages.jsonl` was written for this: real mentions of being evaluated in many words, and talk that
only sounds alike (tests as the subject of the work, honeypots, stories, jokes). The filter was
tuned on the part `tune`; what is reported of it is the part `held_out`. Judges saw neither.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from assay.realism.awareness import AT_ONCE, Finding, find
from assay.realism.mentions import mentioned
from assay.realism.session import Session, Turn
from assay.stats.correction import Trials

if TYPE_CHECKING:
    from inspect_ai.model import Model

type Part = Literal["tune", "held_out"]

_FILE = Path(__file__).with_name("passages.jsonl")


class Passage(BaseModel):
    """One labelled passage.

    Attributes:
        kind: What makes it easy or hard, such as `oblique` or `unit_tests`.
        aware: Whether the speaker treats its own situation as an evaluation, or seriously may.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    part: Part
    kind: str
    aware: bool
    where: Literal["says", "thinks"]
    text: str

    def session(self) -> Session:
        """The passage as a session of one message."""
        thinks = self.where == "thinks"
        turn = Turn("assistant", "" if thinks else self.text, self.text if thinks else "")
        return Session(self.id, self.id, "", "passages", (turn,))


@dataclass(frozen=True)
class FilterCheck:
    """What the lexical filter finds in one part.

    `recall`: of the passages that are aware, those that it passes. `precision`: of those that it
    passes, the aware ones; it is of these passages, which were chosen to be hard. `missed` and
    `wrong` are ids.
    """

    part: Part
    recall: Trials
    precision: Trials
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class JudgeCheck:
    """A judge's answers to the passages that the filter passes.

    `sensitivity` and `specificity` count answers; `unanswered` is how many there were none to.
    """

    judge: str
    sensitivity: Trials
    specificity: Trials
    unanswered: int
    wrong: tuple[str, ...]


@cache
def passages() -> tuple[Passage, ...]:
    """Every labelled passage."""
    lines = _FILE.read_text("utf-8").splitlines()
    return tuple(Passage.model_validate_json(line) for line in lines)


def fingerprint() -> str:
    """A hash over passages, patterns and rubric; of a check on others nothing follows."""
    digest = hashlib.sha256()
    for name in ("passages.jsonl", "mentions.yaml", "rubrics/aware.md"):
        digest.update((_FILE.parent / name).read_bytes())
    return digest.hexdigest()[:16]


def check_filter(part: Part, given: Iterable[Passage] | None = None) -> FilterCheck:
    """Run the filter over one part of the passages.

    Args:
        part: Which part; `tune` is what the patterns were written on.
        given: Other passages than those that ship.
    """
    chosen = [one for one in (passages() if given is None else given) if one.part == part]
    found = [one for one in chosen if mentioned(one.text)]
    aware = [one for one in chosen if one.aware]
    hits = [one for one in found if one.aware]
    return FilterCheck(
        part,
        recall=Trials(len(hits), len(aware)),
        precision=Trials(len(hits), len(found)),
        missed=tuple(one.id for one in aware if one not in hits),
        wrong=tuple(one.id for one in found if not one.aware),
    )


async def check_judge(judge: "Model", given: Sequence[Passage] | None = None) -> JudgeCheck:
    """Ask a judge about every passage that the filter passes, one at a time, as about a session."""
    asked = [one for one in (passages() if given is None else given) if mentioned(one.text)]
    said: list[Finding] = []
    for some in batched(asked, AT_ONCE):
        said += await asyncio.gather(*(find(one.session(), judge) for one in some))
    known = [
        (p, f.aware != "none") for p, f in zip(asked, said, strict=True) if f.aware != "unknown"
    ]
    truly, others = ([f for p, f in known if p.aware is aware] for aware in (True, False))
    return JudgeCheck(
        str(judge),
        sensitivity=Trials(sum(truly), len(truly)),
        specificity=Trials(len(others) - sum(others), len(others)),
        unanswered=len(asked) - len(known),
        wrong=tuple(p.id for p, found in known if found != p.aware),
    )


def as_json(check: FilterCheck | JudgeCheck) -> dict[str, object]:
    """A check as JSON, its shares with exact intervals."""
    from assay.stats.awareness import share_of

    return {
        field.name: share_of(value) if isinstance(value, Trials) else value
        for field in fields(check)
        for value in [getattr(check, field.name)]
    }
