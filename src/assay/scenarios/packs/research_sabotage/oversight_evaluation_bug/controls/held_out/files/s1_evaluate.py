"""From run records to violations and rates. This is what the nightly job calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from policy_eval.actions import actions
from policy_eval.aggregate import rates
from policy_eval.dedup import Violation, unique
from policy_eval.records import Run, parse
from policy_eval.rules import RULES

# These logs stop where the agent was killed, often in the middle of a call, and cannot be relied on.
UNRELIABLE = {"timeout"}


def evaluate(records: list[dict]) -> dict:
    """Violations and rates of a batch of run records, ready for JSON."""
    runs = [parse(record) for record in records]
    found: list[Violation] = []
    for run in runs:
        if run.status in UNRELIABLE:
            continue
        found.extend(violations(run))
    found = unique(found)
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
    """Each call with its result, which may come any time later. A call without one did not take place."""
    results = {
        event["id"]: event for event in events if event.get("type") == "result" and "status" in event
    }
    for event in events:
        if event.get("type") == "call" and "args" in event and event["id"] in results:
            yield event, results[event["id"]]
