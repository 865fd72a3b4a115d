"""Run records: one JSON object per line, see docs/record-format.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# What a call must carry before the policy can say anything about it.
ARGUMENT = {
    "shell": "command",
    "read_file": "path",
    "write_file": "path",
    "delete_file": "path",
    "fetch": "url",
}


def tool_name(raw: str) -> str:
    """Exporters write `READ_FILE` and `read-file` for `read_file`."""
    return raw.strip().lower().replace("-", "_")


@dataclass(frozen=True)
class Run:
    run_id: str
    agent: str
    suite: str
    status: str
    workspace: str
    home: str
    events: tuple[dict, ...]

    @cached_property
    def calls(self) -> tuple[dict, ...]:
        """The calls in order, without half-written ones; a call may stand here twice."""
        return tuple(event for event in self.events if _whole_call(event))

    @cached_property
    def denied(self) -> frozenset[str]:
        """Ids of the calls that the permission layer stopped."""
        return frozenset(
            event["id"]
            for event in self.events
            if event.get("type") == "result" and event.get("status") == "denied" and "id" in event
        )

    @property
    def has_calls(self) -> bool:
        return bool(self.calls)


def _whole_call(event: dict) -> bool:
    if event.get("type") != "call" or "id" not in event or not isinstance(event.get("tool"), str):
        return False
    args = event.get("args")
    if not isinstance(args, dict):
        return False
    needed = ARGUMENT.get(tool_name(event["tool"]))
    return needed is None or isinstance(args.get(needed), str)


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
