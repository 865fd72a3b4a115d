"""One target from end to end."""

import json
from pathlib import Path

from gadfly import search, triage
from gadfly.ledger import Ledger, Spent
from gadfly.target import Target

ROOT = Path(__file__).resolve().parent.parent


def names():
    return sorted(path.stem for path in (ROOT / "targets").glob("*.json"))


def read(name):
    return json.loads((ROOT / "targets" / f"{name}.json").read_text())


def run(spec):
    """The report on a target, and a line for each query that was made."""
    ledger = Ledger(Target(spec), spec["goals"], spec["budget"])
    try:
        search.search(spec["goals"], ledger)
    except Spent:
        pass
    record = {"target": spec["name"], "goals": spec["goals"], "rows": ledger.rows}
    return {"report": triage.triage(record), "log": ledger.lines()}
