"""How often the corrected interval covers the true rate, how wide it is, and what the others do.

    python benchmarks/correction.py [--studies 2000] [--save]

A cell is a true rate, a number of runs, a true sensitivity and specificity, and the number of
distinct trajectories that each of these was measured on. Every study draws its flags and both
measurements anew, with a fixed seed. Prints a summary as one JSON line; `--save` writes all cells.

Intervals: `melded` (what `assay.stats.correction.corrected` gives), `lang_reiczigel` (Preventive
Veterinary Medicine 113 (2014), 13-22), `bootstrap` (parametric, percentile, over all three counts)
and `uncorrected` (Clopper-Pearson on the flags). The width of `melded` is over the first 25 studies
of a cell, its coverage over all. Further: pooled over levels, prediction-powered, and the false
alarm of the limit of detection, which is computed and not simulated.
"""

import argparse
import json
import time
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from assay.stats.correction import Trials, corrected, limit_of_detection
from assay.stats.estimate import limits
from assay.stats.melding import Side, flagged, flagged_by_level
from assay.stats.prediction import prediction_powered

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
RATES = (0.0, 0.005, 0.02, 0.12, 0.5)
RUNS = (50, 300, 2000)
ERRORS = ((1.0, 1.0), (0.7, 1.0), (0.9, 0.99), (1.0, 0.95), (0.7, 0.95))
TRAJECTORIES = (16, 50, 200)
PREDICTIONS: tuple[Literal["melded"], Literal["ppi++"]] = ("melded", "ppi++")
METHODS = ("melded", "lang_reiczigel", "bootstrap", "uncorrected")
ALPHA, WIDTHS, RESAMPLES = 0.025, 25, 400


def supports(side: Side, rate: float) -> bool:
    """Whether the limit on this side lies beyond `rate`; the support is at least the raw one."""
    return side.raw(rate) >= ALPHA or side.support(rate) >= ALPHA


def melded_covers(study: Ints, runs: int, m: int, rate: float) -> bool:
    x, hits, right = (int(count) for count in study)
    return all(
        supports(flagged(x, runs, Trials(hits, m), Trials(right, m), upper=upper), rate)
        for upper in (False, True)
    )


def lang_reiczigel(studies_S3: Ints, runs: int, m: int) -> tuple[Floats, Floats]:
    z = norm.ppf(1 - ALPHA)
    x, hits, right = studies_S3.T
    n = runs + z**2
    p, s, c = (x + z**2 / 2) / n, (hits + 1) / (m + 2), (right + 1) / (m + 2)
    youden = s + c - 1
    youden = np.where(youden == 0, 1e-9, youden)  # no better than chance: [0, 1] in effect
    rate = (p + c - 1) / youden
    of_s, of_c = s * (1 - s) / (m + 2), c * (1 - c) / (m + 2)
    error = np.sqrt(p * (1 - p) / n + of_s * rate**2 + of_c * (1 - rate) ** 2) / np.abs(youden)
    middle = rate + 2 * z**2 * (rate * of_s - (1 - rate) * of_c)
    return np.clip(middle - z * error, 0, 1), np.clip(middle + z * error, 0, 1)


def bootstrap(
    studies_S3: Ints, runs: int, m: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    sizes = np.array([runs, m, m])
    drawn = rng.binomial(sizes, studies_S3[None] / sizes, size=(RESAMPLES, *studies_S3.shape))
    p, s, c = np.moveaxis(drawn / sizes, -1, 0)
    youden = s + c - 1
    rates = np.clip((p + c - 1) / np.where(youden > 0, youden, np.nan), 0, 1)
    low, high = np.nanpercentile(rates, [100 * ALPHA, 100 - 100 * ALPHA], axis=0)
    return low, high


def cell(
    rate: float, runs: int, errors: tuple[float, float], m: int, studies: int, seed: list[int]
) -> dict[str, object]:
    """Coverage and mean width of every interval in one cell."""
    rng = np.random.default_rng(seed)
    s, c = errors
    flags = rng.binomial(runs, rate * s + (1 - rate) * (1 - c), studies)
    drawn_S3 = np.stack([flags, rng.binomial(m, s, studies), rng.binomial(m, c, studies)], axis=1)
    unique_U3, back_S = np.unique(drawn_S3, axis=0, return_inverse=True)
    covers_U = np.array([melded_covers(study, runs, m, rate) for study in unique_U3])
    some = [
        corrected(int(x), runs, Trials(int(a), m), Trials(int(b), m))
        for x, a, b in drawn_S3[:WIDTHS]
    ]
    exact_U = np.array([limits(float(x), runs, "exact", 0.95) for x in unique_U3[:, 0]])
    ends = {
        "lang_reiczigel": lang_reiczigel(unique_U3, runs, m),
        "bootstrap": bootstrap(unique_U3, runs, m, rng),
        "uncorrected": (exact_U[:, 0], exact_U[:, 1]),
    }
    tolerance = 1e-9
    coverage = {"melded": covers_U[back_S].mean()}
    width = {"melded": np.mean([e.high - e.low for e in some])}
    for name, (low, high) in ends.items():
        inside = (low <= rate + tolerance) & (rate - tolerance <= high)
        coverage[name] = inside[back_S].mean()
        width[name] = (high - low)[back_S].mean()
    return {
        "rate": rate,
        "runs": runs,
        "sensitivity": s,
        "specificity": c,
        "trajectories": m,
        "coverage": {name: round(float(coverage[name]), 4) for name in METHODS},
        "width": {name: round(float(width[name]), 4) for name in METHODS},
        "width_to_clopper_pearson": round(float(width["melded"] / width["uncorrected"]), 2),
    }


def by_level(studies: int) -> list[dict[str, object]]:
    """Two levels with their own error rates, pooled with equal weights."""
    found = []
    s_K, c_K, weight_K = np.array([0.9, 0.7]), np.array([0.98, 0.99]), np.array([0.5, 0.5])
    for low, high, runs, m in product((0.0, 0.05), (0.2,), (60, 300), (16, 100)):
        rng = np.random.default_rng([2, runs, m, int(100 * low), int(100 * high)])
        rate_K = np.array([low, high])
        covered, widths = 0, []
        for study in range(studies):
            x_K = rng.binomial(runs, rate_K * s_K + (1 - rate_K) * (1 - c_K)).astype(float)
            hits, right = (
                [Trials(int(k), m) for k in rng.binomial(m, share_K)] for share_K in (s_K, c_K)
            )
            sides = [
                flagged_by_level(x_K, np.full(2, float(runs)), weight_K, hits, right, upper=upper)
                for upper in (False, True)
            ]
            covered += all(supports(side, (low + high) / 2) for side in sides)
            if study < WIDTHS:
                widths.append(sides[1].limit(ALPHA) - sides[0].limit(ALPHA))
        found.append(
            {
                "rates": [low, high],
                "runs_per_level": runs,
                "trajectories": m,
                "coverage": round(covered / studies, 4),
                "width": round(float(np.mean(widths)), 4),
            }
        )
    return found


def predicted(studies: int) -> list[dict[str, object]]:
    """A judge on every run, people on some: both intervals of `prediction_powered`."""
    found = []
    for rate, runs, labelled in product((0.005, 0.02, 0.12, 0.5), (300, 2000), (30, 200)):
        rng = np.random.default_rng([3, runs, labelled, int(1000 * rate)])
        covered, widths = {"melded": 0, "ppi++": 0}, {"melded": 0.0, "ppi++": 0.0}
        for _ in range(studies):
            truth = rng.random(runs) < rate
            judge = rng.random(runs) < np.where(truth, 0.85, 0.03)
            human = np.where(np.arange(runs) < labelled, truth.astype(float), np.nan)
            for name in PREDICTIONS:
                try:
                    estimate = prediction_powered(judge, human, name)
                except ValueError:  # full accord: PPI++ has no interval, so none that covers
                    continue
                covered[name] += estimate.low <= rate <= estimate.high
                widths[name] += (estimate.high - estimate.low) / studies
        found.append(
            {
                "rate": rate,
                "runs": runs,
                "labelled": labelled,
                "coverage": {name: round(hit / studies, 4) for name, hit in covered.items()},
                "width": {name: round(width, 4) for name, width in widths.items()},
            }
        )
    return found


def detection() -> list[dict[str, object]]:
    """Limit of detection, and the largest false alarm at a true rate of zero, both exact."""
    found = []
    for runs, m, (s, c) in product((50, 300, 2000), (16, 50, 200), ((1.0, 1.0), (0.9, 0.98))):
        hits, right = Trials(round(m * s), m), Trials(round(m * c), m)
        limit = limit_of_detection(runs, hits, right)
        found.append(
            {
                "runs": runs,
                "sensitivity": [hits.hits, m],
                "specificity": [right.hits, m],
                "limit": None if limit.rate is None else round(limit.rate, 4),
                "worst_false_alarm": round(limit.worst_false_alarm, 4),
            }
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    args = parser.parse_args()
    began = time.perf_counter()
    grid = product(enumerate(RATES), RUNS, enumerate(ERRORS), TRAJECTORIES)
    cells = [
        cell(rate, runs, errors, m, args.studies, [1, i, runs, j, m])
        for (i, rate), runs, (j, errors), m in grid
    ]
    coverage = {name: np.array([c["coverage"][name] for c in cells]) for name in METHODS}  # type: ignore[index]
    levels, predictions = by_level(args.studies // 10), predicted(args.studies // 5)
    limits_found = detection()
    summary = {
        "studies": args.studies,
        "cells": len(cells),
        "monte_carlo_error_at_0.95": round(float(np.sqrt(0.95 * 0.05 / args.studies)), 4),
        "least_coverage": {name: float(values.min()) for name, values in coverage.items()},
        "mean_coverage": {name: round(float(v.mean()), 4) for name, v in coverage.items()},
        "share_of_cells_below_0.94": {
            name: round(float((v < 0.94).mean()), 4) for name, v in coverage.items()
        },
        "least_coverage_by_level": min(c["coverage"] for c in levels),  # type: ignore[type-var]
        "least_coverage_prediction": {
            name: min(c["coverage"][name] for c in predictions)  # type: ignore[index]
            for name in ("melded", "ppi++")
        },
        "worst_false_alarm": max(c["worst_false_alarm"] for c in limits_found),  # type: ignore[type-var]
    }
    print(json.dumps(summary | {"seconds": round(time.perf_counter() - began, 1)}))
    if args.save:
        result = {
            "date": datetime.now(UTC).date().isoformat(),
            **summary,
            "grid": cells,
            "by_level": levels,
            "prediction": predictions,
            "limit_of_detection": limits_found,
        }
        path = Path(__file__).parent / "results" / "correction.json"
        lines = [
            f"{json.dumps(key)}: [\n{',\n'.join(map(json.dumps, value))}\n]"
            if isinstance(value, list)
            else f"{json.dumps(key)}: {json.dumps(value)}"
            for key, value in result.items()
        ]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
