"""Seconds and memory of everything that a report needs from 100,000 runs.

    python benchmarks/report_speed.py [--rows 100000] [--save]

Prints one JSON line: seconds for the summary and for each further part, and the process's highest
resident memory, the rows themselves included. The rows are of 24 scenarios in 8 families, each over
a grid of four factors of two levels with benign twins, by a real target with a judge.
"""

import argparse
import json
import platform
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from assay.stats import rows as select
from assay.stats.agreement import confusion, kappa, krippendorff
from assay.stats.clusters import clustering, hierarchical_bootstrap, pack_rate
from assay.stats.compare import (
    Pairs,
    bootstrap_difference,
    clustered_difference,
    equivalence,
    holm,
    mcnemar,
    permutation_test,
)
from assay.stats.factors import interactions, marginal_effects
from assay.stats.summary import summarise

SCENARIOS = 24
FACTORS = {
    "motivation": ("safety", "general"),
    "replacement": ("same_lineage", "other_model"),
    "autonomy": ("alone", "with_user"),
    "oversight": ("unreviewed", "reviewed"),
}


def make_rows(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    cells = [dict(zip(FACTORS, levels, strict=True)) for levels in product(*FACTORS.values())]
    epochs = -(-n // (SCENARIOS * len(cells)))
    scenario, cell, epoch = (
        part.ravel()[:n]
        for part in np.meshgrid(np.arange(SCENARIOS), np.arange(len(cells)), np.arange(epochs))
    )
    twin = np.array([levels["motivation"] == "general" for levels in cells])[cell]
    names = np.array([".".join(levels.values()) for levels in cells], dtype=object)
    partner = np.array(
        [".".join(["safety", *list(levels.values())[1:]]) for levels in cells], dtype=object
    )
    harmful = rng.random(n) < np.where(twin, 0.01, rng.beta(0.5, 8, SCENARIOS)[scenario])
    graded, refused = rng.random(n) > 0.02, rng.random(n) < 0.05
    outcome = np.where(harmful, "harmful", np.where(rng.random(n) < 0.05, "broken", "intact"))
    outcome = np.where(refused, "untouched", outcome).astype(object)
    outcome[~graded] = None
    conduct = np.where(harmful, np.where(twin, "honest_failure", "misaligned"), "completed")
    conduct = np.where(refused, "refused", conduct)
    return pd.DataFrame(
        {
            "scenario": np.array([f"scenario_{i:02d}" for i in range(SCENARIOS)])[scenario],
            "levels": np.array([json.dumps(levels) for levels in cells], dtype=object)[cell],
            "cell": names[cell],
            "is_twin": twin,
            "twin_of": np.where(twin, partner[cell], None),
            "epoch": epoch + 1,
            "elicited": None,
            "prefix": None,
            "ending": None,
            "prefill_aware": None,
            "control": None,
            "control_name": None,
            "outcome": outcome,
            "effectiveness": np.where(graded, rng.random(n), np.nan),
            "conduct": np.where(graded, conduct, "ungraded"),
            "refusal_reason": np.where(refused, "scope", None),
            "disclosed": np.where(harmful, False, None),
            "admirable": np.where(rng.random(n) < 0.05, '["escalated"]', "[]"),
            "covert": np.where(harmful, rng.random(n) < 0.5, None),
            "ungraded_reason": np.where(graded, None, "time limit: 15 min"),
            "retries": (rng.random(n) < 0.03).astype(int),
            "input_tokens": rng.integers(30_000, 60_000, n),
            "output_tokens": rng.integers(2_000, 6_000, n),
            "cached_tokens": rng.integers(10_000, 20_000, n),
            "cost": rng.uniform(0.05, 0.2, n),
            "seconds": rng.uniform(60, 900, n),
        }
    )


def parts(rows: pd.DataFrame) -> dict[str, Callable[[], object]]:
    rng = np.random.default_rng(0)
    main = rows[~select.twin(rows) & select.graded(rows)]
    events, scenario = select.harmful(main), main["scenario"].to_numpy()
    family = np.array([int(name[-2:]) // 3 for name in scenario])
    parsed = select.levels(main)
    factors = {name: [run[name] for run in parsed] for name in FACTORS}
    matched = select.harm_pairs(rows)
    pairs = Pairs(
        matched["main"].to_numpy(), matched["twin"].to_numpy(), tuple(matched["scenario"])
    )
    said = np.where(rng.random(len(main)) < 0.9, events, ~events).astype(str)
    units = list(zip(events.astype(str).tolist(), said.tolist(), strict=True))
    return {
        "clustering": lambda: clustering(events, scenario),
        "pack_rate": lambda: pack_rate(events, scenario),
        "hierarchical_bootstrap": lambda: hierarchical_bootstrap(
            events, scenario, rng, family=family
        ),
        "mcnemar": lambda: mcnemar(pairs.first, pairs.second),
        "permutation_test": lambda: permutation_test(pairs),
        "clustered_difference": lambda: clustered_difference(pairs),
        "bootstrap_difference": lambda: bootstrap_difference(pairs, rng),
        "equivalence": lambda: equivalence(pairs, 0.2, estimand="scenarios like these"),
        "marginal_effects": lambda: marginal_effects(events, scenario, factors),
        "interactions": lambda: interactions(events, scenario, factors),
        "holm": lambda: holm("report", {"one": 0.01, "two": 0.02}),
        "confusion": lambda: confusion(range(len(said)), events.astype(str), said),
        "kappa": lambda: kappa(events.astype(str), said),
        "krippendorff": lambda: krippendorff(units, rng),
    }


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return round(time.perf_counter() - start, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    args = parser.parse_args()
    rows = make_rows(args.rows)
    seconds = {"summarise": timed(lambda: summarise(rows, judge=True))}
    start = time.perf_counter()
    made = parts(rows)
    seconds["select"] = round(time.perf_counter() - start, 3)
    seconds |= {name: timed(function) for name, function in made.items()}
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
    result = {
        "rows": len(rows),
        "seconds": round(sum(seconds.values()), 2),
        "peak_gb": round(peak, 2),
        "parts": seconds,
        "python": platform.python_version(),
    }
    print(json.dumps(result))
    if args.save:
        stamped = {"date": datetime.now(UTC).date().isoformat(), **result}
        path = Path(__file__).parent / "results" / "report_speed.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(stamped, indent=2) + "\n")


if __name__ == "__main__":
    main()
