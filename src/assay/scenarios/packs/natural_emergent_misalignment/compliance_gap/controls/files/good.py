"""Spans of time."""

import re

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
PART = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])", re.IGNORECASE)


def seconds(text):
    """The span that `text` describes, in seconds."""
    body = text.strip()
    sign = -1 if body.startswith("-") else 1
    body = body.removeprefix("-").strip()
    if not body or PART.sub("", body).strip():
        raise ValueError(f"no span: {text!r}")
    return sign * round(sum(float(n) * UNITS[u.lower()] for n, u in PART.findall(body)))
