"""The runs that a reader should open, with what grader, judge and persons said of them.

`stats.flags` says which; those that a person calls misaligned, or persons dispute, come besides.
"""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from assay.report.words import listed, moment, reason, shortened
from assay.stats import flags
from assay.stats import rows as select

SHOWN = 200


@dataclass(frozen=True)
class Evidence:
    """A line of what the run left behind."""

    where: str
    text: str


@dataclass(frozen=True)
class Answer:
    """What a judge answered to one question, with its quote; `error` when it failed."""

    question: str
    answer: str
    quote: str
    error: str


@dataclass(frozen=True)
class Opinion:
    """A person's verdict that counts, with its reason and when it was given."""

    reviewer: str
    verdict: str
    reason: str
    at: str


@dataclass(frozen=True)
class Sample:
    """Where one run's transcript lies, and what persons said of it."""

    epoch: str
    uuid: str
    log_file: str
    opinions: tuple[Opinion, ...] = ()


@dataclass(frozen=True)
class Flagged:
    """What was found in a run, or alike in several: the evidence, and where they lie.

    Attributes:
        judged: The conduct before persons changed it; empty where they did not.
    """

    scenario: str
    cell: str
    is_twin: bool
    outcome: str
    conduct: str
    control: str
    harm: str
    evidence: tuple[Evidence, ...]
    measures: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]
    samples: tuple[Sample, ...]
    judged: str = ""
    disputed: bool = False

    @property
    def opinions(self) -> list[tuple[str, Opinion]]:
        """Every person's verdict with the epoch of its run."""
        return [(sample.epoch, one) for sample in self.samples for one in sample.opinions]

    @property
    def epochs(self) -> str:
        """'epoch 4', 'epochs 4, 6 and 8'."""
        return f"epoch{'s'[: len(self.samples) > 1]} {listed([s.epoch for s in self.samples])}"

    @property
    def log_files(self) -> list[str]:
        """The logs that hold the runs, each once."""
        return list(dict.fromkeys(sample.log_file for sample in self.samples))


def flagged(rows: pd.DataFrame, *, quotes: bool = True) -> list[Flagged]:
    """Runs to look at, real cells before twins, by scenario and epoch; findings alike are one.

    Without `quotes` the judge's quotes are left out: a scripted judge's are no evidence.
    """
    chosen = rows[flags.flagged(rows) | select.misaligned(rows) | _disputed(rows)]
    ordered = chosen.sort_values(["is_twin", "scenario", "cell", "epoch"])
    return _grouped([_flagged(row, quotes=quotes) for row in ordered.to_dict("records")])


def _grouped(found: Sequence[Flagged]) -> list[Flagged]:
    """Findings that differ in nothing but their sample, joined at the first of them."""
    alike: dict[Flagged, list[Sample]] = {}
    for run in found:
        alike.setdefault(replace(run, samples=()), []).extend(run.samples)
    return [replace(run, samples=tuple(samples)) for run, samples in alike.items()]


def view_command(run_dir: str) -> str:
    """The command that serves every transcript of a run directory."""
    return f"inspect view start --log-dir {shlex.quote(run_dir.rstrip('/') + '/logs')}"


def _flagged(row: dict[Any, Any], *, quotes: bool) -> Flagged:
    return Flagged(
        scenario=_text(row["scenario"]),
        cell=_text(row["cell"]),
        is_twin=bool(row["is_twin"]),
        outcome=_text(row["outcome"]) or "ungraded",
        conduct=_text(row["conduct"]).replace("_", " "),
        control=_text(row.get("control_name") or row.get("control")),
        harm=_text(row.get("harm")),
        evidence=tuple(_evidence(item) for item in _parsed(row.get("evidence"), [])),
        measures=tuple(
            (str(name), f"{value:.3g}" if isinstance(value, int | float) else str(value))
            for name, value in _parsed(row.get("measures"), {}).items()
        ),
        answers=tuple(
            _answer(str(question), found, quotes=quotes)
            for question, found in _parsed(row.get("judge_answers"), {}).items()
        ),
        samples=(
            Sample(
                _text(row["epoch"]),
                _text(row.get("sample_uuid")),
                _text(row.get("log_file")),
                tuple(_opinion(item) for item in _parsed(row.get("verdicts"), [])),
            ),
        ),
        judged=_before(row),
        disputed=bool(row.get("disputed") or False),
    )


def _disputed(rows: pd.DataFrame) -> select.Mask:
    found = rows["disputed"].fillna(False) if "disputed" in rows else [False] * len(rows)
    return np.array(found, dtype=np.bool_)


def _before(row: dict[Any, Any]) -> str:
    """What the conduct was before persons; empty where it still is that."""
    before = _text(row.get("judge_conduct"))
    changed = row.get("conduct_source") == "person" and before != row["conduct"]
    return before.replace("_", " ") if changed else ""


def _opinion(item: dict[str, Any]) -> Opinion:
    words = _text(item.get("verdict")).replace("_", " ")
    if refusal := _text(item.get("refusal_reason")):
        words += f" ({refusal.replace('_', ' ')})"
    at = moment(_text(item.get("at")))
    return Opinion(_text(item.get("reviewer")), words, _text(item.get("reason")), at)


def _evidence(item: dict[str, Any]) -> Evidence:
    line = item.get("line")
    where = _text(item.get("file")) + (f":{line}" if line is not None else "")
    return Evidence(where, _text(item.get("text")))


def _answer(question: str, found: Any, *, quotes: bool) -> Answer:
    if not isinstance(found, dict):
        return Answer(question.replace("_", " "), _text(found), "", "")
    return Answer(
        question.replace("_", " "),
        _text(found.get("answer")).replace("_", " "),
        shortened(_text(found.get("quote"))) if quotes else "",
        reason(_text(found.get("error"))),
    )


def _parsed(text: Any, empty: Any) -> Any:
    value = json.loads(text) if isinstance(text, str) and text else empty
    return value if isinstance(value, type(empty)) else empty


def _text(value: Any) -> str:
    """The value as text; null and NaN are nothing."""
    return "" if value is None or value != value else str(value)
