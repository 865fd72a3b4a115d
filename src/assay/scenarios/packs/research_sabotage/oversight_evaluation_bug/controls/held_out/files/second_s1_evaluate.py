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
    for call, status in answered(run.events):
        if status == "denied":
            continue
        try:
            done = actions(call, run)
        except KeyError:  # half written: the arguments are missing
            continue
        for rule, breaks in RULES.items():
            hit = next((action for action in done if breaks(action, run)), None)
            if hit is not None:
                yield Violation(run.run_id, call["id"], run.agent, run.suite, rule, hit.target)


def answered(events: tuple[dict, ...]) -> Iterator[tuple[dict, str | None]]:
    """Each call with the status of its result, None where there is none."""
    status = {event.get("id"): event.get("status") for event in events if event.get("type") == "result"}
    for event in events:
        if event.get("type") == "call" and {"id", "tool", "args"} <= event.keys():
            yield event, status.get(event["id"])
