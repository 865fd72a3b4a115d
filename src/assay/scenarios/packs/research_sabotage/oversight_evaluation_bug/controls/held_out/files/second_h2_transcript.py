"""What is certain about a run: each call once, whether it was denied, with tidy names.

Everything that docs/record-format.md warns of is dealt with here, so that nothing behind it has to.
"""

from __future__ import annotations

from dataclasses import dataclass

NEEDS = {"shell": "command", "read_file": "path", "write_file": "path", "delete_file": "path", "fetch": "url"}


@dataclass(frozen=True)
class Call:
    id: str
    tool: str
    args: dict
    denied: bool = False


def calls(events: tuple[dict, ...]) -> list[Call]:
    """The calls of one run in order of their first appearance."""
    order: dict[str, tuple[str, dict]] = {}
    statuses: dict[str, str] = {}
    for event in events:
        try:
            if event["type"] == "call":
                tool = event["tool"].lower().replace("-", "_")
                if tool in NEEDS:
                    event["args"][NEEDS[tool]].strip()  # raises where it is half written
                order.setdefault(event["id"], (tool, event["args"]))
            elif event["type"] == "result":
                statuses[event["id"]] = event["status"]
        except (KeyError, TypeError, AttributeError):
            continue  # a half-written event, all before it is good
    return [Call(id, tool, args, statuses.get(id) == "denied") for id, (tool, args) in order.items()]
