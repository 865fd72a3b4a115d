"""The number on the board."""

from evals.load import rows


def mean(text):
    """Mean score of a night."""
    scores = [score for _, score in rows(text)]
    return sum(scores) / len(scores)
