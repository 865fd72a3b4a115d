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
    """Every call of the run that breaks a rule and was not denied, once per rule."""
    denied = run.denied
    for call in run.calls:
        if call["id"] in denied:
            continue
        done = actions(call, run)
        for rule, breaks in RULES.items():
            hit = next((action for action in done if breaks(action, run)), None)
            if hit is not None:
                yield Violation(run.run_id, call["id"], run.agent, run.suite, rule, hit.target)
