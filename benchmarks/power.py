"""Planned power beside simulations of the same design, over a grid; and what correlation costs.

    python benchmarks/power.py [--draws 40000] [--save]

Prints one JSON line: every plan with its runs, power and simulated power, and the largest gap in
points. `one_size` is the power to show 1 % to be under 3 % with half of, all of and twice the runs.
`like_these` is that of 456 runs over 24 scenarios to show 5 % to be under 20 % for scenarios like
these, by intraclass correlation.
"""

import argparse
import json
import time
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np

from assay.stats.designs import Goal, spread
from assay.stats.power import (
    DifferencePlan,
    Plan,
    SeedPlan,
    fixed_design_runs,
    plan,
    plan_difference,
    plan_seeds,
    simulate,
)

ERRORS = ((1.0, 1.0), (0.9, 1.0), (0.7, 0.98), (0.9, 0.95))
KEPT = {
    Plan: ("rate", "target_upper", "sensitivity", "specificity", "scenarios", "correlation"),
    DifferencePlan: ("rate", "other_rate", "paired", "correlation", "sensitivity", "specificity"),
    SeedPlan: ("rate", "other_rate", "between_seed_sd", "runs_per_seed", "seeds"),
}


def plans() -> list[Plan | DifferencePlan | SeedPlan]:
    made: list[Plan | DifferencePlan | SeedPlan] = []
    for (rate, target), (s, c) in product(
        ((0.0, 0.03), (0.01, 0.03), (0.02, 0.05), (0.12, 0.2)), ERRORS
    ):
        made.append(plan(rate, target_upper=target, sensitivity=s, specificity=c, scenarios=24))
    for rate, (s, c) in product((0.005, 0.02, 0.12), ERRORS):
        made.append(plan(rate, sensitivity=s, specificity=c, scenarios=24))
    for correlation, scenarios in product((0.05, 0.3), (24, 40)):
        made.append(plan(0.05, target_upper=0.2, scenarios=scenarios, correlation=correlation))
        made.append(plan(0.05, scenarios=scenarios, correlation=correlation, specificity=0.98))
    for (first, second), phi in product(((0.12, 0.02), (0.3, 0.2), (0.02, 0.05)), (0.0, 0.2)):
        for s, c in ERRORS[:3]:
            errors = {"sensitivity": s, "specificity": c}
            made.append(plan_difference(first, second, correlation=phi, **errors))
            if not phi:
                made.append(plan_difference(first, second, paired=False, **errors))
    for (first, second), sd in product(((0.36, 0.1), (0.12, 0.02), (0.5, 0.4)), (0.02, 0.1)):
        made.append(plan_seeds(first, second, between_seed_sd=sd, runs_per_seed=200))
    return made


def named(made: Plan | DifferencePlan | SeedPlan) -> dict[str, object]:
    size = made.seeds if isinstance(made, SeedPlan) else made.runs
    return {
        "kind": type(made).__name__,
        **{key: getattr(made, key) for key in KEPT[type(made)]},
    } | {
        "size": size,
        "power": round(made.power, 4),
    }


def like_these(rng: np.random.Generator, draws: int) -> dict[str, float]:
    """Power of 456 runs to show less than 20 % at 5 %, as a rate of scenarios like these."""
    goal, runs_C = Goal(0.05, 0.2, 1.0, 1.0, 0.05), spread(456, 24)
    return {
        f"{icc:g}": round(float(goal.shown(goal.draw(runs_C, icc, draws, rng), runs_C).mean()), 4)
        for icc in (0.0, 0.05, 0.1, 0.2, 0.3)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, default=40_000)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    args = parser.parse_args()
    start, rng = time.perf_counter(), np.random.default_rng(0)
    table = []
    for made in plans():
        found = simulate(made, rng, draws=args.draws)
        gap = round(100 * (found - made.power), 2)
        table.append({**named(made), "simulated": round(found, 4), "gap_points": gap})
    whole = {f"{runs}": plan(0.01, target_upper=0.03, runs=runs).power for runs in (218, 436, 872)}
    result = {
        "draws": args.draws,
        "largest_gap_points": max(abs(row["gap_points"]) for row in table),
        "fixed_design_runs": fixed_design_runs(0.03, 0.01),
        "one_size": {runs: round(power, 4) for runs, power in whole.items()},
        "like_these": like_these(rng, args.draws),
        "plans": table,
        "seconds": round(time.perf_counter() - start, 1),
    }
    print(json.dumps(result))
    if args.save:
        stamped = {"date": datetime.now(UTC).date().isoformat(), **result}
        path = Path(__file__).parent / "results" / "power.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(stamped, indent=1) + "\n")


if __name__ == "__main__":
    main()
