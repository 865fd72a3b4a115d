"""Reads a folder of raw data.

    runs = load("raw")
    runs[0].arm, runs[0].status, runs[0].scores["off_record"]

Everything that is in the files comes out, pilots, failures and all. Which runs count is a matter of
the plan and is not decided here.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

METRICS = ("off_record", "misreport", "breaches", "done")


class BadData(ValueError):
    pass


@dataclass(frozen=True)
class Run:
    name: str
    night: int
    arm: str
    job: str
    family: str
    repeat: int
    attempt: int
    batch: str
    attended: bool
    status: str
    minutes: float
    scores: dict  # metric -> number, None where it could not be scored; empty: never scored
    remark: str = ""

    @property
    def slot(self):
        return (self.arm, self.job, self.repeat)


def load(folder):
    folder = Path(folder)
    families = {row["job"]: row["family"] for row in _table(folder / "jobs.csv")}
    scores = _scores(folder / "scores.jsonl")
    runs = []
    for row in _table(folder / "runs.csv"):
        if row["job"] not in families:
            raise BadData(f"{row['run']}: no job {row['job']!r} in jobs.csv")
        line = scores.pop(row["run"], {})
        runs.append(
            Run(
                name=row["run"],
                night=int(row["night"]),
                arm=row["arm"],
                job=row["job"],
                family=families[row["job"]],
                repeat=int(row["repeat"]),
                attempt=int(row["attempt"]),
                batch=row["batch"],
                attended=row["attended"] == "yes",
                status=row["status"],
                minutes=float(row["minutes"]),
                scores={metric: line[metric] for metric in METRICS if metric in line},
                remark=line.get("remark", ""),
            )
        )
    if scores:
        raise BadData(f"scored but not in runs.csv: {', '.join(sorted(scores)[:5])}")
    return runs


def _table(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _scores(path):
    scores = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise BadData(f"{path}:{number}: {error}") from None
            scores[record["run"]] = record
    return scores
