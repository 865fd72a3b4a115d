"""False alarm, stopping times and coverage of the anytime-valid rules, with a look after every run.

    python benchmarks/sequential.py [--replications 10000] [--save]

Prints one JSON line. `false_alarm`: share of audits that are stopped "below 3 %" within 4,800 runs
although the rate of the pack is exactly 3 %, however it is spread over the scenarios (the limit is
5 % for audits of any length); `peeking` is what repeating the fixed test after every run would do.
`runs`: expected runs and quantiles of `--stop-below 0.03`, beside the fixed design (436) and the
oracle, a sequential likelihood ratio test that is told the true rate. `curves`: share stopped by
then. `interval`: the two-sided confidence sequence, with a look after every epoch.
"""

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assay.stats.betting import Capital, log_capital_above, lower_limit, upper_limit
from assay.stats.designs import Goal
from assay.stats.estimate import rate as fixed_rate
from assay.stats.sequential import Run, StoppingRule, fixed_design_runs, schedule

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

BELOW, SCENARIOS, MOST = 0.03, 24, 4800
RATES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.06, 0.12)
MARKS = list(range(24, 1201, 24))


def nulls(scenarios: int = SCENARIOS) -> dict[str, Floats]:
    """Rates by scenario with a mean of exactly 3 %."""
    total = BELOW * scenarios

    def some(count: int) -> Floats:
        return np.where(np.arange(scenarios) < count, total / count, 0.0)

    ramp = np.arange(scenarios) * BELOW * 2 / (scenarios - 1)
    fewest = int(np.ceil(total))
    return {
        "all alike": np.full(scenarios, BELOW),
        f"all in {fewest} of {scenarios}": some(fewest),
        f"all in {2 * fewest} of {scenarios}": some(2 * fewest),
        f"all in {scenarios // 2} of {scenarios}": some(scenarios // 2),
        "rising from 0 to 6 %": ramp,
    }


def stopping_times(rate_S: Floats, replications: int, seed: int, *, moving: bool = False) -> Ints:
    """Run at which each audit is stopped below 3 %, 0 if never; in a random order in each epoch.

    `moving` hands the scenarios' rates around from epoch to epoch.
    """
    rng, cells = np.random.default_rng(seed), len(rate_S)
    stopped_R = np.zeros(replications, dtype=np.int64)
    capital, open_R = Capital(BELOW, cells, audits=replications), np.arange(replications)
    for epoch in range(MOST // cells):
        rates = rng.permuted(np.tile(rate_S, (len(open_R), 1)), axis=1)
        events_RS = rng.random(rates.shape) < rates
        if moving and epoch % 2:
            # Every other epoch: all of the rate in as few scenarios as hold it.
            few = np.argsort(rng.random(rates.shape), axis=1)
            height = np.clip(BELOW * cells - few, 0, 1)
            events_RS = rng.random(rates.shape) < height
        capital.epoch(events_RS)
        done_R = capital.reached_R > 0
        stopped_R[open_R[done_R]] = capital.reached_R[done_R]
        open_R = open_R[~done_R]
        capital.log_RK, capital.events_R = capital.log_RK[~done_R], capital.events_R[~done_R]
        capital.reached_R = capital.reached_R[~done_R]
        if not len(open_R):
            break
    return stopped_R


def stops_above(rate_S: Floats, threshold: float, replications: int, seed: int) -> Ints:
    """Run at which each audit is stopped above the threshold: the rest of an epoch as no events."""
    rng, cells = np.random.default_rng(seed), len(rate_S)
    stopped_R = np.zeros(replications, dtype=np.int64)
    ends_E = cells * np.arange(1, MOST // cells + 1)
    for at in range(replications):
        events = rng.random((len(ends_E), cells)) < rng.permuted(
            np.tile(rate_S, (len(ends_E), 1)), axis=1
        )
        count = np.cumsum(events)
        # Only an event can raise the capital above the mark, so these are all the looks there are.
        look = np.flatnonzero(events)
        if len(look):
            end = (look // cells + 1) * cells
            over = log_capital_above(threshold, count[look], end) >= np.log(20)
            if over.any():
                stopped_R[at] = look[over.argmax()] + 1
    return stopped_R


def exact_times(most_N: Ints, rate: float) -> Floats:
    """Probability to be stopped at run n when at most most_N[n] events stop; runs are alike."""
    open_E, stopped_N = np.zeros(int(most_N.max()) + 3), np.zeros(len(most_N))
    open_E[0] = 1.0
    for n in range(1, len(most_N)):
        over = open_E[-1]
        open_E[1:] = open_E[1:] * (1 - rate) + open_E[:-1] * rate
        open_E[-1] += over * rate
        open_E[0] *= 1 - rate
        stopped_N[n] = open_E[: most_N[n] + 1].sum()
        open_E[: most_N[n] + 1] = 0
    return stopped_N


def oracle_boundary(rate: float) -> Ints:
    """Most events at which the likelihood ratio of the true rate to 3 % reaches 20."""
    n = np.arange(MOST + 1)
    quiet = np.log1p(-rate) - np.log1p(-BELOW)
    each = quiet - (np.log(rate) - np.log(BELOW)) if rate else np.inf
    most_N = (n * quiet - np.log(20)) / each if rate else np.where(n * quiet >= np.log(20), 0, -1)
    return np.maximum(np.floor(most_N), -1).astype(np.int64)


def described(stopped_R: Ints) -> dict[str, object]:
    runs_R = np.where(stopped_R > 0, stopped_R, MOST)
    within = [round(float(((stopped_R > 0) & (stopped_R <= n)).mean()), 4) for n in MARKS]
    return {
        "stopped": round(float((stopped_R > 0).mean()), 4),
        "expected": round(float(runs_R.mean()), 1),
        "error": round(float(runs_R.std() / np.sqrt(len(runs_R))), 1),
        "quantiles_10_50_90_99": np.quantile(runs_R, (0.1, 0.5, 0.9, 0.99)).astype(int).tolist(),
        "by_436": round(float(((stopped_R > 0) & (stopped_R <= 436)).mean()), 4),
        "curve": within,
    }


def exactly(stopped_N: Floats) -> dict[str, object]:
    n, left = np.arange(len(stopped_N)), 1 - stopped_N.sum()
    total = np.cumsum(stopped_N)
    quantiles = [int(np.argmax(total >= q)) if total[-1] >= q else MOST for q in (0.1, 0.5, 0.9)]
    return {
        "stopped": round(float(total[-1]), 4),
        "expected": round(float(n @ stopped_N + left * MOST), 1),
        "quantiles_10_50_90": quantiles,
        "curve": [round(float(total[mark]), 4) for mark in MARKS],
    }


def interval(true_rate: float, replications: int, epochs: int, seed: int) -> dict[str, object]:
    """Share of audits whose two-sided interval held the rate at every epoch; width at the last."""
    rng, goal = np.random.default_rng(seed), float(-np.log(0.025))
    own_S = rng.dirichlet(np.ones(SCENARIOS)) * true_rate * SCENARIOS
    own_S = np.full(SCENARIOS, true_rate) if own_S.max() > 1 else own_S
    counts_RE = np.cumsum(
        (rng.random((replications, epochs, SCENARIOS)) < own_S).sum(axis=2), axis=1
    )
    held_R = np.ones(replications, dtype=bool)
    narrow_R = np.zeros(replications, dtype=np.int64)
    for epoch in range(epochs):
        n = SCENARIOS * (epoch + 1)
        seen_U, back_R = np.unique(counts_RE[:, epoch], return_inverse=True)
        low_U = np.array([lower_limit(int(x), n, goal) for x in seen_U])
        high_U = np.array([upper_limit(int(x), ((0, n - int(x)),), 1, goal) for x in seen_U])
        held_R &= ((low_U <= own_S.mean()) & (own_S.mean() <= high_U))[back_R]
        width_R = (high_U - low_U)[back_R]
        narrow_R[(narrow_R == 0) & (width_R <= 0.05)] = n
    fixed = [fixed_rate(np.arange(n) < x) for x in counts_RE[:20, -1]]
    return {
        "coverage_at_every_epoch": round(float(held_R.mean()), 4),
        "runs": n,
        "mean_width": round(float(width_R.mean()), 4),
        "mean_width_clopper_pearson": round(float(np.mean([e.high - e.low for e in fixed])), 4),
        "width_005_median_runs": int(np.median(narrow_R)) or None,
    }


def speed(runs: int = 2000) -> dict[str, float]:
    """Milliseconds of one decision after so many runs, best and median of 50."""
    rng = np.random.default_rng(1)
    planned = schedule([(f"s{i}", "") for i in range(SCENARIOS)], 100, rng)
    rule = StoppingRule(below=BELOW, above=0.2, width=0.001)
    done = [Run(*slot, bool(rng.random() < BELOW)) for slot in planned.slots[:runs]]
    spent = []
    for _ in range(50):
        start = time.perf_counter()
        rule.decide(done, planned)
        spent.append(1000 * (time.perf_counter() - start))
    return {"best": round(min(spent), 2), "median": round(float(np.median(spent)), 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replications", type=int, default=10_000)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    args = parser.parse_args()
    start, many = time.perf_counter(), args.replications

    alarms, seed = {}, 0
    for cells in (SCENARIOS, 3, 192):
        for name, rate_S in nulls(cells).items():
            seed += 1
            alarm = float((stopping_times(rate_S, many, seed) > 0).mean())
            alarms[f"{cells} cells: {name}"] = round(alarm, 4)
    moving_R = stopping_times(np.full(SCENARIOS, BELOW), many, 99, moving=True)
    alarms["24 cells: alike and all in 1 by turns"] = round(float((moving_R > 0).mean()), 4)

    goal = Goal(0.01, BELOW, 1.0, 1.0, 0.05)
    naive = exact_times(goal.critical(np.arange(MOST + 1)), BELOW).sum()
    stops = {}
    for at, rate in enumerate(RATES):
        stops[f"{rate:g}"] = {
            "rule": described(stopping_times(np.full(SCENARIOS, rate), many, 1000 + at)),
            "oracle": exactly(exact_times(oracle_boundary(rate), rate)) if rate < BELOW else None,
        }
    wide = {
        f"{cells} cells": {
            f"{rate:g}": described(stopping_times(np.full(cells, rate), many, 2000 + at))[
                "expected"
            ]
            for at, rate in enumerate((0.0, 0.01))
        }
        for cells in (3, 8, 48, 96, 192)
    }
    few = max(many // 5, 500)
    above = {
        f"{rate:g}": described(stops_above(np.full(SCENARIOS, rate), BELOW, few, 3000 + at))
        for at, rate in enumerate((0.03, 0.06, 0.12))
    }
    result = {
        "replications": many,
        "below": BELOW,
        "scenarios": SCENARIOS,
        "most_runs": MOST,
        "false_alarm": alarms,
        "false_alarm_error": round(float(np.sqrt(0.05 * 0.95 / many)), 4),
        "peeking": round(float(naive), 4),
        "fixed_design_runs": fixed_design_runs(BELOW, 0.01),
        "curve_at_runs": MARKS,
        "runs": stops,
        "expected_by_size_of_epoch": wide,
        "above": above,
        "interval": {f"{p:g}": interval(p, 2000, 120, 4000) for p in (0.01, 0.12, 0.5)},
        "decide_ms_2000_runs": speed(),
        "seconds": round(time.perf_counter() - start, 1),
    }
    print(json.dumps(result))
    if args.save:
        stamped = {"date": datetime.now(UTC).date().isoformat(), **result}
        path = Path(__file__).parent / "results" / "sequential.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(stamped, indent=1) + "\n")


if __name__ == "__main__":
    main()
