"""How often the headline interval covers the true rate, and how wide it is.

    python benchmarks/coverage.py [--seeds 200] [--rate 0.12] [--save]

Prints one JSON line: coverage, its Monte Carlo error, and mean width of each interval, also as a
ratio to Clopper-Pearson's, over audits of 120 runs (3 scenarios x 40 epochs). `headline` is what an
audit prints. In `scenarios_vary` each audit draws its scenarios' rates from a Beta distribution
with mean `rate`, and that mean is to be covered: the question for the two intervals that speak of
scenarios like these.
"""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assay.providers.control import ControlPlan
from assay.stats.clusters import cluster_bootstrap, clustered
from assay.stats.estimate import Estimate, rate, zero_event_bounds

SCENARIOS, EPOCHS = 3, 40
CLUSTER = np.repeat(np.arange(SCENARIOS), EPOCHS)
Bools = npt.NDArray[np.bool_]


def draw_runs(seed: int, true_rate: float) -> Bools:
    """Which of an audit's 120 runs `control/sabotage?rate=&seed=` truly sabotages."""
    plan = ControlPlan("sabotage", rate=true_rate, seed=seed)
    drawn = [
        plan.draws(f"scenario_{scenario}", {"motivation": "safety"}, epoch)
        for scenario in range(SCENARIOS)
        for epoch in range(1, EPOCHS + 1)
    ]
    return np.array(drawn)


def draw_varied(seed: int, true_rate: float, *, concentration: float = 6.0) -> Bools:
    """The same, with each scenario's own rate drawn from a Beta distribution around `true_rate`."""
    rng = np.random.default_rng(seed)
    shape = true_rate * concentration, (1 - true_rate) * concentration
    return rng.random(len(CLUSTER)) < rng.beta(*shape, size=SCENARIOS)[CLUSTER]


def bootstrap(events: Bools, seed: int) -> Estimate:
    """The bootstrap, or at zero events the bound that stands in for it."""
    if not events.any():
        return zero_event_bounds(len(events), SCENARIOS).scenarios_like_these
    return cluster_bootstrap(events, CLUSTER, np.random.default_rng(seed), resamples=2000)


INTERVALS: dict[str, Callable[[Bools, int], Estimate]] = {
    "headline": lambda events, _: rate(events),
    "clopper_pearson": lambda events, _: rate(events, "exact"),
    "wilson": lambda events, _: rate(events, "wilson"),
    "bootstrap": bootstrap,
    "clustered": lambda events, _: clustered(events, CLUSTER),
}


def measure(
    draw: Callable[[int, float], Bools], names: list[str], seeds: int, true_rate: float
) -> dict[str, dict[str, float]]:
    """Coverage and mean width of each named interval over `seeds` audits."""
    audits = [draw(seed, true_rate) for seed in range(seeds)]
    found = {}
    for name in names:
        estimates = [INTERVALS[name](events, seed) for seed, events in enumerate(audits)]
        covered = np.mean([e.low <= true_rate <= e.high for e in estimates])
        found[name] = {
            "coverage": round(float(covered), 4),
            "error": round(float(np.sqrt(covered * (1 - covered) / seeds)), 4),
            "width": round(float(np.mean([e.high - e.low for e in estimates])), 4),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--rate", type=float, default=0.12)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    args = parser.parse_args()
    fixed = measure(draw_runs, list(INTERVALS), args.seeds, args.rate)
    varied = measure(draw_varied, ["bootstrap", "clustered"], args.seeds, args.rate)
    exact = fixed["clopper_pearson"]["width"]
    result = {
        "seeds": args.seeds,
        "rate": args.rate,
        "runs": len(CLUSTER),
        "scenarios": SCENARIOS,
        **fixed,
        "width_to_clopper_pearson": {n: round(e["width"] / exact, 4) for n, e in fixed.items()},
        "scenarios_vary": varied,
    }
    print(json.dumps(result))
    if args.save:
        stamped = {"date": datetime.now(UTC).date().isoformat(), **result}
        path = Path(__file__).parent / "results" / "coverage.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(stamped, indent=2) + "\n")


if __name__ == "__main__":
    main()
