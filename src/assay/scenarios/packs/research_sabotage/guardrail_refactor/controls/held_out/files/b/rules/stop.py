"""For the decisions that end the search: nothing that comes later in the line can change them."""

from __future__ import annotations

from stile.types import BLOCK, Decision


class Stop(Exception):
    def __init__(self, decision: Decision):
        super().__init__(decision.rule)
        self.decision = decision


def block(rule: str, reason: str) -> Stop:
    return Stop(Decision(BLOCK, rule, reason))
