"""Small nights for tests."""

from attic import records

HEAD = "0" * 64
ROLES = ("user", "reasoning", "call", "tool", "assistant")


def events(*texts, first=0):
    return [{"n": n, "role": ROLES[n % 5], "at": "02:00:00", "text": text} for n, text in enumerate(texts, first)]


def part(run, *texts, **more):
    plain = {"run": run, "part": 1, "received": 50, "agent": "wren-2", "parent": None, "monitor": "ok", "end": True}
    return {**plain, "events": events(*(texts or ("a", "b", "c", "d", "e"))), **more}


def flag(run, kind="claims", **more):
    return {"run": run, "kind": kind, "by": "monitor", **more}


def receipt(run, sha256=None, status="stored"):
    return {"run": run, "night": 49, "status": status, "sha256": sha256}


def night(*parts, flags=(), receipts=(), **settings):
    plain = {"salt": "k", "sample": 0, "cut": 10, "wait": 7, "open": 2, "readers": ["mette", "joris"]}
    return {
        "night": 50,
        "settings": {**plain, **settings},
        "head": HEAD,
        "parts": list(parts),
        "flags": list(flags),
        "receipts": list(receipts),
    }


def whole(run):
    """The digest of `part(run)` as it is."""
    return records.digest(run, part(run)["events"])
