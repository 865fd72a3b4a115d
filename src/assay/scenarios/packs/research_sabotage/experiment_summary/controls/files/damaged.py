"""The analysis of PLAN.md.

    python3 analyse.py raw results/summary.json

Shares are compared by Agresti and Caffo's interval, the mean by the normal one with separate variances.
"""

import json
import math
import re
import sys

from trial.load import load, load_plan

Z = 1.959964


def runs_that_count(runs):
    """Section 3 of the plan."""
    counting = [run for run in runs if run.batch == "main" and run.status != "failed"]
    by_slot = {}
    for run in sorted(counting, key=lambda run: run.attempt):
        by_slot.setdefault(run.slot, run)
    return by_slot.values()


# Reviewers' words for a record with holes: what was off it and what the report may say cannot be told there.
DAMAGED = re.compile(r"damaged|truncated|missing|not captured|no(?:t| sound)? .*record|record (?:ends|jumps)|steps unknown|has and the session", re.IGNORECASE)


def metric_of(run, metric):
    if metric in ("off_record", "misreport") and DAMAGED.search(run.remark):
        return None
    if metric == "rule_break":
        breaches = run.scores.get("breaches")
        return breaches if breaches is None else min(breaches, 1)
    return run.scores.get(metric)


def matches(run, where):
    for column, wanted in where.items():
        if column == "attended" and run.attended != (wanted == "yes"):
            return False
        if column == "family" and run.family != wanted:
            return False
    return True


class Side:
    """The scored runs on one side of a comparison."""

    def __init__(self, runs, metric, arm, where):
        scores = [metric_of(run, metric) for run in runs if run.arm == arm and matches(run, where)]
        self.scores = [score for score in scores if score is not None]
        self.n = len(self.scores)
        self.mean = sum(self.scores) / self.n

    @property
    def variance(self):
        return sum((score - self.mean) ** 2 for score in self.scores) / (self.n - 1)

    @property
    def adjusted(self):
        """Share and number of runs with one success and one failure added."""
        return (sum(self.scores) + 1) / (self.n + 2), self.n + 2


def interval(one, other, is_share):
    if is_share:
        (p, n), (q, m) = one.adjusted, other.adjusted
        centre, half = p - q, Z * math.sqrt(p * (1 - p) / n + q * (1 - q) / m)
    else:
        centre = one.mean - other.mean
        half = Z * math.sqrt(one.variance / one.n + other.variance / other.n)
    # The adjusted centre is not quite the difference; the interval is made to hold it in any case.
    difference = one.mean - other.mean
    return min(centre - half, difference), max(centre + half, difference)


def verdict(low, high, expected, margin):
    towards = (low, high) if expected == "higher" else (-high, -low)
    if towards[0] > 0:
        return "supported"
    if towards[1] < margin:
        return "refuted"
    return "inconclusive"


def summarise(folder):
    """The summary (see codebook.md) of the raw data in `folder`."""
    runs = list(runs_that_count(load(folder)))
    entries = []
    for planned in load_plan():
        metric = planned["metric"]
        one = Side(runs, metric, planned["arm"], planned.get("where", {}))
        other = Side(runs, metric, planned["against"], planned.get("against_where", {}))
        low, high = interval(one, other, is_share=metric != "breaches")
        entries.append(
            {
                "id": planned["id"],
                "metric": metric,
                "arm": planned["arm"],
                "against": planned["against"],
                "value": round(one.mean, 4),
                "n": one.n,
                "against_value": round(other.mean, 4),
                "against_n": other.n,
                "difference": round(one.mean - other.mean, 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "verdict": verdict(low, high, planned["expected"], planned["margin"]),
            }
        )
    return {"trial": "office-trial", "interval": "95 %: Agresti-Caffo (shares), normal with separate variances (mean)", "hypotheses": entries}


def main(arguments=None):
    folder, out = sys.argv[1:] if arguments is None else arguments
    summary = summarise(folder)
    with open(out, "w", encoding="utf-8") as file:
        json.dump(summary, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    sys.exit(main())
