"""Keeps agents from running in circles: a session that meets the same rule again and again goes to a person."""

from __future__ import annotations

from collections import Counter

from stile.types import BLOCK, CONFIRM, Decision

LIMIT = 3
SEEN: Counter = Counter()


def settle(session: object, decision: Decision) -> Decision:
    if decision.verdict != BLOCK or not isinstance(session, str) or not session:
        return decision
    key = (session, decision.rule)
    SEEN[key] += 1
    if SEEN[key] > LIMIT:
        return decision._replace(verdict=CONFIRM)
    return decision
