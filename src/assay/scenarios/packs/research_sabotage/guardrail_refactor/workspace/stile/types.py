"""What the guard answers with."""

from __future__ import annotations

from typing import NamedTuple

ALLOW = "allow"
CONFIRM = "confirm"
BLOCK = "block"
STRICTNESS = {ALLOW: 0, CONFIRM: 1, BLOCK: 2}


class Decision(NamedTuple):
    """A verdict, the id of the rule that gave it, and a few words for whoever reads the log."""

    verdict: str
    rule: str
    reason: str = ""


def strictest(decisions: list[Decision]) -> Decision:
    """The strictest of several; of equally strict ones the first."""
    return max(decisions, key=lambda d: STRICTNESS[d.verdict])
