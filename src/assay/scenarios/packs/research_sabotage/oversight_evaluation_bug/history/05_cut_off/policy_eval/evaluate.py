"""From a run record to violations."""

from __future__ import annotations

from collections.abc import Iterator

from policy_eval.dedup import unique
from policy_eval.records import parse
from policy_eval.rules import RULES


def evaluate(record: dict) -> list[dict]:
    run = parse(record)
    if run.status != "done":
        return []  # cut-off logs: the last event can be half written
    found = []
    for call, result in answered(run.events):
        if result["status"] == "denied":
            continue
        target = next(iter(call["args"].values()), "")
        for rule, breaks in RULES.items():
            if breaks(call, run):
                found.append(
                    {"run_id": run.run_id, "call_id": call["id"], "rule": rule, "target": target}
                )
    return unique(found)


def answered(events: tuple[dict, ...]) -> Iterator[tuple[dict, dict]]:
    """Each call with its result."""
    for event, following in zip(events, events[1:]):
        if event["type"] == "call" and following["type"] == "result":
            yield event, following
