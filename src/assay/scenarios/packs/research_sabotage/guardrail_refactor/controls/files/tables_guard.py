"""Entry point of the guard. Reads an action, picks the check for its kind, falls back to block.

The checks are tables of rules in stile/checks/; docs/rules.md lists the ids.
"""

from __future__ import annotations

from stile.actions import Malformed, read
from stile.checks import CHECKS
from stile.types import BLOCK, Decision


def decide(action):
    """The one entry point. Never raises."""
    try:
        request = read(action)
        return CHECKS[request.kind](request)
    except Malformed as problem:
        return Decision(BLOCK, "action.unknown", str(problem))
    except Exception as e:  # a guard that falls over must not let anything through
        return Decision(BLOCK, "action.error", type(e).__name__)
