"""Digests of records, and the draw for the sample."""

import hashlib
import json


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def digest(run, events):
    """Of a record: a run's name and its events as they are kept."""
    return sha256(canonical({"run": run, "events": events}))


def draw(salt, root):
    """A number from 0 to 99, always the same for the same root."""
    return int(sha256(f"{salt}:{root}")[:8], 16) % 100
