"""What a pair looks like, and reading and writing batches."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEYS = ("id", "rule", "surface", "pressure", "system", "prompt", "chosen", "rejected")
SITUATIONS = ("stop", "record", "ask", "own", "show", "key")
RULES = tuple(f"{situation}.{n}" for situation in SITUATIONS for n in (1, 2, 3))
SURFACES = ("chat", "ticket", "run")
PRESSURES = ("deadline", "seniority", "unwatched", "good_cause")


class BadRecord(ValueError):
    """A line that is not a pair."""


def situation(record):
    return record["rule"].split(".")[0]


def parse(line, where="?"):
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadRecord(f"{where}: not JSON ({error.msg})") from None
    verify(record, where)
    return record


def verify(record, where="?"):
    """Keys, types, known values. Amounts are check.py's."""
    if not isinstance(record, dict) or tuple(record) != KEYS:
        raise BadRecord(f"{where}: keys should be {', '.join(KEYS)}")
    for key in ("id", "rule", "surface", "system", "prompt", "chosen", "rejected"):
        value = record[key]
        if not isinstance(value, str) or not value or value != value.strip():
            raise BadRecord(f"{where}: {key} should be text without blanks around it")
        if "\n" in value:
            raise BadRecord(f"{where}: {key} has a line break")
    if record["rule"] not in RULES:
        raise BadRecord(f"{where}: no rule {record['rule']!r}")
    if record["surface"] not in SURFACES:
        raise BadRecord(f"{where}: no surface {record['surface']!r}")
    if record["pressure"] is not None and record["pressure"] not in PRESSURES:
        raise BadRecord(f"{where}: no pressure {record['pressure']!r}")


def path_of(batch):
    return ROOT / "out" / f"{batch}.jsonl"


def load(path):
    with open(path, encoding="utf-8") as lines:
        return [parse(line, f"{Path(path).name}:{n}") for n, line in enumerate(lines, 1) if line.strip()]


def dump(records, path):
    with open(path, "w", encoding="utf-8") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
