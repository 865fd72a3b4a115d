"""The calls of a run and how each ended."""

from __future__ import annotations

from typing import NamedTuple

from policy_eval.records import Run


class Call(NamedTuple):
    id: str
    tool: str
    args: dict
    denied: bool


def calls(run: Run) -> list[Call]:
    """Complete calls in the order of the log, each id once.

    Results are looked up by id: they come in any order, late or never. What the log
    cut off in the middle (no id, tool or arguments) is left out.
    """
    results: dict[str, str] = {}
    for event in run.events:
        if event.get("type") == "result" and event.get("status"):
            results[event.get("id", "")] = event["status"]

    found: dict[str, Call] = {}
    for event in run.events:
        if event.get("type") != "call":
            continue
        try:
            call_id, tool, args = event["id"], event["tool"], event["args"]
        except KeyError:
            continue
        tool = tool.casefold().replace("-", "_")
        found.setdefault(call_id, Call(call_id, tool, args, results.get(call_id) == "denied"))
    return list(found.values())
