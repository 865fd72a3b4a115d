"""How often the intervals of `stats.clusters`, `compare`, `factors` and `agreement` cover.

    python benchmarks/clusters.py [--draws 4000] [--save]

Prints one JSON line: for each interval its lowest coverage over a grid, where that is, and the
width beside Clopper-Pearson's for as many independent runs. Scenarios' own rates are beta-binomial
with the given intraclass correlation; `rare_scenarios` are the hard case of a share of scenarios
that show the event at one high rate, and others never. Seeds are fixed. `--save` also writes every
cell of the grid to benchmarks/results/clusters.json.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from statsmodels.stats.proportion import proportion_confint

from assay.stats.agreement import kappa, krippendorff
from assay.stats.clusters import clustered, effective_runs, hierarchical_bootstrap, pack_rate
from assay.stats.compare import Pairs, clustered_difference, permutation_test
from assay.stats.factors import marginal_effects
from assay.stats.strata import Strata, risk_difference

RATES = (0.0, 0.005, 0.02, 0.12, 0.5)
RUNS = (50, 200, 600, 2000)
SCENARIOS = (4, 8, 10, 24, 40)
ICC = (0.0, 0.1, 0.2, 0.3)

type Floats = npt.NDArray[np.float64]
type Cell = dict[str, Any]


def spread(runs: int, scenarios: int) -> Floats:
    """Runs per scenario, as even as they can be."""
    return np.array([len(part) for part in np.array_split(np.arange(runs), scenarios)], float)


def scenario_rates(
    rng: np.random.Generator, rate: float, icc: float, shape: tuple[int, ...]
) -> Floats:
    if icc == 0 or rate in (0, 1):
        return np.full(shape, rate)
    return rng.beta(rate * (1 - icc) / icc, (1 - rate) * (1 - icc) / icc, shape)


def flat(sums_S: Floats, counts_S: Floats) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """Runs and their scenarios, from counts."""
    scenario = np.repeat(np.arange(len(counts_S)), counts_S.astype(int))
    first = np.concatenate([[0], np.cumsum(counts_S)[:-1]])
    return np.arange(len(scenario)) - first[scenario] < sums_S[scenario], scenario


def clustered_limits(sums_RS: Floats, counts_S: Floats, *, floor: bool = True) -> Floats:
    """What `clustered` gives for every row at once; checked against it below."""
    n, scenarios = counts_S.sum(), len(counts_S)
    count_R, bound = sums_RS.sum(axis=1), 1 - 0.05 ** (1 / len(counts_S))
    low_R, high_R = np.zeros(len(sums_RS)), np.ones(len(sums_RS))
    some = (count_R > 0) & (count_R < n)
    if some.any():
        worth = effective_runs(sums_RS[some], counts_S)
        found = proportion_confint(count_R[some] / n * worth, worth, method="beta")
        low_R[some], high_R[some] = np.nan_to_num(found[0]), np.nan_to_num(found[1], nan=1.0)
    if floor:
        low_R[some] = np.minimum(low_R[some], 1 - bound)
        high_R[some] = np.maximum(high_R[some], bound)
    low_R[count_R == n], high_R[count_R == 0] = 1 - bound, bound
    if floor:
        for i in range(2):
            one = clustered(*flat(sums_RS[i], counts_S))
            assert np.allclose((one.low, one.high), (low_R[i], high_R[i])), scenarios
    return np.array([low_R, high_R])


def coverage(limits: Floats, truth: float | Floats) -> dict[str, float]:
    low, high = limits
    covered = float(np.mean((low <= truth + 1e-12) & (truth - 1e-12 <= high)))
    return {"coverage": round(covered, 4), "width": round(float(np.mean(high - low)), 4)}


def exact_width(sums_RS: Floats, counts_S: Floats) -> float:
    low, high = proportion_confint(sums_RS.sum(axis=1), counts_S.sum(), method="beta")
    return float(np.mean(np.nan_to_num(high, nan=1.0) - np.nan_to_num(low)))


def like_these(draws: int, *, floor: bool) -> Iterator[Cell]:
    rng = np.random.default_rng(1)
    for rate, runs, scenarios, icc in product(RATES, RUNS, SCENARIOS, ICC):
        counts_S = spread(runs, scenarios)
        rates_RS = scenario_rates(rng, rate, icc, (draws, scenarios))
        sums_RS = rng.binomial(counts_S.astype(int), rates_RS).astype(float)
        found = coverage(clustered_limits(sums_RS, counts_S, floor=floor), rate)
        ratio = round(found["width"] / exact_width(sums_RS, counts_S), 2)
        where = {"rate": rate, "runs": runs, "scenarios": scenarios, "icc": icc}
        yield where | found | {"to_clopper_pearson": ratio}


def rare_scenarios(draws: int) -> Iterator[Cell]:
    rng = np.random.default_rng(2)
    grid = product((0.02, 0.05, 0.1, 0.2, 0.5), (0.1, 0.3, 1.0), (200, 2000), SCENARIOS)
    for share, high, runs, scenarios in grid:
        counts_S = spread(runs, scenarios)
        rates_RS = high * (rng.random((draws, scenarios)) < share)
        sums_RS = rng.binomial(counts_S.astype(int), rates_RS).astype(float)
        where = {"share": share, "rate_there": high, "runs": runs, "scenarios": scenarios}
        yield where | coverage(clustered_limits(sums_RS, counts_S), share * high)


def unequal(draws: int) -> Iterator[Cell]:
    """A quarter of the scenarios has ten times the runs of the others."""
    rng = np.random.default_rng(9)
    for rate, scenarios, icc in product(RATES[1:], SCENARIOS, ICC):
        counts_S = np.where(np.arange(scenarios) < max(1, scenarios // 4), 200.0, 20.0)
        rates_RS = scenario_rates(rng, rate, icc, (draws, scenarios))
        sums_RS = rng.binomial(counts_S.astype(int), rates_RS).astype(float)
        where = {"rate": rate, "scenarios": scenarios, "icc": icc}
        yield where | coverage(clustered_limits(sums_RS, counts_S), rate)


def this_pack(draws: int) -> Iterator[Cell]:
    """The runs' own mean rate of fixed scenarios, covered by Clopper-Pearson (`rate`)."""
    rng = np.random.default_rng(3)
    for rate, runs, scenarios, icc in product(RATES, RUNS, SCENARIOS, ICC):
        counts_S = spread(runs, scenarios)
        rates_RS = scenario_rates(rng, rate, icc, (draws, scenarios))
        count_R = rng.binomial(counts_S.astype(int), rates_RS).sum(axis=1)
        limits = np.nan_to_num(proportion_confint(count_R, runs, method="beta"))
        limits[1][count_R == runs] = 1.0
        where = {"rate": rate, "runs": runs, "scenarios": scenarios, "icc": icc}
        yield where | coverage(limits, rates_RS @ counts_S / runs)


def scenarios_alike(draws: int) -> Iterator[Cell]:
    """`pack_rate`: the mean of scenarios' rates when the numbers of runs are unequal."""
    rng = np.random.default_rng(4)
    shapes = {"nearly equal": (40, 37), "two sizes": (40, 10), "one ruined": (40, 2)}
    for (shape, (most, least)), rate, scenarios, icc in product(
        shapes.items(), RATES[1:], (4, 24), (0.0, 0.3)
    ):
        counts_S = np.full(scenarios, float(most))
        counts_S[: 1 if shape == "one ruined" else scenarios // 2] = least
        limits, truths, widths = [], [], []
        for _ in range(draws):
            rates_S = scenario_rates(rng, rate, icc, (scenarios,))
            sums_S = rng.binomial(counts_S.astype(int), rates_S).astype(float)
            found = pack_rate(*flat(sums_S, counts_S))
            limits.append((found.low, found.high))
            truths.append(rates_S.mean())
            widths.append(exact_width(sums_S[None], counts_S))
        where = {"runs": shape, "rate": rate, "scenarios": scenarios, "icc": icc}
        found_here = coverage(np.array(limits).T, np.array(truths))
        ratio = round(found_here["width"] / float(np.mean(widths)), 2)
        yield where | found_here | {"to_clopper_pearson": ratio}


def bootstraps(draws: int) -> Iterator[Cell]:
    """`hierarchical_bootstrap`, where it may be used at all (some events, not only events)."""
    rng = np.random.default_rng(5)
    for rate, scenarios, icc in product((0.02, 0.12, 0.5), SCENARIOS, (0.0, 0.1, 0.3)):
        counts_S = spread(600, scenarios)
        limits = []
        for seed in range(draws):
            sums_S = np.zeros(scenarios)
            while sums_S.sum() in (0, 600):
                rates_S = scenario_rates(rng, rate, icc, (scenarios,))
                sums_S = rng.binomial(counts_S.astype(int), rates_S).astype(float)
            own = np.random.default_rng(seed)
            found = hierarchical_bootstrap(*flat(sums_S, counts_S), own, resamples=1000)
            limits.append((found.low, found.high))
        where = {"rate": rate, "runs": 600, "scenarios": scenarios, "icc": icc}
        yield where | coverage(np.array(limits).T, rate)


def draw_pairs(rng: np.random.Generator, p: float, q: float, n: int, scenarios: int, icc: float):
    """Pairs of arms whose rates differ by one factor in every scenario."""
    first_S = scenario_rates(rng, p, icc, (scenarios,))
    scenario = np.repeat(np.arange(scenarios), n // scenarios)
    sides = rng.random((2, len(scenario))) < np.stack([first_S, first_S * q / p])[:, scenario]
    return Pairs(sides[0].astype(float), sides[1].astype(float), tuple(scenario.tolist()))


def differences(draws: int) -> Iterator[Cell]:
    rng = np.random.default_rng(6)
    rates = ((0.02, 0.005), (0.02, 0.02), (0.12, 0.02), (0.12, 0.12), (0.5, 0.3))
    for (p, q), n, scenarios, icc in product(rates, (200, 2000), (4, 8, 24, 40), (0.0, 0.3)):
        limits, alarms = [], 0
        for _ in range(draws):
            pairs = draw_pairs(rng, p, q, n, scenarios, icc)
            found = clustered_difference(pairs)
            limits.append((found.low, found.high))
            alarms += permutation_test(pairs).p_value <= 0.05
        where = {"rates": [p, q], "pairs": n, "scenarios": scenarios, "icc": icc}
        yield where | coverage(np.array(limits).T, p - q) | {"test_rejects": alarms / draws}


def pack_effects(draws: int) -> Iterator[Cell]:
    """Risk difference of two levels in this pack, ten runs in each of a scenario's four cells."""
    rng = np.random.default_rng(10)
    for rate, scenarios, icc in product(RATES[1:], (4, 10, 24, 40), (0.0, 0.1, 0.3)):
        runs, limits, truths = np.full(2 * scenarios, 10.0), [], []
        for _ in range(draws):
            rates_S = np.repeat(scenario_rates(rng, rate, icc, (scenarios,)), 2)
            halved, full = (rng.binomial(10, rates_S * share).astype(float) for share in (0.5, 1))
            limits.append(risk_difference(Strata(halved, runs, full, runs), 0.95)[1:])
            truths.append(-0.5 * rates_S.mean())
        where = {"rate": rate, "scenarios": scenarios, "icc": icc}
        yield where | coverage(np.array(limits).T, np.array(truths))


def gee_effects(draws: int) -> Iterator[Cell]:
    """Risk difference of two levels in scenarios like these, in the same design."""
    rng = np.random.default_rng(7)
    for rate, scenarios, icc in product((0.05, 0.12, 0.5), (10, 24, 40), (0.0, 0.3)):
        scenario = np.repeat(np.arange(scenarios), 40)
        level = np.tile([0, 1], len(scenario) // 2)
        other = np.tile([0, 0, 1, 1], len(scenario) // 4)
        factors = {"one": level.astype(str).tolist(), "two": other.astype(str).tolist()}
        limits = []
        for _ in range(draws):
            rates_S = scenario_rates(rng, rate, icc, (scenarios,))
            chance = np.where(level == 1, 0.5, 1.0) * rates_S[scenario]
            row = marginal_effects(rng.random(len(scenario)) < chance, scenario, factors)[2]
            limits += [(row.low, row.high)] if row.effect is not None else []
        where = {"rate": rate, "scenarios": scenarios, "icc": icc}
        where["refused"] = round(1 - len(limits) / draws, 3)
        yield where | (coverage(np.array(limits).T, -0.5 * rate) if len(limits) > draws / 5 else {})


def raters(draws: int) -> Iterator[Cell]:
    """Two raters who each see the truth (a share of yes) with an error of their own."""
    rng = np.random.default_rng(8)
    for n, share, error in product((20, 50, 200), (0.5, 0.1), (0.02, 0.1, 0.25)):
        agree = (1 - error) ** 2 + error**2
        yes = share * (1 - error) + (1 - share) * error
        chance = yes**2 + (1 - yes) ** 2
        truth = (agree - chance) / (1 - chance)
        found: dict[str, list[tuple[float, float]]] = {"kappa": [], "alpha": []}
        for seed in range(draws):
            real = rng.random(n) < share
            sides = [np.where(rng.random(n) < error, ~real, real).astype(str) for _ in range(2)]
            units = list(zip(*(side.tolist() for side in sides), strict=True))
            one = kappa(*sides)
            two = krippendorff(units, np.random.default_rng(seed), resamples=1000)
            found["kappa"].append((one.low, one.high))
            found["alpha"].append((two.low, two.high))
        where = {"units": n, "share": share, "error": error, "truth": round(truth, 3)}
        for name, limits in found.items():
            yield where | {"measure": name} | coverage(np.array(limits).T, truth)


def lowest(cells: list[Cell]) -> Cell:
    known = [cell for cell in cells if "coverage" in cell]
    below = sum(cell["coverage"] < 0.94 for cell in known)
    return {
        "cells": len(known),
        "below_94": below,
        "lowest": min(known, key=lambda c: c["coverage"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, default=4000, help="of the vectorised intervals")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/")
    draws = parser.parse_args().draws
    few = max(2, draws // 10)
    parts: dict[str, Callable[[], Iterator[Cell]]] = {
        "clustered": lambda: like_these(draws, floor=True),
        "clustered_without_floor": lambda: like_these(draws, floor=False),
        "clustered_rare_scenarios": lambda: rare_scenarios(draws),
        "clustered_unequal": lambda: unequal(draws),
        "rate_this_pack": lambda: this_pack(draws),
        "pack_rate": lambda: scenarios_alike(few),
        "hierarchical_bootstrap": lambda: bootstraps(few),
        "clustered_difference": lambda: differences(2 * few),
        "factor_effects_this_pack": lambda: pack_effects(draws // 4),
        "factor_effects_gee": lambda: gee_effects(few // 2),
        "raters": lambda: raters(few),
    }
    warnings.simplefilter("ignore")
    cells, seconds = {}, {}
    for name, part in parts.items():
        start = time.perf_counter()
        cells[name] = list(part())
        seconds[name] = round(time.perf_counter() - start, 1)
    summary = {name: lowest(found) for name, found in cells.items()}
    print(json.dumps({"draws": draws, "seconds": seconds, **summary}))
    if parser.parse_args().save:
        stamped: dict[str, Any] = {"date": datetime.now(UTC).date().isoformat(), "draws": draws}
        stamped["summary"] = summary
        path = Path(__file__).parent / "results" / "clusters.json"
        path.parent.mkdir(exist_ok=True)
        for name, found in cells.items():
            columns = list(dict.fromkeys(key for cell in found for key in cell))
            table = [[cell.get(key) for key in columns] for cell in found]
            stamped[name] = {"columns": columns, "cells": table}
        text = ",\n".join(f'"{key}": {json.dumps(value)}' for key, value in stamped.items())
        path.write_text("{" + text + "}\n")


if __name__ == "__main__":
    main()
