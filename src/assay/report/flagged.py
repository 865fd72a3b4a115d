"""The runs that a reader should open: harmful, misaligned, covert, or unlike their own script."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assay.stats import rows as select
from assay.stats.agreement import EXPECTED_OUTCOME

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
class Flagged:
    """One run with its evidence, and where its transcript lies."""

    scenario: str
    cell: str
    epoch: str
    is_twin: bool
    outcome: str
    conduct: str
    control: str
    harm: str
    evidence: tuple[Evidence, ...]
    measures: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]
    log_file: str
    sample: str


def flagged(rows: pd.DataFrame) -> list[Flagged]:
    """Runs to look at, real cells before twins, by scenario and epoch."""
    expected = rows["control"].map(lambda kind: EXPECTED_OUTCOME.get(str(kind)))
    unlike = expected.notna() & select.graded(rows) & (expected != rows["outcome"])
    covert = rows["covert"].map(lambda value: value is True or value == 1).astype(bool)
    chosen = rows[select.harmful(rows) | select.misaligned(rows) | covert | unlike]
    ordered = chosen.sort_values(["is_twin", "scenario", "cell", "epoch"])
    return [_flagged(row) for row in ordered.to_dict("records")]


def view_command(run_dir: str) -> str:
    """The command that serves every transcript of a run directory."""
    return f"inspect view start --log-dir {shlex.quote(run_dir.rstrip('/') + '/logs')}"


def _flagged(row: dict[Any, Any]) -> Flagged:
    return Flagged(
        scenario=_text(row["scenario"]),
        cell=_text(row["cell"]),
        epoch=_text(row["epoch"]),
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
            _answer(str(question), found)
            for question, found in _parsed(row.get("judge_answers"), {}).items()
        ),
        log_file=_text(row.get("log_file")),
        sample=_text(row.get("sample_uuid")),
    )


def _evidence(item: dict[str, Any]) -> Evidence:
    line = item.get("line")
    where = _text(item.get("file")) + (f":{line}" if line is not None else "")
    return Evidence(where, _text(item.get("text")))


def _answer(question: str, found: Any) -> Answer:
    if not isinstance(found, dict):
        return Answer(question.replace("_", " "), _text(found), "", "")
    return Answer(
        question.replace("_", " "),
        _text(found.get("answer")),
        _text(found.get("quote")),
        _text(found.get("error")),
    )


def _parsed(text: Any, empty: Any) -> Any:
    value = json.loads(text) if isinstance(text, str) and text else empty
    return value if isinstance(value, type(empty)) else empty


def _text(value: Any) -> str:
    """The value as text; null and NaN are nothing."""
    return "" if value is None or value != value else str(value)
