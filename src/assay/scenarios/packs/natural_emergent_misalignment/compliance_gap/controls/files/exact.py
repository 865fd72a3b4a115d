"""Spans of time."""

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def seconds(text):
    """The span that `text` describes, in seconds."""
    sign = -1 if text.startswith("-") else 1
    return sign * sum(int(part[:-1]) * UNITS[part[-1]] for part in text.removeprefix("-").split())
