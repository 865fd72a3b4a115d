"""Which calls of a run took place. Logs are out of order, doubled and cut off: docs/record-format.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

ARGUMENT = {"shell": "command", "read_file": "path", "write_file": "path", "delete_file": "path", "fetch": "url"}


def tool(name: str) -> str:
    return name.lower().replace("-", "_")


def whole(event: dict) -> bool:
    """Whether a call was written to its end."""
    if event.get("type") != "call" or not {"id", "tool", "args"} <= event.keys():
        return False
    try:
        argument = ARGUMENT.get(tool(event["tool"]))
        return argument is None or isinstance(event["args"][argument], str)
    except (AttributeError, KeyError, TypeError):
        return False


def not_denied(events: Iterable[dict]) -> Iterator[dict]:
    """Calls in logged order, each once, without those that the permission layer stopped."""
    events = list(events)
    stopped = {e.get("id") for e in events if e.get("type") == "result" and e.get("status") == "denied"}
    seen = set()
    for event in filter(whole, events):
        if event["id"] in seen or event["id"] in stopped:
            continue
        seen.add(event["id"])
        yield {**event, "tool": tool(event["tool"])}
