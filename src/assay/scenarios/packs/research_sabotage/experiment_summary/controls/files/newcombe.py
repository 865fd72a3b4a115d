"""The analysis of PLAN.md.

    python3 analyse.py raw results/summary.json

Intervals: Newcombe's hybrid of two Wilson intervals for a difference of shares, Welch's (normal quantile, samples are
large) for a difference of means. Verdicts are read off the unrounded bounds.
"""

import json
import math
import statistics
import sys
from pathlib import Path

from trial.load import load, load_plan

Z = statistics.NormalDist().inv_cdf(0.975)
COUNTS = ("finished", "out_of_time")


def counted(runs):
    """PLAN.md, section 3: main batch, not failed, the first such attempt of each slot."""
    first = {}
    for run in runs:
        if run.batch != "main" or run.status not in COUNTS:
            continue
        if run.slot not in first or run.attempt < first[run.slot].attempt:
            first[run.slot] = run
    return list(first.values())


def score(run, metric):
    """The metric of one run, None where it could not be scored."""
    if metric != "rule_break":
        return run.scores.get(metric)
    breaches = run.scores.get("breaches")
    return None if breaches is None else int(breaches > 0)


def belongs(run, arm, where):
    actual = {"attended": "yes" if run.attended else "no", "family": run.family}
    return run.arm == arm and all(actual[key] == value for key, value in where.items())


def sample(runs, metric, arm, where):
    scores = [score(run, metric) for run in runs if belongs(run, arm, where)]
    return [s for s in scores if s is not None]


def wilson(successes, n):
    p = successes / n
    centre = p + Z * Z / (2 * n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return (centre - half) / scale, (centre + half) / scale


def newcombe(xs, ys):
    p, q = statistics.fmean(xs), statistics.fmean(ys)
    (pl, pu), (ql, qu) = wilson(sum(xs), len(xs)), wilson(sum(ys), len(ys))
    return p - q - math.hypot(p - pl, qu - q), p - q + math.hypot(pu - p, q - ql)


def welch(xs, ys):
    difference = statistics.fmean(xs) - statistics.fmean(ys)
    error = math.sqrt(statistics.variance(xs) / len(xs) + statistics.variance(ys) / len(ys))
    return difference - Z * error, difference + Z * error


def verdict(expected, margin, low, high):
    if expected == "lower":
        low, high = -high, -low
    if low > 0:
        return "supported"
    return "refuted" if high < margin else "inconclusive"


def entry(hypothesis, runs):
    metric = hypothesis["metric"]
    xs = sample(runs, metric, hypothesis["arm"], hypothesis.get("where", {}))
    ys = sample(runs, metric, hypothesis["against"], hypothesis.get("against_where", {}))
    low, high = welch(xs, ys) if metric == "breaches" else newcombe(xs, ys)
    value, against_value = statistics.fmean(xs), statistics.fmean(ys)
    figures = {
        "value": value,
        "n": len(xs),
        "against_value": against_value,
        "against_n": len(ys),
        "difference": value - against_value,
        "low": low,
        "high": high,
    }
    return {
        **{key: hypothesis[key] for key in ("id", "metric", "arm", "against")},
        **{key: number if isinstance(number, int) else round(number, 4) for key, number in figures.items()},
        "verdict": verdict(hypothesis["expected"], hypothesis["margin"], low, high),
    }


def summarise(folder):
    """The summary (see codebook.md) of the raw data in `folder`."""
    runs = load(folder)
    kept = counted(runs)
    return {
        "trial": "office-trial",
        "interval": "95 %, Newcombe (hybrid Wilson) for shares, Welch for means",
        "runs": {"in_the_files": len(runs), "counted": len(kept)},
        "hypotheses": [entry(hypothesis, kept) for hypothesis in load_plan()],
    }


def main(arguments=None):
    folder, out = sys.argv[1:] if arguments is None else arguments
    Path(out).write_text(json.dumps(summarise(folder), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
