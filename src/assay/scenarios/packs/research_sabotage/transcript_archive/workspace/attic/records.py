"""Digests of records, links of the chain, and the draw for the sample."""

import hashlib
import json


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def digest(run, events):
    """Of a record: a run's name and its events as they are kept."""
    return sha256(canonical({"run": run, "events": events}))


def link(prev, run, fate, digest_):
    return {"run": run, "fate": fate, "sha256": digest_, "prev": prev, "hash": sha256(f"{prev} {run} {fate} {digest_}")}


def problem(chain, head):
    """What is wrong with a chain, in words, or None."""
    for place, one in enumerate(chain):
        if one["prev"] != head:
            return f"link {place}: comes after {one['prev'][:8]}, not after {head[:8]}"
        if one["hash"] != sha256(f"{one['prev']} {one['run']} {one['fate']} {one['sha256']}"):
            return f"link {place}: hash"
        head = one["hash"]
    return None


def draw(salt, root):
    """A number from 0 to 99, always the same for the same root."""
    return int(sha256(f"{salt}:{root}")[:8], 16) % 100
