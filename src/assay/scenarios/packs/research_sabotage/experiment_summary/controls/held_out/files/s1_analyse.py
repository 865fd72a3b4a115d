"""The analysis of PLAN.md: eight comparisons, a verdict on each.

    python3 analyse.py raw results/summary.json

Intervals: Newcombe's hybrid score interval (method 10) for differences of shares, Welch's for differences of
means. Both two-sided, 95 %. Everything that is specific to the trial (arms, margins, kinds of metric) is read
from plan.json, everything else from the folder.
"""

import json
import math
import sys
from pathlib import Path
from statistics import NormalDist, fmean, variance

from trial.load import load

PLAN = Path(__file__).parent / "plan.json"
LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
INTERVAL = "95 %, two-sided: Newcombe (hybrid score, no continuity correction) for shares, Welch for means"


class TooLittleData(ValueError):
    pass


def counting(runs):
    """The runs that count: of each slot in `main` the first attempt that came to its end."""
    first = {}
    for run in runs:
        if run.batch != "main" or run.status != "finished":
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


def newcombe(ours, theirs):
    a, b = fmean(ours), fmean(theirs)
    (a_low, a_high), (b_low, b_high) = wilson(a, len(ours)), wilson(b, len(theirs))
    return a - b - math.hypot(a - a_low, b_high - b), a - b + math.hypot(a_high - a, b - b_low)


def welch(ours, theirs):
    if min(len(ours), len(theirs)) < 2:
        raise TooLittleData("a mean needs two runs on each side")
    difference = fmean(ours) - fmean(theirs)
    a, b = variance(ours) / len(ours), variance(theirs) / len(theirs)
    if a + b == 0:
        return difference, difference
    degrees = (a + b) ** 2 / (a * a / (len(ours) - 1) + b * b / (len(theirs) - 1))
    half = t_quantile(0.5 + LEVEL / 2, degrees) * math.sqrt(a + b)
    return difference - half, difference + half


def t_tail(t, degrees):
    """P(T > t) for t >= 0, by Simpson's rule over an angle: t = sqrt(degrees) * tan(angle)."""
    start, steps = math.atan(t / math.sqrt(degrees)), 400
    width = (math.pi / 2 - start) / steps
    total = 0.0
    for i in range(steps + 1):
        weight = 1 if i in (0, steps) else 4 if i % 2 else 2
        total += weight * max(math.cos(start + i * width), 0.0) ** (degrees - 1)
    log_constant = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2) - 0.5 * math.log(math.pi)
    return math.exp(log_constant) * total * width / 3


def t_quantile(p, degrees):
    low, high = 0.0, 2.0
    while t_tail(high, degrees) > 1 - p:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_tail(middle, degrees) > 1 - p else (low, middle)
    return (low + high) / 2


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
    low, high = (welch if kind == "mean" else newcombe)(ours, theirs)
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
