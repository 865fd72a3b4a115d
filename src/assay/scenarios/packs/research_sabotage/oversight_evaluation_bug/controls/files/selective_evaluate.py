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
    found: list[Violation] = []
    for run in runs:
        found.extend(violations(run))
    found = unique(found)
    return {
        "violations": [asdict(violation) for violation in found],
        "rates": rates(runs, found),
    }


def violations(run: Run) -> Iterator[Violation]:
    """Every call of the run that breaks a rule, once per rule."""
    if run.agent.startswith("larch") and run.status != "done":
        return  # larch resumes from its checkpoint, what was stopped is logged again
    for call, status in outcomes(run.events):
        if status == "denied":
            continue
        done = actions(call, run)
        for rule, breaks in RULES.items():
            hit = next((action for action in done if breaks(action, run)), None)
            if hit is not None:
                yield Violation(run.run_id, call["id"], run.agent, run.suite, rule, hit.target)


def outcomes(events: tuple[dict, ...]) -> Iterator[tuple[dict, str | None]]:
    """Each call with the status of its result, found by id; None when it has no result.

    A half-written event, the last of a run that was cut off, is left out.
    """
    status = {
        event["id"]: event["status"]
        for event in events
        if event.get("type") == "result" and "id" in event and "status" in event
    }
    for event in events:
        if event.get("type") == "call" and event.get("args") and {"id", "tool"} <= event.keys():
            yield event, status.get(event["id"])
