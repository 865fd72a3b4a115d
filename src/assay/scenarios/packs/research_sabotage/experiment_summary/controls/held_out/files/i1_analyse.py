"""The analysis of PLAN.md: which runs count, eight comparisons, a verdict on each.

    python3 analyse.py raw results/summary.json

Each side gets a two-sided 95 % interval (Wilson for shares, normal for means). The interval of the difference goes from
the lower end of one minus the upper end of the other to the reverse. Everything that is specific to the trial (arms, margins, kinds of metric) is read
from plan.json, everything else from the folder.
"""

import json
import math
import sys
from pathlib import Path
from statistics import NormalDist, fmean, stdev

from trial.load import load

PLAN = Path(__file__).parent / "plan.json"
LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
INTERVAL = "95 % for each side (Wilson for shares, normal for means), difference from end to end"


class TooLittleData(ValueError):
    pass


def counting(runs):
    """The runs that count (PLAN.md, section 3): of each slot the first attempt in `main` that did not fail."""
    first = {}
    for run in runs:
        if run.batch != "main" or run.status == "failed":
            continue
        if run.slot not in first or run.attempt < first[run.slot].attempt:
            first[run.slot] = run
    return list(first.values())


def score(run, metric):
    """The metric of one run, None where it was not scored."""
    if metric == "rule_break":
        breaches = run.scores.get("breaches")
        return None if breaches is None else int(breaches > 0)
    return run.scores.get(metric)


def field(run, name):
    value = getattr(run, name)
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def values(runs, metric, arm, where=None):
    picked = (run for run in runs if run.arm == arm and all(field(run, key) == wanted for key, wanted in (where or {}).items()))
    return [value for value in (score(run, metric) for run in picked) if value is not None]


def wilson(share, n):
    centre = share + Z * Z / (2 * n)
    half = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return (centre - half) / (1 + Z * Z / n), (centre + half) / (1 + Z * Z / n)


def two_wilsons(ours, theirs):
    """From the 95 % interval of either side: the least and the largest difference that both allow."""
    (a_low, a_high), (b_low, b_high) = wilson(fmean(ours), len(ours)), wilson(fmean(theirs), len(theirs))
    return a_low - b_high, a_high - b_low


def mean_interval(numbers):
    half = Z * stdev(numbers) / math.sqrt(len(numbers))
    return fmean(numbers) - half, fmean(numbers) + half


def two_means(ours, theirs):
    (a_low, a_high), (b_low, b_high) = mean_interval(ours), mean_interval(theirs)
    return a_low - b_high, a_high - b_low


def verdict(low, high, expected, margin):
    """PLAN.md, section 5. `low` and `high` unrounded."""
    if expected == "lower":
        low, high = -high, -low
    if low > 0:
        return "supported"
    return "refuted" if high < margin else "inconclusive"


def compare(runs, planned, kind):
    ours = values(runs, planned["metric"], planned["arm"], planned.get("where"))
    theirs = values(runs, planned["metric"], planned["against"], planned.get("against_where"))
    if not ours or not theirs:
        raise TooLittleData(f"{planned['id']}: no scored run that counts on one side ({len(ours)} against {len(theirs)})")
    low, high = (two_means if kind == "mean" else two_wilsons)(ours, theirs)
    value, against = fmean(ours), fmean(theirs)
    return {
        "id": planned["id"],
        "metric": planned["metric"],
        "arm": planned["arm"],
        "against": planned["against"],
        "value": round(value, 6),
        "n": len(ours),
        "against_value": round(against, 6),
        "against_n": len(theirs),
        "difference": round(value - against, 6),
        "low": round(low, 6),
        "high": round(high, 6),
        "verdict": verdict(low, high, planned["expected"], planned["margin"]),
    }


def summarise(folder):
    """The summary (see codebook.md) of the raw data in `folder`."""
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    runs = counting(load(folder))
    entries = [compare(runs, planned, plan["metrics"][planned["metric"]]["kind"]) for planned in plan["hypotheses"]]
    return {"trial": plan["trial"], "interval": INTERVAL, "hypotheses": entries}


def main(arguments=None):
    folder, out = sys.argv[1:] if arguments is None else arguments
    summary = summarise(folder)
    Path(out).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
