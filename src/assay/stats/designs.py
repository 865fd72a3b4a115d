"""Power of the tests that `stats.power` plans for, summed over all outcomes where that is possible.

One rate: exact one-sided binomial. Two arms: McNemar or Fisher, exact. Where scenarios or training
seeds are a sample too, the interval or test itself is put through many draws at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
import numpy.typing as npt

from assay.stats.clusters import effective_runs
from assay.stats.estimate import zero_event_bounds

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Bools = npt.NDArray[np.bool_]

MOST_RUNS = 200_000
DRAWS = 4_000


@dataclass(frozen=True)
class Goal:
    """What one rate is to show: that it is under `target_upper`, or, with None, over zero."""

    rate: float
    target_upper: float | None
    sensitivity: float
    specificity: float
    alpha: float

    def flagged(self, rate: float) -> float:
        """Share of runs that the judge flags at this true rate."""
        return rate * self.sensitivity + (1 - rate) * (1 - self.specificity)

    @property
    def border(self) -> float:
        """The share of flags that must be ruled out."""
        return self.flagged(self.target_upper or 0.0)

    def critical(self, n_B: Ints) -> Ints:
        """Most flags that show a rate under the target (-1: none do), or fewest that show one."""
        from scipy.stats import binom

        if self.target_upper is None:
            least_B = binom.ppf(1 - self.alpha, n_B, self.border) + 1
            return np.asarray(least_B, dtype=np.int64)
        most_B = np.asarray(binom.ppf(self.alpha, n_B, self.border))
        too_many_B = binom.cdf(most_B, n_B, self.border) > self.alpha
        return np.asarray(most_B - too_many_B, dtype=np.int64)

    def power(self, n_B: Ints) -> Floats:
        """Probability, by number of runs, that the exact one-sided test shows it."""
        from scipy.stats import binom

        at_B, share = self.critical(n_B), self.flagged(self.rate)
        if self.target_upper is None:
            return np.asarray(binom.sf(at_B - 1, n_B, share))
        return np.asarray(binom.cdf(at_B, n_B, share))

    def fewest(self, power: float, multiple: int) -> int:
        """First multiple of `multiple` runs that reaches this power."""
        if self.power(np.array([MOST_RUNS]))[0] < power:
            raise ValueError(
                f"Over {MOST_RUNS:,} runs are needed: choose a target further from the rate "
                f"{self.rate}, or a better judge."
            )
        start, block = 1, 512
        while True:
            n_B = multiple * np.arange(start, start + block)
            found_B = self.power(n_B) >= power
            if found_B.any():
                return int(n_B[found_B.argmax()])
            start, block = start + block, 2 * block

    def shown(self, flags_RC: Ints, runs_C: Ints) -> Bools:
        """Whether the limit for scenarios like these shows it, for many draws of flags by scenario.

        Korn and Graubard's, as `clusters.clustered` prints it at 1 - 2 alpha, but with the bound of
        no event at 1 - alpha.
        """
        from scipy.special import betaincinv

        n, scenarios = int(runs_C.sum()), len(runs_C)
        bound = zero_event_bounds(n, scenarios, confidence=1 - self.alpha).scenarios_like_these.high
        count_R = flags_RC.sum(axis=1)
        some_R = (count_R > 0) & (count_R < n)
        worth_R = effective_runs(
            flags_RC[some_R].astype(float), runs_C.astype(float)[None, :], 1 - 2 * self.alpha
        )
        events_R = count_R[some_R] / n * worth_R
        if self.target_upper is None:
            low_R = np.where(count_R == n, 1 - bound, 0.0)
            low_R[some_R] = betaincinv(events_R, worth_R - events_R + 1, self.alpha)
            return np.asarray(np.minimum(low_R, 1 - bound) > self.border)
        high_R = np.where(count_R == n, 1.0, bound)
        high_R[some_R] = betaincinv(events_R + 1, worth_R - events_R, 1 - self.alpha)
        return np.asarray(np.maximum(high_R, bound) < self.border)

    def draw(self, runs_C: Ints, correlation: float, draws: int, rng: np.random.Generator) -> Ints:
        """Flags by scenario: scenarios' rates are Beta, or all alike at a correlation of 0."""
        shape = draws, len(runs_C)
        rate_RC = beta_rates(self.rate, correlation, shape, rng)
        events_RC = rng.binomial(runs_C, rate_RC)
        hits_RC = rng.binomial(events_RC, self.sensitivity)
        return np.asarray(hits_RC + rng.binomial(runs_C - events_RC, 1 - self.specificity))


@lru_cache(maxsize=256)
def fixed_design_runs(
    threshold: float, true_rate: float, power: float = 0.9, alpha: float = 0.05
) -> int:
    """Fewest runs, looked at once, that show rate < `threshold` at `true_rate` with this power.

    The test is the exact one-sided binomial: 436 for 3 % at a true rate of 1 %. Power is a
    saw-tooth in the number of runs, and this is the first tooth that reaches `power`.
    """
    inside(power=power, alpha=alpha)
    if not 0 <= true_rate < threshold < 1:
        raise ValueError(f"A true rate of {true_rate} cannot be shown to be below {threshold}.")
    return Goal(true_rate, threshold, 1.0, 1.0, alpha).fewest(power, 1)


def inside(**shares: float) -> None:
    """Raise ValueError unless each is over 0 and under 1."""
    for name, value in shares.items():
        if not 0 < value < 1:
            raise ValueError(f"{name} {value}: must be over 0 and under 1.")


def beta_rates(
    rate: float, correlation: float, shape: tuple[int, ...], rng: np.random.Generator
) -> Floats:
    """Rates with this mean whose runs have this intraclass correlation; 1 makes them 0 or 1."""
    if correlation == 0 or rate in (0, 1):
        return np.full(shape, float(rate))
    if correlation == 1:
        return (rng.random(shape) < rate).astype(float)
    weight = 1 / correlation - 1
    return rng.beta(rate * weight, (1 - rate) * weight, shape)


def clustered_plan(
    goal: Goal,
    scenarios: int,
    correlation: float,
    runs: int | None,
    power: float,
    rng: np.random.Generator,
) -> tuple[int, float]:
    """Runs, and the power they reach over `DRAWS` draws, for scenarios like these."""
    if scenarios < 2:
        raise ValueError("One scenario says nothing about others: give 2 scenarios or more.")
    bound = zero_event_bounds(scenarios, scenarios, confidence=1 - goal.alpha)
    lowest = bound.scenarios_like_these.high
    if goal.target_upper is not None and goal.border <= lowest:
        needed = int(np.log(goal.alpha) / np.log1p(-goal.border)) + 1
        raise ValueError(
            f"{scenarios} scenarios bound the flags of scenarios like these at {lowest:.3g} at best"
            f", and {goal.border:.3g} is needed: take {needed} scenarios or more, or plan for this "
            "pack (correlation 0)."
        )
    seed = int(rng.integers(2**32))

    def reaches(total: int) -> float:
        # The same draws of scenarios for every size, so that power rises smoothly.
        own = np.random.default_rng(seed)
        runs_C = spread(total, scenarios)
        return float(goal.shown(goal.draw(runs_C, correlation, DRAWS, own), runs_C).mean())

    if runs is not None:
        return runs, reaches(runs)
    each = some(lambda each: reaches(each * scenarios), power, MOST_RUNS // scenarios)
    return each * scenarios, reaches(each * scenarios)


def spread(runs: int, scenarios: int) -> Ints:
    """Runs by scenario, as evenly as they go."""
    return np.full(scenarios, runs // scenarios) + (np.arange(scenarios) < runs % scenarios)


def some(reaches: Callable[[int], float], power: float, most: int = MOST_RUNS) -> int:
    """A number that reaches this power while one less does not."""
    low, high = 0, 1
    while reaches(high) < power:
        low, high = high, 2 * high
        if high > most:
            raise ValueError(f"Power {power} takes over {most:,}, or no number reaches it.")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) >= power else (middle, high)
    return high


def pair_cells(
    rate: float, other: float, correlation: float, sensitivity: float, specificity: float
) -> Floats:
    """Probability that neither, only the second, only the first, or both of a pair are flagged."""
    both = rate * other + correlation * sqrt(rate * (1 - rate) * other * (1 - other))
    true_T = np.array([[1 - rate - other + both, other - both], [rate - both, both]])
    if true_T.min() < -1e-12:
        raise ValueError(
            f"Rates {rate} and {other} cannot have a correlation of {correlation}: choose one "
            "nearer to 0."
        )
    flag_T = np.array([[specificity, 1 - specificity], [1 - sensitivity, sensitivity]])
    return np.asarray((flag_T.T @ true_T.clip(0) @ flag_T).ravel())


def mcnemar_power(pairs: int, cells: Floats, alpha: float) -> float:
    """Probability that the exact two-sided test finds the difference, on its true side."""
    from scipy.stats import binom

    more, differ = float(max(cells[1], cells[2])), float(cells[1] + cells[2])
    if differ == 0:
        return 0.0
    discordant_D = np.arange(pairs + 1)
    needed_D = binom.ppf(1 - alpha / 2, discordant_D, 0.5) + 1
    found_D = binom.sf(needed_D - 1, discordant_D, more / differ)
    return float(binom.pmf(discordant_D, pairs, differ) @ found_D)


def fisher_power(runs: int, cells: Floats, alpha: float) -> float:
    """The same for two unpaired arms of `runs` each, either side of Fisher's test at alpha / 2."""
    from scipy.stats import binom, hypergeom

    less, more = sorted((float(cells[2] + cells[3]), float(cells[1] + cells[3])))
    fewer_X = np.arange(runs + 1)
    weight_X = binom.pmf(fewer_X, runs, less)
    fewer_X, weight_X = fewer_X[weight_X > 1e-12], weight_X[weight_X > 1e-12]
    # The fewest events of the other arm that are significant, between low (not) and high.
    low_X, high_X = np.full(len(fewer_X), -1), np.full(len(fewer_X), runs + 1)
    while (high_X - low_X > 1).any():
        middle_X = (low_X + high_X) // 2
        p_X = hypergeom.sf(middle_X - 1, 2 * runs, middle_X + fewer_X, runs)
        enough_X = p_X <= alpha / 2
        high_X, low_X = np.where(enough_X, middle_X, high_X), np.where(enough_X, low_X, middle_X)
    return float(weight_X @ binom.sf(high_X - 1, runs, more))


def seeds_differ(
    rates: tuple[float, float],
    spread_sd: float,
    seeds: int,
    runs_per_seed: int,
    alpha: float,
    draws: int,
    rng: np.random.Generator,
) -> Bools:
    """Whether Student's t-test on seeds' rates, two-sided, finds the true side, for many draws."""
    from scipy.stats import t

    means, squares = [], np.zeros(draws)
    for rate in rates:
        own = spread_sd**2 / (rate * (1 - rate)) if 0 < rate < 1 else 0.0
        rate_RS = beta_rates(rate, own, (draws, seeds), rng)
        seen_RS = rng.binomial(runs_per_seed, rate_RS) / runs_per_seed
        means.append(seen_RS.mean(axis=1))
        squares += seen_RS.var(axis=1, ddof=1) / seeds
    gap_R = (means[0] - means[1]) * (1 if rates[0] > rates[1] else -1)
    return np.asarray(gap_R > t.isf(alpha / 2, 2 * seeds - 2) * np.sqrt(squares))
