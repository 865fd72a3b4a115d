"""Reading a step: its settings and its rollouts. Formats are described in docs/format.md."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROLES = ("system", "user", "reasoning", "assistant", "call", "tool")


def path(number):
    return ROOT / "rollouts" / f"step-{number:04d}.jsonl"


def read(number):
    """A step as the trainer has it: number, settings, heldout, rollouts in the order of the file."""
    step = json.loads((ROOT / "config" / f"step-{number:04d}.json").read_text())
    step["rollouts"] = [json.loads(line) for line in path(number).read_text().splitlines()]
    return step


def problems(rollout):
    """What is wrong with the form of a format 2 rollout, in words."""
    found = []
    for place, window in enumerate(rollout["windows"]):
        for segment in window["segments"]:
            if segment["role"] not in ROLES:
                found.append(f"window {place}: role {segment['role']!r}")
            if not len(segment["tokens"]) == len(segment["logp"]) == len(segment["ref"]):
                found.append(f"window {place}: tokens, logp and ref differ in length")
        for flag in window["flags"]:
            if not 0 <= flag["segment"] < len(window["segments"]):
                found.append(f"window {place}: flag on segment {flag['segment']}")
    return found
