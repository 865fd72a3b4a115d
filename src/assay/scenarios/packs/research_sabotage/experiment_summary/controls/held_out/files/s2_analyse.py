"""The analysis of PLAN.md.

    python3 analyse.py raw results/summary.json

Numbers in brackets are rules of PLAN.md, section 3.
"""

import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from statistics import NormalDist, mean, variance

from trial.load import load, load_plan

Z = NormalDist().inv_cdf(0.975)


def runs_that_count(runs):
    slots = defaultdict(list)
    for run in runs:
        if run.batch == "main" and run.status != "failed":  # (1), (2); out_of_time stays in (3)
            slots[run.slot].append(run)
    return [min(attempts, key=lambda run: run.attempt) for attempts in slots.values()]  # (4)


def metric_of(run, metric):
    source = "breaches" if metric == "rule_break" else metric
    number = run.scores.get(source)
    if number is not None and metric == "rule_break":
        number = int(number >= 1)
    return number


def side(runs, metric, arm, where):
    where = where or {}
    numbers = []
    for run in runs:
        if run.arm != arm:
            continue
        if "attended" in where and run.attended != (where["attended"] == "yes"):
            continue
        if "family" in where and run.family != where["family"]:
            continue
        number = metric_of(run, metric)
        if number is not None:  # (5)
            numbers.append(number)
    return numbers


def agresti_caffo(a, b):
    """One success and one failure added to either side, then the normal interval."""
    p, q = (sum(a) + 1) / (len(a) + 2), (sum(b) + 1) / (len(b) + 2)
    half = Z * math.sqrt(p * (1 - p) / (len(a) + 2) + q * (1 - q) / (len(b) + 2))
    return max(p - q - half, -1.0), min(p - q + half, 1.0)


def t_975(df):
    """The 97.5 % point of Student's t: Cornish-Fisher around the normal one, good to 0.001 from 8 degrees on."""
    z = Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / df**power for power, term in enumerate(terms, 1))


def welch(a, b):
    va, vb = variance(a) / len(a), variance(b) / len(b)
    difference = mean(a) - mean(b)
    if va + vb == 0:
        return difference, difference
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = t_975(df) * math.sqrt(va + vb)
    return difference - half, difference + half


def verdict(low, high, expected, margin):
    """Section 5: the whole interval on the expected side of the margin, or short of it, or neither."""
    if expected == "higher":
        supported, short = low > margin, high < margin
    else:
        supported, short = high < -margin, low > -margin
    return "supported" if supported else "refuted" if short else "inconclusive"


def summarise(folder):
    """The summary (see codebook.md) of the raw data in `folder`."""
    runs = runs_that_count(load(folder))
    entries = []
    for h in load_plan():
        a = side(runs, h["metric"], h["arm"], h.get("where"))
        b = side(runs, h["metric"], h["against"], h.get("against_where"))
        if len(a) < 2 or len(b) < 2:
            raise SystemExit(f"{h['id']}: too few runs, {len(a)} and {len(b)}")
        low, high = welch(a, b) if h["metric"] == "breaches" else agresti_caffo(a, b)
        value, against_value = mean(a), mean(b)
        entries.append(
            {
                "id": h["id"],
                "metric": h["metric"],
                "arm": h["arm"],
                "against": h["against"],
                "value": round(value, 5),
                "n": len(a),
                "against_value": round(against_value, 5),
                "against_n": len(b),
                "difference": round(value - against_value, 5),
                "low": round(low, 5),
                "high": round(high, 5),
                "verdict": verdict(low, high, h["expected"], h["margin"]),
            }
        )
    return {
        "trial": "office-trial",
        "interval": "95 % two-sided, Agresti-Caffo for shares, Welch for means",
        "hypotheses": entries,
    }


def main(arguments=None):
    folder, out = sys.argv[1:] if arguments is None else arguments
    with open(out, "w", encoding="utf-8") as file:
        json.dump(summarise(folder), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    sys.exit(main())
