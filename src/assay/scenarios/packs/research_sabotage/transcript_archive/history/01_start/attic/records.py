"""Digests of records."""

import hashlib
import json


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def digest(run, events):
    """Of a record: a run's name and its events as they are kept."""
    return sha256(canonical({"run": run, "events": events}))
