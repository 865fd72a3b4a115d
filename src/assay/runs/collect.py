"""Collects the logs of a run directory into `results.parquet`, one row for each run of a sample."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay.errors import RunError, UserError
from assay.grading.scorers import UNGRADED
from assay.manifest import Manifest, write_atomically
from assay.runs import awareness
from assay.runs.progress import say
from assay.runs.reviews import merge, read_reviews
from assay.scenarios.samples import Assignment
from assay.store import make
from assay.tasks.budget import is_held_back, tokens

if TYPE_CHECKING:
    import pandas as pd
    from inspect_ai.log import EvalLog, EvalLogInfo, EvalSampleSummary
    from inspect_ai.model import ModelUsage
    from inspect_ai.scorer import Score

RESULTS = "results.parquet"
CANCELLED = "stopped before its end"  # by the user; such a run is tried again
FAILED = "error: "  # how the reason begins of a run that ended with one; it is tried again too
_ROLES = ("judge", "auditor", "realism")  # whose tokens are not the target's
_NO_EVENTS = {"messages", "events", "attachments", "store", "output"}
_COUNTED = ("auditor_turns", "rollbacks", "realism_checks", "realism_unscored")
_SELDOM = (
    "target_cli",
    "auditor",
    "elicited",
    "prefix",
    "prefix_control",
    "ending",
    "prefill_aware",
    "aware_by",
    "aware_error",
)
_THINNED = "Key removed from summary"


def collect(directory: UPath) -> "pd.DataFrame":
    """Read every log below `directory/logs`, merge what was found later, write `results.parquet`.

    Raises:
        RunError: There is no log, or a line of `reviews.jsonl` or `awareness.jsonl` is none.
    """
    import pandas as pd

    rows = recorded(directory)
    if not rows:
        raise RunError(f"{str(directory)!r} holds no finished run; run `assay audit` again.")
    for review in merge(rows, read_reviews(directory)):
        say(f"A review by {review.reviewer} is of a run that is not in the logs: {review.place}.")
    awareness.merge(rows, awareness.read_awareness(directory))
    table = pd.DataFrame(rows)
    table["mentions"] = table["mentions"].astype(float)
    table["effectiveness"] = _effectiveness(table)
    for column in _SELDOM:
        table[column] = table[column].astype("string")  # null throughout in most audits
    for column in _COUNTED:
        table[column] = table[column].astype("Int64")
    write_atomically(directory / RESULTS, table.to_parquet(index=False))
    return table


def recorded(directory: UPath) -> list[dict[str, Any]]:
    """The rows of every log below `directory/logs`, without effectiveness; none where none are.

    Raises:
        RunError: The directory is no run directory.
    """
    from inspect_ai.log import list_eval_logs

    manifest = Manifest.read(directory)
    if manifest.kind != "audit":
        raise RunError(
            f"{str(directory)!r} is a run of `assay {manifest.kind}`, which graded no workspace; "
            "name the run directory of an audit."
        )
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for info in sorted(list_eval_logs(str(directory / "logs")), key=lambda log: log.mtime or 0):
        for row in rows_of(info, directory, manifest.config):
            rows[row["run_id"], row["epoch"]] = row  # a later attempt's log wins
    return list(rows.values())


def rows_of(
    info: "EvalLogInfo", directory: UPath, config: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of one log, from `rows/` where they were read before; that may be deleted.

    Reading a log takes a millisecond a run, so every worker reads its own when it is through.
    """
    place = info.name.rpartition("/logs/")[2].replace("/", ".")
    kept = directory / "rows" / f"{place}.json"
    with suppress(OSError, ValueError):
        found = json.loads(kept.read_text("utf-8"))
        if found["of"] == _state(info, config):
            rows: list[dict[str, Any]] = found["rows"]
            return rows
    from inspect_ai.log import read_eval_log

    header = read_eval_log(info, header_only=True)
    rows = list(_rows(header, config))
    if header.status != "started":
        with suppress(OSError, UserError):  # somebody else's directory
            make(kept.parent)
            write_atomically(kept, json.dumps({"of": _state(info, config), "rows": rows}))
    return rows


def _state(info: "EvalLogInfo", config: Mapping[str, Any]) -> list[Any]:
    """What rows depend on: the log as it is, the run's settings, and this module."""
    return [info.size, info.mtime, json.loads(json.dumps(config, default=str)), _code()]


@cache
def _code() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _rows(log: "EvalLog", config: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    from inspect_ai.log import read_eval_log_sample_summaries

    for summary in read_eval_log_sample_summaries(log.location):
        if is_held_back(summary.error):
            continue
        scores: Mapping[str, Score] = summary.scores or {}
        if _needs_full(scores):
            scores = _full_scores(log, summary)
        yield _row(log, summary, scores, config)


def _needs_full(scores: "Mapping[str, Score]") -> bool:
    """Whether the summary has dropped or cut something; it keeps values below 1 kB only."""
    values = [value for score in scores.values() for value in (score.metadata or {}).values()]
    return any(isinstance(v, str) and (v.startswith(_THINNED) or len(v) >= 1000) for v in values)


def _full_scores(log: "EvalLog", summary: "EvalSampleSummary") -> "Mapping[str, Score]":
    from inspect_ai.log import read_eval_log_sample

    sample = read_eval_log_sample(
        log.location, summary.id, summary.epoch, exclude_fields=_NO_EVENTS
    )
    return sample.scores or {}


def _row(
    log: "EvalLog",
    summary: "EvalSampleSummary",
    scores: "Mapping[str, Score]",
    config: Mapping[str, Any],
) -> dict[str, Any]:
    from inspect_ai.model import ModelUsage

    assignment = Assignment.model_validate(summary.metadata)
    epoch = summary.epoch + assignment.after
    graded, judged = scores.get("outcome"), scores.get("conduct")
    found = (graded.metadata if graded else None) or {}
    seen = (judged.metadata if judged else None) or {}
    outcome = None if graded is None or graded.value == UNGRADED else str(graded.value)
    usage = summary.role_usage
    by_role = usage.get("judge", ModelUsage())
    others = sum((usage[role] for role in _ROLES if role in usage), ModelUsage())
    total = sum(summary.model_usage.values(), ModelUsage())
    audit = found.get("audit") or {}
    return {
        "run_id": str(summary.id),
        "pack": assignment.pack,
        "scenario": assignment.scenario,
        "behaviour": assignment.behaviour,
        "levels": json.dumps(
            {name: at for name, at in assignment.levels.items() if name not in assignment.every}
        ),
        "cell": assignment.cell,
        "is_twin": assignment.is_twin,
        "twin_of": assignment.twin_of,
        "epoch": epoch,
        "seed": assignment.seed_at(epoch),
        "target": config["target"],
        "target_cli": config.get("target_cli"),
        "auditor": (config.get("auditor") or {}).get("model"),
        "auditor_turns": audit.get("turns"),
        "rollbacks": audit.get("rollbacks"),
        "realism_checks": audit.get("checks"),
        "realism_unscored": audit.get("unscored"),
        "elicited": assignment.elicited,
        "prefix": assignment.prefix,
        "prefix_control": found.get("prefix_control"),
        "ending": found.get("ending"),
        "prefill_aware": found.get("prefill_aware"),
        "control": found.get("control_kind"),
        "control_name": found.get("control"),
        "outcome": outcome,
        "score": found.get("score"),
        "complete": found.get("complete"),
        "harm": found.get("harm"),
        "evidence": json.dumps(found.get("evidence", [])),
        "measures": json.dumps(found.get("measures", {})),
        "workspace_sha": found.get("workspace_sha"),
        "conduct": str(judged.value) if judged else UNGRADED,
        "conduct_source": seen.get("conduct_source", "none"),
        "judge_answers": json.dumps(seen.get("answers", {})),
        "refusal_reason": seen.get("reason") if judged and judged.value == "refused" else None,
        "disclosed": seen.get("disclosed"),
        "covert": seen.get("covert"),
        "admirable": json.dumps(seen.get("admirable", [])),
        "aware": "none",
        "ungraded_reason": _ungraded_reason(log, summary, found, seen, outcome, judged),
        "retries": summary.retries or 0,
        "limit": found.get("stopped_by") or summary.limit,
        **_tokens(total, others),
        "judge_tokens": by_role.total_tokens,
        "auditor_tokens": others.total_tokens - by_role.total_tokens,
        "cost": total.total_cost,
        "seconds": float(summary.total_time or 0.0),
        "log_file": log.location.rpartition("/logs/")[2],
        "sample_uuid": summary.uuid,
        "started_at": summary.started_at,
    }


def _tokens(total: "ModelUsage", others: "ModelUsage") -> dict[str, int]:
    """The target's."""
    names = ("input_tokens", "output_tokens", "cached_tokens")
    pairs = zip(tokens(total), tokens(others), strict=True)
    return {name: whole - less for name, (whole, less) in zip(names, pairs, strict=True)}


def _ungraded_reason(
    log: "EvalLog",
    summary: "EvalSampleSummary",
    found: Mapping[str, Any],
    seen: Mapping[str, Any],
    outcome: str | None,
    judged: "Score | None",
) -> str | None:
    if "CancelledError" in (summary.error or ""):
        return CANCELLED
    if summary.error:
        told = _unreached(log, summary) or summary.error.strip().splitlines()[-1]
        return f"{FAILED}{told[:300]}"
    if outcome is None:
        return str(found.get("reason") or "no grade")
    if judged is not None and judged.value == UNGRADED:
        return str(seen.get("reason"))
    return None


def _unreached(log: "EvalLog", summary: "EvalSampleSummary") -> str | None:
    """Which model could not be reached, and its last word; None where that is not the error."""
    from inspect_ai.event import ModelEvent
    from inspect_ai.log import read_eval_log_sample

    if not (summary.error or "").startswith("RetryError"):
        return None
    sample = read_eval_log_sample(
        log.location, summary.id, summary.epoch, resolve_attachments="core"
    )
    calls = [event for event in sample.events if isinstance(event, ModelEvent) and event.error]
    return f"{calls[-1].model} did not answer: {_line(calls[-1].error)}" if calls else None


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _effectiveness(table: "pd.DataFrame") -> "pd.Series[float]":
    """Each score over the mean score of the benign twin of its cell, twins that did nothing apart.

    Elicited runs and continuations have no twin of their own; that of their cell serves.

    Missing where no such twin was graded.
    """
    pair = table["scenario"] + "@" + table["twin_of"].where(table["is_twin"], table["cell"])
    worked = table["is_twin"] & table["outcome"].notna() & (table["outcome"] != "untouched")
    base = pair.map(table[worked].groupby(pair[worked])["score"].mean()).astype(float)
    return (table["score"].astype(float) / base).where(base > 0)
