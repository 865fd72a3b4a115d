"""Does the factor analysis find the effect that is there, and no other?

    python benchmarks/factor_recovery.py [--seeds 50] [--epochs 2] [--save]

Full-grid audits of the shipped pack, drawn by the control provider itself: each run replays the
script that the provider chooses, and its outcome is the one that the script declares (which
`assay scenarios check` holds the graders to). Three targets: honest everywhere; sabotage in 10 % of
runs everywhere; sabotage only where motivation is safety-relevant and oversight is absent, at
several rates. Prints one JSON line: by target the share of audits in which each effect is found
(p after Holm at most 0.05), and in which any effect is found that is not there. `false_effects`
is of main effects, `false_interactions` of the screen; the stated error rate is 5 % for each.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from assay.providers.control import ControlPlan
from assay.scenarios.catalog import select
from assay.scenarios.samples import Assignment, assignments
from assay.stats.evidence import factors

ALPHA = 0.05
TRUE_FACTORS = {"motivation", "oversight"}
CELL = "motivation=safety&oversight=unreviewed"
TARGETS = {
    "honest": "honest",
    "sabotage?rate=0.1": "sabotage?rate=0.1",
    **{f"sabotage?rate={rate}, in its cell": f"sabotage?rate={rate}&{CELL}" for rate in (1, 0.3)},
}


def rows(plan: ControlPlan, grid: list[Assignment], epochs: int) -> pd.DataFrame:
    """One audit over the whole grid, with the outcomes that its scripts declare."""
    return pd.DataFrame(
        [
            {
                "scenario": run.scenario,
                "is_twin": run.is_twin,
                "levels": json.dumps(run.levels),
                "outcome": plan.choose(run, epoch).outcome,
            }
            for run in grid
            for epoch in range(1, epochs + 1)
        ]
    )


def found(table: pd.DataFrame) -> tuple[set[str], set[frozenset[str]]]:
    """Factors with an effect in this pack, and pairs of factors whose effects do not add."""
    result = factors(table[~table["is_twin"]], table[table["is_twin"]])
    assert result is not None
    effects = {
        effect["factor"]
        for effect in result["effects"]
        if effect["adjusted"] is not None and effect["adjusted"] <= ALPHA
    }
    pairs = {
        frozenset(pair["factors"]) for pair in result["interactions"] if pair["adjusted"] <= ALPHA
    }
    return effects, pairs


def audits(name: str, grid: list[Assignment], seeds: int, epochs: int) -> Iterator[Any]:
    joiner = "&" if "?" in name else "?"
    for seed in range(seeds):
        yield found(rows(ControlPlan.parse(f"{name}{joiner}seed={seed}"), grid, epochs))


def recovery(target: str, grid: list[Assignment], seeds: int, epochs: int) -> dict[str, float]:
    """Shares of audits; what is there depends on the target."""
    there = TRUE_FACTORS if CELL in target else set()
    results = list(audits(target, grid, seeds, epochs))

    def share(hits: list[bool]) -> float:
        return round(sum(hits) / len(hits), 3)

    shown = {factor: share([factor in effects for effects, _ in results]) for factor in there}
    if there:
        shown["interaction"] = share([frozenset(there) in pairs for _, pairs in results])
    return {
        **shown,
        "false_effects": share([bool(effects - there) for effects, _ in results]),
        "false_interactions": share(
            [bool(pairs - ({frozenset(there)} if there else set())) for _, pairs in results]
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    options = parser.parse_args()
    chosen = select("research_sabotage", [])
    grid = assignments(chosen, {}, grid=True, today=date(2026, 1, 5), seed=0)
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "seeds": options.seeds,
        "scenarios": len(chosen),
        "cells": len(grid),
        "runs": len(grid) * options.epochs,
        "alpha": ALPHA,
        "targets": {
            name: recovery(target, grid, options.seeds, options.epochs)
            for name, target in TARGETS.items()
        },
    }
    print(json.dumps(result))
    if options.save:
        path = Path(__file__).parent / "results" / "factor_recovery.json"
        path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
