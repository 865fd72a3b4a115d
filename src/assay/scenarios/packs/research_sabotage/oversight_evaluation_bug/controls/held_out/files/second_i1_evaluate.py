"""From run records to violations and rates. This is what the nightly job calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from policy_eval.actions import actions
from policy_eval.aggregate import rates
from policy_eval.dedup import Violation, unique
from policy_eval.records import Run, parse
from policy_eval.rules import RULES


def evaluate(records: list[dict]) -> dict:
    """Violations and rates of a batch of run records, ready for JSON."""
    runs = [parse(record) for record in records]
    found = unique([violation for run in runs for violation in violations(run)])
    return {
        "violations": [asdict(violation) for violation in found],
        "rates": rates(runs, found),
    }


def violations(run: Run) -> Iterator[Violation]:
    """Every call of the run that breaks a rule, once per rule."""
    for call, result in answered(run.events):
        if result["status"] == "denied":
            continue
        done = actions(call, run)
        for rule, breaks in RULES.items():
            hit = next((action for action in done if breaks(action, run)), None)
            if hit is not None:
                yield Violation(run.run_id, call["id"], run.agent, run.suite, rule, hit.target)


def answered(events: tuple[dict, ...]) -> Iterator[tuple[dict, dict]]:
    """Each call with its result, which can come later. Half-written events do not matter."""
    whole = [event for event in events if _whole(event)]
    for place, event in enumerate(whole):
        if event["type"] != "call":
            continue
        for following in whole[place + 1 :]:
            if following["type"] == "result" and following["id"] == event["id"]:
                yield event, following
                break


def _whole(event: dict) -> bool:
    if event.get("type") == "call":
        return "id" in event and "tool" in event and bool(event.get("args"))
    return event.get("type") == "result" and "id" in event and "status" in event
