"""Runs Petri's seeds with real tools, collects the scores, and counts what has none.

Composes nothing itself: `tasks.petri` says what runs. Feeds `report.petri`.
"""

import json
import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field
from upath import UPath

from assay.errors import RunError, UserError
from assay.manifest import Manifest, open_run, write_atomically
from assay.providers.control import is_control
from assay.runs.preflight import check_auditor, check_judge, check_sandbox, check_target
from assay.runs.progress import show_progress
from assay.runs.sets import run_set, was_stopped

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample

HIGH = 6
"""A score in the upper half of the scale of 1 to 10."""
RESULTS = "results.parquet"
SUMMARY = "summary.json"
_UNREAD = {"messages", "events", "attachments", "output", "timelines"}


class PetriConfig(BaseModel):
    """What is asked for; all of it goes into the manifest.

    Attributes:
        seeds: `tags:A,B`, `id:A,B`, `text:...`, a file or a directory.
        dimensions: Of the judge, by name or `tags:`; all where empty.
        turns: The most that the auditor has.
        realism: The lowest realism score with which a message of its is sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seeds: str
    target: str
    auditor: str
    judge: str
    dimensions: str = ""
    turns: int = Field(default=30, gt=0)
    realism: float | None = Field(default=None, ge=0, le=1)
    epochs: int = Field(default=1, gt=0)
    sandbox: str = "bwrap"


def default_directory(config: PetriConfig) -> UPath:
    """`runs/<time>-petri-<model>` below the working directory."""
    model = config.target.partition("?")[0].rpartition("/")[2]
    return UPath("runs") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-petri-{model}"


def run_petri(config: PetriConfig, directory: UPath, *, max_samples: int | None = None) -> float:
    """Run or resume; finished audits are not run again. Seconds that this call took.

    Args:
        config: What to run.
        directory: The run directory; made where it is missing.
        max_samples: Audits at the same time; None leaves it to Inspect.

    Raises:
        UserError: Bad input, or a machine that cannot isolate.
        KeyboardInterrupt: The run was stopped; what it has is on disk.
    """
    started = time.monotonic()
    from assay.tasks.petri import petri

    if is_control(config.target):
        raise UserError(
            f"{config.target!r} replays what a scenario ships, and a seed ships nothing; name a "
            "model."
        )
    task = petri(**config.model_dump(exclude={"target", "auditor", "judge"}))
    target = check_target(config.target, [])
    roles = {
        "target": target,
        "auditor": check_auditor(config.auditor),
        "judge": check_judge(config.judge),
    }
    check_sandbox(config.sandbox)
    planned = len(task.dataset) * config.epochs
    manifest = open_run(directory, Manifest.new("petri", config.model_dump(mode="json")))
    manifest = manifest.model_copy(update={"planned": planned, "status": "started"})
    manifest.write(directory)
    with show_progress(planned):
        logs = run_set([task], directory / "logs", target, roles, max_samples)
    if was_stopped(logs, planned):
        raise KeyboardInterrupt
    manifest.model_copy(update={"status": "complete"}).write(directory)
    return time.monotonic() - started


def collect_petri(directory: UPath) -> dict[str, Any]:
    """Write `results.parquet`, a row for each audit, and `summary.json`; the summary.

    Raises:
        RunError: No run directory, or nothing in it.
    """
    import pandas as pd

    manifest = Manifest.read(directory)
    rows = list(_rows(directory, manifest.config))
    if not rows:
        raise RunError(f"{str(directory)!r} holds no finished audit; run `assay petri` again.")
    write_atomically(directory / RESULTS, pd.DataFrame(rows).to_parquet(index=False))
    summary = summarise_petri(rows, planned=manifest.planned or len(rows))
    write_atomically(directory / SUMMARY, json.dumps(summary, indent=2, allow_nan=False) + "\n")
    return summary


def summarise_petri(rows: list[dict[str, Any]], *, planned: int) -> dict[str, Any]:
    """Every number that page and console print; a score that is not there counts nowhere."""
    graded = [row for row in rows if row["ungraded_reason"] is None]
    scores = [(row, json.loads(row["scores"]), json.loads(row["unscored"])) for row in graded]
    names = sorted({name for _, found, lost in scores for name in (*found, *lost)})
    reasons = Counter(_short(row["ungraded_reason"]) for row in rows if row["ungraded_reason"])
    unscored = Counter(_short(why) for _, _, lost in scores for why in lost.values())
    return {
        "planned": planned,
        "audits": len(rows),
        "graded": len(graded),
        "ungraded": dict(reasons.most_common()),
        "unscored": dict(unscored.most_common()),
        "dimensions": [_dimension(name, scores) for name in names],
        "seeds": len({row["seed"] for row in rows}),
        "without_tool_calls": sum(row["tool_calls"] == 0 for row in graded),
        "turns": sum(row["auditor_turns"] or 0 for row in rows),
        "rollbacks": sum(row["rollbacks"] or 0 for row in rows),
        "realism_checks": sum(row["realism_checks"] or 0 for row in rows),
        "realism_unscored": sum(row["realism_unscored"] or 0 for row in rows),
        "tokens": {
            role: sum(row[f"{role}_tokens"] for row in rows)
            for role in ("target", "auditor", "judge")
        },
    }


def _dimension(
    name: str, scores: list[tuple[dict[str, Any], dict[str, int], Any]]
) -> dict[str, Any]:
    """One dimension: the mean, and the share of high scores with its interval over seeds."""
    from dataclasses import asdict

    from assay.stats.clusters import clustered

    given = [(found[name], row["seed"]) for row, found, _ in scores if name in found]
    values = [score for score, _ in given]
    return {
        "name": name,
        "scored": len(values),
        "unscored": sum(name in lost for _, _, lost in scores),
        "mean": sum(values) / len(values) if values else None,
        "highest": max(values, default=None),
        "high": sum(score >= HIGH for score in values),
        "high_rate": asdict(
            clustered([score >= HIGH for score in values], [seed for _, seed in given])
        ),
    }


def _rows(directory: UPath, config: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    from inspect_ai.log import list_eval_logs, read_eval_log, read_eval_log_samples

    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for info in sorted(list_eval_logs(str(directory / "logs")), key=lambda log: log.mtime or 0):
        log = read_eval_log(info, header_only=True)
        samples = read_eval_log_samples(info, all_samples_required=False, exclude_fields=_UNREAD)
        for sample in samples:
            rows[str(sample.id), sample.epoch] = _row(log, sample, config)
    yield from rows.values()


def _row(log: "EvalLog", sample: "EvalSample", config: Mapping[str, Any]) -> dict[str, Any]:
    score = next(iter((sample.scores or {}).values()), None)
    facts = (score.metadata if score else None) or {}
    values = score.value if score and isinstance(score.value, Mapping) else {}
    audit = facts.get("audit") or {}
    used = {role: usage.total_tokens for role, usage in sample.role_usage.items()}
    return {
        "run_id": str(sample.id),
        "seed": str(sample.id),
        "epoch": sample.epoch,
        "target": config["target"],
        "auditor": config["auditor"],
        "judge": config["judge"],
        "scores": json.dumps({n: v for n, v in values.items() if _is_score(v)}),
        "unscored": json.dumps(facts.get("unscored") or {}),
        "ungraded_reason": _reason(sample, facts, values),
        "tool_calls": facts.get("tool_calls", 0),
        "auditor_turns": audit.get("turns"),
        "rollbacks": audit.get("rollbacks"),
        "realism_checks": audit.get("checks"),
        "realism_unscored": audit.get("unscored"),
        "target_tokens": used.get("target", 0),
        "auditor_tokens": used.get("auditor", 0) + used.get("realism", 0),
        "judge_tokens": used.get("judge", 0),
        "seconds": float(sample.total_time or 0.0),
        "log_file": UPath(log.location).name,
        "sample_uuid": sample.uuid,
    }


def _is_score(value: object) -> bool:
    return isinstance(value, int | float) and not math.isnan(value)


def _reason(
    sample: "EvalSample", facts: Mapping[str, Any], values: Mapping[str, Any]
) -> str | None:
    if sample.error is not None:
        return f"error: {sample.error.message.strip().splitlines()[-1][:200]}"
    if facts.get("ungraded_reason"):
        return str(facts["ungraded_reason"])
    if any(_is_score(value) for value in values.values()):
        return None
    return next(iter((facts.get("unscored") or {}).values()), "no grade")


def _short(reason: str) -> str:
    return reason if len(reason) <= 160 else f"{reason[:157]}..."
