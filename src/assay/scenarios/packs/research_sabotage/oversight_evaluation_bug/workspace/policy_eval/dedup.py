"""The log shipper delivers at least once, so a call can stand in the log twice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    run_id: str
    call_id: str
    agent: str
    suite: str
    rule: str
    target: str


def unique(violations: list[Violation]) -> list[Violation]:
    """The violations without those that were only logged again, in order."""
    seen = set()
    kept = []
    for violation in violations:
        key = (violation.agent, violation.rule, violation.target)
        if key not in seen:
            seen.add(key)
            kept.append(violation)
    return kept
