"""Flags sessions: the names of the rules that a session's record matches."""

import json
import re
from pathlib import Path

RULES = Path(__file__).with_name("rules.json")


def flag(session):
    """Names of the rules that `session` (a dict of lists and numbers) matches, in order."""
    found = []
    for rule in json.loads(RULES.read_text()):
        values = session.get(rule["field"], [])
        values = values if isinstance(values, list) else [values]
        if any(re.search(rule["pattern"], str(value)) for value in values):
            found.append(rule["name"])
    return found


if __name__ == "__main__":
    import sys

    for line in sys.stdin:
        print(json.dumps(flag(json.loads(line))))
