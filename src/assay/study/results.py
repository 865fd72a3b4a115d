"""The long tables of a study: what its steps measured, by arm, seed and step.

A pure function of the study's directory: `manifest.json` says which steps belong to which arm, and
the steps' own JSON lines hold the figures. Read by `report.study`.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from assay.extra import writing
from assay.study.directory import Directory
from assay.training.made import DISTANCES
from assay.training.metrics import FILE as METRICS

ASSESSMENTS = "assessments.parquet"
TRAINING = "training.parquet"
DATA = "data.parquet"
_ASSESSED: Mapping[str, str] = {
    **dict.fromkeys(("study", "arm"), "string"),
    "seed": "Int64",
    "stage_name": "string",
    "step": "Int64",
    **dict.fromkeys(("condition", "scenario", "behaviour"), "string"),
    **dict.fromkeys(("twin", "agentic"), "boolean"),
    **dict.fromkeys(("n", "graded", "harmful", "intact", "incoherent"), "Int64"),
    **dict.fromkeys(("proxy", "true", "hack", "overfit"), "Int64"),
    "hacks": "string",
}
_TRAINED: Mapping[str, str] = {
    **dict.fromkeys(("study", "arm"), "string"),
    "seed": "Int64",
    "stage_name": "string",
    "step": "Int64",
    **dict.fromkeys(("proxy_reward", "true_reward", "hack_rate", "overfit_rate"), "Float64"),
    "ungraded": "Float64",
    "hacks": "string",
    **dict.fromkeys(("reward", "kl", "entropy", "loss", "length", "cache_hits"), "Float64"),
    **dict.fromkeys(
        ("seconds", *(f"seconds_{part}" for part in ("generate", "reward", "update", "rest"))),
        "Float64",
    ),
    "seconds_assess": "Float64",
}
_LEARNED: Mapping[str, str] = {
    **dict.fromkeys(("study", "arm"), "string"),
    "seed": "Int64",
    "stage_name": "string",
    "tokens": "Int64",
    "evaluation": "string",
    **dict.fromkeys(("nearest", "floor", "auc"), "Float64"),
}
_IDENTITY = ("condition", "scenario", "twin")


class Tables(NamedTuple):
    """What `collect` read.

    Attributes:
        assessments: One row for each step, condition, scenario and twin of every arm and seed.
        training: One row for each logged RL step of every arm and seed.
        data: One row for each stage of every arm and seed that learned from data of its own:
            supervised tokens, and how far the data is from the study's evaluation (`distance`).
    """

    assessments: pd.DataFrame
    training: pd.DataFrame
    data: pd.DataFrame


class _Placed(NamedTuple):
    """A finished step in its arm; `offset` RL steps of the arm came before it."""

    row: dict[str, Any]
    path: Path
    offset: int


def collect(path: Path) -> Tables:
    """Read all finished steps of a study and write the three tables.

    Raises:
        RunError: It is no study's directory.
        UserError: The disk is full.
    """
    directory = Directory.existing(path)
    placed = list(_placed(directory))
    assessed = list(_assessed(placed))
    trained = [row for one in placed for row in _trained(one)]
    learned = list(_learned(directory))
    tables = Tables(
        _table(assessed, _ASSESSED), _table(trained, _TRAINED), _table(learned, _LEARNED)
    )
    with writing(path):
        for name, table in zip((ASSESSMENTS, TRAINING, DATA), tables, strict=True):
            partial = path / f".{name}.partial"
            table.to_parquet(partial, index=False)
            partial.rename(path / name)
    return tables


def _placed(directory: Directory) -> Iterator[_Placed]:
    """Finished steps that measure something, arm by arm and seed by seed.

    A seed of an arm counts when all of them are finished: else what was measured last would be
    taken for its end.
    """
    manifest = directory.manifest()
    done = directory.done()
    chains: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for step in manifest["steps"]:
        for arm, seed in step["members"]:
            chains.setdefault((arm, seed), []).append(step)
    order = {arm: number for number, arm in enumerate(manifest["file"]["arms"])}
    for arm, seed in sorted(chains, key=lambda one: (order[one[0]], one[1])):
        steps = [step for step in chains[arm, seed] if step["evaluate"] is not None]
        if not all(step["key"][:12] in done for step in steps):
            continue
        offset = 0
        for step in steps:
            row = {"study": manifest["study"], "arm": arm, "seed": seed}
            row["stage_name"] = step["stage"]
            yield _Placed(row, done[step["key"][:12]], offset)
            offset += step["settings"].get("steps") or 0


def _assessed(placed: list[_Placed]) -> Iterator[dict[str, Any]]:
    seen = set()
    for one in placed:
        latest = {}
        for line in _lines(one.path / "assessments.jsonl"):
            latest[line["step"], *(line.get(key) for key in _IDENTITY)] = line
        for line in latest.values():
            hacks = line.get("hacks")
            step = line["step"] + one.offset
            what = (one.row["arm"], one.row["seed"], step, *(line.get(key) for key in _IDENTITY))
            if what in seen:
                continue  # of the same weights, assessed at the end of the stage before
            seen.add(what)
            yield {
                **one.row,
                **line,
                "step": step,
                "hacks": None if hacks is None else json.dumps(hacks, sort_keys=True),
            }


def _trained(one: _Placed) -> Iterator[dict[str, Any]]:
    latest = {line["step"]: line for line in _lines(one.path / METRICS)}
    for line in latest.values():
        seconds = line.get("seconds")
        parts = seconds if isinstance(seconds, dict) else {}
        hacks = line.get("hacks")
        yield {
            **one.row,
            **line,
            "step": line["step"] + one.offset,
            "hacks": None if hacks is None else json.dumps(hacks, sort_keys=True),
            "seconds": sum(parts.values()) if parts else seconds,
            **{f"seconds_{part}": value for part, value in parts.items()},
        }


def _learned(directory: Directory) -> Iterator[dict[str, Any]]:
    """Stages that made or read data; the microcosm's own corpus is not any."""
    manifest, done = directory.manifest(), directory.done()
    for step in manifest["steps"]:
        path = done.get(step["key"][:12])
        if path is None or not (path / DISTANCES).exists():
            continue
        tokens = {line["step"]: line.get("supervised_tokens", 0) for line in _lines(path / METRICS)}
        row = {"study": manifest["study"], "stage_name": step["stage"]}
        (far,) = json.loads((path / DISTANCES).read_text("utf-8"))  # a study has one evaluation
        row |= {key: far[key] for key in ("evaluation", "nearest", "floor", "auc")}
        row["tokens"] = sum(tokens.values())
        for arm, seed in step["members"]:
            yield {**row, "arm": arm, "seed": seed}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects in a file of JSON lines; none where there is no file."""
    if not path.exists():
        return
    for text in path.read_text("utf-8").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue  # torn by a kill; the stage wrote it again after it had gone on
        if isinstance(line, dict) and "step" in line:
            yield line


def _table(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """The rows with the columns that there always are first, and plain further ones after them."""
    more = sorted({key for row in rows for key in row} - set(columns))
    table = pd.DataFrame(rows, columns=[*columns, *more])
    for name, kind in columns.items():
        table[name] = table[name].astype(kind)  # type: ignore[call-overload]
    plain = [name for name in more if pd.api.types.is_numeric_dtype(table[name])]
    told = [name for name in columns if name != "agentic" or table[name].notna().any()]
    return table[[*told, *plain]]
