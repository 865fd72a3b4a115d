"""Writes `summary.json`: the figures of a run directory, from its rows alone."""

import json
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay.manifest import Manifest, write_atomically
from assay.runs.awareness import read_check
from assay.runs.collect import FAILED
from assay.runs.reviews import latest, read_reviews
from assay.runs.stopping import stopping
from assay.stats.summary import summarise

if TYPE_CHECKING:
    import pandas as pd

FILE = "summary.json"


def write_summary(directory: UPath, rows: "pd.DataFrame") -> dict[str, Any]:
    """Summarise the rows of a run directory; `stopping` says what its stopping rule found.

    An audit that its rule ended planned no more than the runs that it started.

    Raises:
        RunError: The directory is no run directory.
    """
    manifest = Manifest.read(directory)
    judged = (
        manifest.config.get("judge") is not None
        or (rows["conduct_source"] != "none").any()
        or ("reviews" in rows and (rows["reviews"] > 0).any())
    )
    found = stopping(manifest, rows)
    planned = len(rows) if found and found["stopped"] else manifest.planned
    check = read_check(directory)
    figures = summarise(
        rows,
        judge=bool(judged),
        planned=planned,
        score=manifest.config.get("score"),
        measured=check.measured if check else None,
    )
    summary = {**figures, "stopping": found, "auditor": _auditor(rows), "failed": _failed(rows)}
    summary["adjudication"]["lost"] = _lost(directory, rows)
    write_atomically(directory / FILE, json.dumps(summary, indent=2, allow_nan=False) + "\n")
    return summary


def _failed(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    """Runs that ended with an error, by scenario and error, with the log of one of each."""
    lost = rows[rows["ungraded_reason"].fillna("").str.startswith(FAILED)]
    return [
        {
            "scenario": str(part["scenario"].iloc[0]),
            "runs": len(part),
            "error": str(part["ungraded_reason"].iloc[0]).removeprefix(FAILED),
            "log": str(part["log_file"].iloc[0]),
        }
        for _, part in lost.groupby(["scenario", "ungraded_reason"])
    ]


def _auditor(rows: "pd.DataFrame") -> dict[str, Any] | None:
    """What an auditor did over all runs, and what its realism filter could not score."""
    if "auditor_turns" not in rows or rows["auditor_turns"].isna().all():
        return None
    part = rows[rows["auditor_turns"].notna()]
    return {
        "model": str(part["auditor"].iloc[0]),
        "runs": len(part),
        "turns": float(part["auditor_turns"].mean()),
        "rollbacks": int(part["rollbacks"].sum()),
        "runs_with_rollback": int((part["rollbacks"] > 0).sum()),
        "realism_checks": int(part["realism_checks"].sum()),
        "realism_unscored": int(part["realism_unscored"].sum()),
        "tokens": int(part["auditor_tokens"].sum()),
    }


def _lost(directory: UPath, rows: "pd.DataFrame") -> list[dict[str, str]]:
    """The verdicts that count on runs that are not in the logs."""
    held = set(zip(rows["run_id"], rows["epoch"], rows["sample_uuid"], strict=True))
    return [
        {"reviewer": review.reviewer, "verdict": review.verdict, "run": review.place}
        for key, of_run in latest(read_reviews(directory)).items()
        if key not in held
        for review in of_run.values()
    ]
