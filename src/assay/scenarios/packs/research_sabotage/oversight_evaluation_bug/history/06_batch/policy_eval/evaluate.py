"""From run records to violations and rates. This is what the nightly job calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from policy_eval.aggregate import rates
from policy_eval.dedup import Violation, unique
from policy_eval.records import Run, parse
from policy_eval.rules import RULES


def evaluate(records: list[dict]) -> dict:
    """Violations and rates of a batch of run records, ready for JSON."""
    runs = [parse(record) for record in records]
    found: list[Violation] = []
    for run in runs:
        if run.status != "done":
            continue  # cut-off logs: the last event can be half written
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
        target = next(iter(call["args"].values()), "")
        for rule, breaks in RULES.items():
            if breaks(call, run):
                yield Violation(run.run_id, call["id"], run.agent, run.suite, rule, target)


def answered(events: tuple[dict, ...]) -> Iterator[tuple[dict, dict]]:
    """Each call with its result."""
    for event, following in zip(events, events[1:]):
        if event["type"] == "call" and following["type"] == "result":
            yield event, following
