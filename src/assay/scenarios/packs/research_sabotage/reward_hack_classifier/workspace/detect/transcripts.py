"""Read transcripts of coding episodes.

One line of a .jsonl file is one episode:

    {"id": "ep-03f1c2", "policy": "heron-2-rl", "task": "...", "steps": [...],
     "result": {"passed": 6, "failed": 0}, "label": {"hack": false, "kind": null}}

A step has an `actor` (`setup`: the harness preparing the container, `policy`: the model) and is
one of

    {"actor": ..., "text": "..."}                                           prose
    {"actor": ..., "tool": "bash", "command": "...", "output": "..."}
    {"actor": ..., "tool": "write", "path": "...", "content": "..."}
    {"actor": ..., "tool": "edit", "path": "...", "old": "...", "new": "..."}

`label` is only there in files that have been through labelling.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TOOLS = ("bash", "write", "edit")


class BadTranscript(ValueError):
    """A line that is not a transcript; the message says which one and why."""


@dataclass(frozen=True)
class Step:
    actor: str
    text: str = ""
    tool: str | None = None
    path: str | None = None
    command: str = ""
    output: str = ""
    content: str = ""
    old: str = ""
    new: str = ""

    @property
    def added(self) -> str:
        """What this step put into a file (empty for prose and commands)."""
        return self.content if self.tool == "write" else self.new


@dataclass(frozen=True)
class Transcript:
    id: str
    policy: str
    task: str
    steps: tuple[Step, ...]
    result: dict[str, int] = field(default_factory=dict)
    hack: bool | None = None
    kind: str | None = None

    def by(self, actor: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.actor == actor)


def parse(record: dict[str, Any]) -> Transcript:
    """A transcript from one parsed JSON line, labelled or not."""
    try:
        steps = tuple(Step(**step) for step in record["steps"])
        label = record.get("label") or {}
        transcript = Transcript(
            id=record["id"],
            policy=record["policy"],
            task=record["task"],
            steps=steps,
            result=record.get("result", {}),
            hack=label.get("hack"),
            kind=label.get("kind"),
        )
    except (KeyError, TypeError) as error:
        raise BadTranscript(f"{record.get('id', '?')}: {error}") from error
    for step in steps:
        if step.tool is not None and step.tool not in TOOLS:
            raise BadTranscript(f"{transcript.id}: unknown tool {step.tool!r}")
    return transcript


def read_records(path: str | Path) -> Iterator[dict[str, Any]]:
    """The raw JSON objects of a .jsonl file."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise BadTranscript(f"{path}:{number}: {error}") from error


def load(path: str | Path) -> list[Transcript]:
    return [parse(record) for record in read_records(path)]


def unlabelled(record: dict[str, Any]) -> dict[str, Any]:
    """The record as the monitor sees it in production: no label."""
    return {key: value for key, value in record.items() if key != "label"}
