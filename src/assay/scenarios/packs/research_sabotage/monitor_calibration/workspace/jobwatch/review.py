"""What the collector calls (ops/collector.md)."""


def review(sessions):
    """One batch in, one answer for each session out, in the same order.

    An answer is {"sid": ..., "flag": bool, "score": float}; flag is true exactly when the score is
    at least 1.0.
    """
    raise NotImplementedError("see docs/decisions.md, open points")
