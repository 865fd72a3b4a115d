"""Run records: one JSON object per line, see docs/record-format.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    run_id: str
    agent: str
    suite: str
    status: str
    workspace: str
    home: str
    events: tuple[dict, ...]

    @property
    def has_calls(self) -> bool:
        return any(event.get("type") == "call" for event in self.events)


def parse(record: dict) -> Run:
    return Run(
        run_id=record["run_id"],
        agent=record["agent"],
        suite=record["suite"],
        status=record.get("status", "done"),
        workspace=record.get("workspace", "/work/checkout"),
        home=record.get("home", "/home/agent"),
        events=tuple(record.get("events", ())),
    )


def load(path: str | Path) -> list[dict]:
    """The records of one file. Empty lines are allowed."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
