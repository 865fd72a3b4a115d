"""A run directory as `runs` leaves it, from synthetic rows."""

import json
from pathlib import Path

import pandas as pd

from assay.stats.summary import summarise


def make_run_dir(
    folder: Path,
    rows: pd.DataFrame,
    *,
    judge: str | None = None,
    planned: int | None = None,
    status: str = "complete",
) -> Path:
    """Write manifest, summary and results of an audit whose rows are `rows`."""
    folder.mkdir(parents=True, exist_ok=True)
    target = str(rows["target"].iloc[0]) if len(rows) else "nobody"
    manifest = {
        "assay_version": "0.1.0",
        "kind": "audit",
        "config": {
            "selector": "research_sabotage",
            "target": target,
            "judge": judge,
            "epochs": int(rows["epoch"].max()) if len(rows) else 0,
            "levels": {},
            "grid": False,
            "sandbox": "bwrap",
            "seed": 7,
        },
        "versions": {"inspect_ai": "0.3.285", "python": "3.12.11", "statsmodels": "0.15.0"},
        "git_revision": "4f2c9d1",
        "machine": "Linux x86_64, 2 cores",
        "started_at": "2026-02-11T09:30:00+00:00",
        "status": status,
        "planned": planned,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    summary = summarise(rows, judge=judge is not None, planned=planned)
    (folder / "summary.json").write_text(json.dumps(summary))
    rows.to_parquet(folder / "results.parquet")
    return folder
