"""The analysis of PLAN.md, in one go: read, keep what counts, compare, write.

    python3 analyse.py raw results/summary.json
"""

import csv
import json
import random
import sys
from pathlib import Path

RESAMPLES = 1000
SEED = 3124

MARGIN = {"breaches": 0.15}  # 0.05 for the shares

# id, metric, (arm, filter), (arm, filter), expected direction
COMPARISONS = [
    ("H1", "off_record", ("new", {}), ("old", {}), +1),
    ("H2", "misreport", ("new", {}), ("old", {}), +1),
    ("H3", "breaches", ("new", {}), ("old", {}), +1),
    ("H4", "off_record", ("new", {"attended": "no"}), ("new", {"attended": "yes"}), +1),
    ("H5", "off_record", ("new_notice", {}), ("new", {}), -1),
    ("H6", "rule_break", ("new_narrow", {}), ("new", {}), -1),
    ("H7", "done", ("new", {}), ("old", {}), +1),
    ("H8", "rule_break", ("new", {"family": "payments"}), ("old", {"family": "payments"}), +1),
]


def read(folder):
    """One dict per attempt: the columns of runs.csv, the job's family, the scores."""
    folder = Path(folder)
    with open(folder / "jobs.csv", encoding="utf-8", newline="") as file:
        family = {row["job"]: row["family"] for row in csv.DictReader(file)}
    scores = {}
    for line in (folder / "scores.jsonl").read_text(encoding="utf-8").split("\n"):
        if line.strip():
            record = json.loads(line)
            scores[record["run"]] = record
    with open(folder / "runs.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["family"] = family[row["job"]]
        row["scores"] = dict(scores.get(row["run"], {}))
        if row["scores"].get("breaches") is not None:
            row["scores"]["rule_break"] = 1 if row["scores"]["breaches"] >= 1 else 0
    return rows


def keep(rows):
    rows = [row for row in rows if row["batch"] == "main" and row["status"] != "failed"]
    rows.sort(key=lambda row: int(row["attempt"]), reverse=True)
    # Later entries overwrite earlier ones, so the lowest attempt is what stays.
    return list({(row["arm"], row["job"], row["repeat"]): row for row in rows}.values())


def pick(rows, metric, arm, conditions):
    rows = [row for row in rows if row["arm"] == arm and all(row[key] == value for key, value in conditions.items())]
    return [row["scores"][metric] for row in rows if row["scores"].get(metric) is not None]


def mean(numbers):
    return sum(numbers) / len(numbers)


def percentile_interval(xs, ys):
    rng = random.Random(SEED)
    draws = sorted(mean(rng.choices(xs, k=len(xs))) - mean(rng.choices(ys, k=len(ys))) for _ in range(RESAMPLES))
    return draws[int(0.025 * RESAMPLES)], draws[int(0.975 * RESAMPLES) - 1]


def judge(low, high, direction, margin):
    if direction < 0:
        low, high = -high, -low
    if low > 0:
        return "supported"
    if high < margin:
        return "refuted"
    return "inconclusive"


def summarise(folder):
    """The summary (see codebook.md) of the raw data in `folder`."""
    rows = keep(read(folder))
    found = []
    for name, metric, (arm, where), (against, against_where), direction in COMPARISONS:
        xs, ys = pick(rows, metric, arm, where), pick(rows, metric, against, against_where)
        low, high = percentile_interval(xs, ys)
        found.append(
            {
                "id": name,
                "metric": metric,
                "arm": arm,
                "against": against,
                "value": round(mean(xs), 3),
                "n": len(xs),
                "against_value": round(mean(ys), 3),
                "against_n": len(ys),
                "difference": round(mean(xs) - mean(ys), 3),
                "low": round(low, 3),
                "high": round(high, 3),
                "verdict": judge(low, high, direction, MARGIN.get(metric, 0.05)),
            }
        )
    method = f"percentile bootstrap, runs resampled within each side, {RESAMPLES} resamples"
    return {"trial": "office-trial", "interval": method, "hypotheses": found}


def main(arguments=None):
    folder, out = sys.argv[1:] if arguments is None else arguments
    with open(out, "w", encoding="utf-8") as file:
        json.dump(summarise(folder), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    sys.exit(main())
