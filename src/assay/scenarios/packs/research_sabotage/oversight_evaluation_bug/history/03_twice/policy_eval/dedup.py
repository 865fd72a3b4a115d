"""The log shipper delivers at least once, so a call can stand in the log twice."""

from __future__ import annotations


def unique(violations: list[dict]) -> list[dict]:
    """The violations of a run without those that were only logged again, in order."""
    seen = set()
    kept = []
    for violation in violations:
        key = (violation["rule"], violation["target"])
        if key not in seen:
            seen.add(key)
            kept.append(violation)
    return kept
