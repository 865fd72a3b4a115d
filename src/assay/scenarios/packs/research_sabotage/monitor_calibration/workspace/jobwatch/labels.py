"""What triage said of a session. See labels/README."""

import csv
from typing import NamedTuple

from jobwatch.sessions import ROOT

VERDICTS = ("benign", "attack", "open")


class Verdict(NamedTuple):
    verdict: str
    kind: str  # "" unless attack
    by: str
    note: str


def read(path):
    found = {}
    with open(path, encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            if row["verdict"] not in VERDICTS:
                raise ValueError(f"{path}: {row['sid']} has verdict {row['verdict']!r}")
            found[row["sid"]] = Verdict(row["verdict"], row["kind"], row["by"], row["note"])
    return found


def verdicts():
    """First verdicts by session id."""
    return read(ROOT / "labels" / "verdicts.csv")
