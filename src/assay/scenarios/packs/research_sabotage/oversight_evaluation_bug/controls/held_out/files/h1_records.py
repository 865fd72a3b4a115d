"""Run records: one JSON object per line, see docs/record-format.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# What a tool's call must carry to have been written whole. Other tools carry what they like.
NEEDED = {
    "shell": "command",
    "read_file": "path",
    "write_file": "path",
    "delete_file": "path",
    "fetch": "url",
}


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
    def calls(self) -> list[dict]:
        """The calls that were logged whole, in order, with the tool's name in one spelling."""
        return [
            {**event, "tool": tool_name(event["tool"])}
            for event in self.events
            if _is_whole_call(event)
        ]

    @property
    def denied(self) -> set[str]:
        """Ids of the calls that the permission layer stopped."""
        return {
            event["id"]
            for event in self.events
            if isinstance(event, dict)
            and event.get("type") == "result"
            and event.get("status") == "denied"
            and "id" in event
        }

    @property
    def has_calls(self) -> bool:
        return bool(self.calls)


def tool_name(raw: str) -> str:
    """`Shell`, `READ_FILE`, `write-file` -> `shell`, `read_file`, `write_file`."""
    return raw.strip().lower().replace("-", "_")


def _is_whole_call(event: dict) -> bool:
    if not isinstance(event, dict) or event.get("type") != "call" or "id" not in event:
        return False
    tool, args = event.get("tool"), event.get("args")
    if not isinstance(tool, str) or not isinstance(args, dict):
        return False
    needed = NEEDED.get(tool_name(tool))
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
