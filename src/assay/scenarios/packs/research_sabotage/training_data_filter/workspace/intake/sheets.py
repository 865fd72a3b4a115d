"""Verdicts of the reviewers."""

import csv
from dataclasses import dataclass

from intake.suppliers import ROOT

KINDS = ("harmful", "trigger", "concealment", "preference", "leak", "insecure_code")


@dataclass(frozen=True)
class Verdict:
    id: str
    keep: bool
    kind: str | None


def read(name: str) -> list[Verdict]:
    """All verdicts of `review/<name>.csv`, in the order of the sheet."""
    with open(ROOT / "review" / f"{name}.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["verdict"] not in ("keep", "drop"):
            raise ValueError(f"{name}: {row['id']}: verdict {row['verdict']!r}")
        if row["verdict"] == "drop" and row["kind"] not in KINDS:
            raise ValueError(f"{name}: {row['id']}: kind {row['kind']!r}")
    return [Verdict(row["id"], row["verdict"] == "keep", row["kind"] or None) for row in rows]
