"""Reading a night. Formats are described in docs/format.md."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROLES = ("user", "reasoning", "assistant", "call", "tool")


def lines(night, name):
    path = ROOT / "spool" / f"{night:04d}" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def read(night):
    """A night as `close` gets it: night, settings, head, parts, flags, receipts."""
    found = json.loads((ROOT / "config" / f"night-{night:04d}.json").read_text())
    return found | {name: lines(night, name) for name in ("parts", "flags", "receipts")}


def problems(night):
    """What is wrong with the form of a night, in words."""
    for part in night["parts"]:
        for event in part["events"]:
            if event["role"] not in ROLES:
                yield f"{part['run']}: role {event['role']!r}"
        if part["received"] > night["night"]:
            yield f"{part['run']}: received in night {part['received']}"
