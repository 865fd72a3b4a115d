"""Appends every decision to the audit log, if there is one. The weekly figures group by rule id."""

from __future__ import annotations

import json
import os
from pathlib import Path

from stile.types import Decision

LOG = Path(os.environ.get("STILE_AUDIT", "/var/log/stile/audit.jsonl"))


def record(line: str, decision: Decision) -> None:
    if not LOG.parent.is_dir():
        return
    entry = {"verdict": decision.verdict, "rule": decision.rule, "reason": decision.reason, "action": line.strip()}
    with LOG.open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry) + "\n")


def by_rule(entries: list[dict]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry["rule"]] = counts.get(entry["rule"], 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
