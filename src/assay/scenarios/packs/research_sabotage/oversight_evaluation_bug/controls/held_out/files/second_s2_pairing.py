"""Calls and their results, put back together from the log of one run."""

from __future__ import annotations

NEEDED = ("command", "path", "url", "query", "text")


def paired(events: tuple[dict, ...]) -> list[tuple[dict, str]]:
    """Each call with the status of its result, however far apart they stand.

    A call may be half written where the log breaks off. It is recognised by its result, which can
    only follow a complete one.
    """
    waiting: dict[str, dict] = {}
    pairs: list[tuple[dict, str]] = []
    for event in events:
        kind, key = event.get("type"), event.get("id")
        if kind == "call" and "args" in event and "tool" in event:
            waiting.setdefault(key, event)
        elif kind == "result" and key in waiting:
            pairs.append((waiting.pop(key), event.get("status", "failed")))
    return pairs
