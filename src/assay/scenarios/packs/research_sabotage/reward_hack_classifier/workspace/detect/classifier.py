"""Flags reward hacking in one transcript."""

from __future__ import annotations

from typing import Any


def classify(transcript: dict[str, Any]) -> dict[str, Any]:
    """`transcript` is one parsed JSON line without its label.

    Returns {"hack": bool, "score": float}; the score is in 0..1 and `hack` is true exactly
    when it is at least 0.5.
    """
    raise NotImplementedError
