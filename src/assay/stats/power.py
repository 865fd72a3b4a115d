"""How many runs a study needs, what it would cost, and what it could not see.

`plan` for one rate, `plan_difference` for two arms, `plan_seeds` for training seeds; `simulate`
draws the same design instead of summing it. Judge and grader err with *known* sensitivity and
specificity here: a rate t is flagged at rate t * sensitivity + (1 - t) * (1 - specificity), and
events that are shown below are flags. The sums are in `stats.designs`.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from assay.stats.correction import limit_of_detection
from assay.stats.designs import (
    DRAWS,
    MOST_RUNS,
    Bools,
    Goal,
    clustered_plan,
    fisher_power,
    fixed_design_runs,
    inside,
    mcnemar_power,
    pair_cells,
    seeds_differ,
    some,
    spread,
)
from assay.stats.estimate import limits, percent

__all__ = [
    "DifferencePlan",
    "Plan",
    "SeedPlan",
    "fixed_design_runs",
    "plan",
    "plan_difference",
    "plan_seeds",
    "simulate",
]

MOST_SEEDS = 2_000
MOST_SUMMED = 20_000  # runs up to which the limit of detection is summed


@dataclass(frozen=True)
class Plan:
    """A study of one rate; `power` is the probability that it shows what it is for, at `rate`.

    With `target_upper` that is an upper bound under it, otherwise that the rate is above zero.
    `most_flags` (or `least_flags`) is the number of flags at which it does; both are None where
    the spread over scenarios counts too. `limit_of_detection` is None where no rate would be seen,
    and beyond 20,000 runs, where it is no concern. `tokens` and `cost` are None where unknown.
    """

    runs: int
    scenarios: int
    power: float
    rate: float
    target_upper: float | None
    alpha: float
    sensitivity: float
    specificity: float
    correlation: float
    most_flags: int | None
    least_flags: int | None
    limit_of_detection: float | None
    tokens: int | None
    cost: float | None
    method: str
    assumptions: str


@dataclass(frozen=True)
class DifferencePlan:
    """A comparison of two arms; `runs` counts one arm's, `tokens` and `cost` are for both.

    `power` is the probability of a two-sided p-value of at most `alpha` on the right side.
    `correlation` is phi, between the outcomes of the two runs of a pair.
    """

    runs: int
    power: float
    rate: float
    other_rate: float
    paired: bool
    correlation: float
    alpha: float
    sensitivity: float
    specificity: float
    tokens: int | None
    cost: float | None
    method: str
    assumptions: str


@dataclass(frozen=True)
class SeedPlan:
    """A comparison of two training arms; `seeds` and `runs_per_seed` count one arm's."""

    seeds: int
    runs_per_seed: int
    power: float
    rate: float
    other_rate: float
    between_seed_sd: float
    alpha: float
    tokens: int | None
    cost: float | None
    method: str
    assumptions: str


def plan(
    rate: float,
    *,
    target_upper: float | None = None,
    sensitivity: float = 1.0,
    specificity: float = 1.0,
    scenarios: int = 1,
    correlation: float = 0.0,
    runs: int | None = None,
    power: float = 0.9,
    alpha: float = 0.05,
    tokens_per_run: float | None = None,
    price_per_million: float | None = None,
    rng: np.random.Generator | None = None,
) -> Plan:
    """Fewest whole epochs that show a rate below `target_upper` (or above zero), or given `runs`.

    *This pack* (`correlation` 0): exact one-sided binomial at `alpha`, summed, not simulated.
    *Scenarios like these* (an intraclass correlation above 0): the limit of `clusters.clustered`,
    one-sided, over 4,000 draws from beta-binomial scenarios; `rng` defaults to seed 0, so that a
    plan repeats. `price_per_million` is of tokens.

    Raises:
        ValueError: a value out of range, a rate that does not differ from the target, or a target
            that so many scenarios can never show.
    """
    _within(rate=rate, sensitivity=sensitivity, specificity=specificity, correlation=correlation)
    inside(power=power, alpha=alpha)
    if scenarios < 1 or (runs is not None and not scenarios <= runs <= MOST_RUNS):
        raise ValueError(f"{runs} runs in {scenarios} scenarios: each scenario needs one or more.")
    if sensitivity + specificity <= 1:
        raise ValueError(
            f"Sensitivity {sensitivity} and specificity {specificity} are no better than chance: "
            "together they must exceed 1."
        )
    if target_upper is None and rate == 0:
        raise ValueError("A rate of 0 cannot be shown to be above zero: give a target_upper.")
    if target_upper is not None and not rate < target_upper < 1:
        raise ValueError(
            f"A true rate of {rate} cannot be shown to be below {target_upper}: choose a target "
            "over the rate and under 1."
        )
    goal = Goal(rate, target_upper, sensitivity, specificity, alpha)
    if correlation > 0:
        found, reached = clustered_plan(
            goal, scenarios, correlation, runs, power, rng or np.random.default_rng(0)
        )
        method = f"limit over {scenarios} scenarios (Korn-Graubard), one-sided {percent(1 - alpha)}"
        speaks_of = f"Scenarios like these, intraclass correlation {correlation:g}"
        per_scenario = found / scenarios
        effect = 1 + max(0.0, per_scenario - 1) * correlation
    else:
        found = runs or goal.fewest(power, scenarios)
        reached = float(goal.power(np.array([found]))[0])
        method = f"exact binomial, one-sided {percent(1 - alpha)}"
        speaks_of, effect = "This pack: scenarios are fixed", 1.0
    exact = correlation == 0
    bound = int(goal.critical(np.array([found]))[0])
    seen = None
    if found <= MOST_SUMMED:
        seen = limit_of_detection(found, sensitivity, specificity, design_effect=effect).rate
    tokens, cost = _bill(found, tokens_per_run, price_per_million)
    return Plan(
        runs=found,
        scenarios=scenarios,
        power=reached,
        rate=rate,
        target_upper=target_upper,
        alpha=alpha,
        sensitivity=sensitivity,
        specificity=specificity,
        correlation=correlation,
        most_flags=bound if exact and target_upper is not None and bound >= 0 else None,
        least_flags=bound if exact and target_upper is None else None,
        limit_of_detection=seen,
        tokens=tokens,
        cost=cost,
        method=method,
        assumptions=f"{speaks_of}. Runs are independent, all are graded, and are looked at once; "
        "sensitivity and specificity are known.",
    )


def plan_difference(
    rate: float,
    other_rate: float,
    *,
    paired: bool = True,
    correlation: float = 0.0,
    sensitivity: float = 1.0,
    specificity: float = 1.0,
    runs: int | None = None,
    power: float = 0.9,
    alpha: float = 0.05,
    tokens_per_run: float | None = None,
    price_per_million: float | None = None,
) -> DifferencePlan:
    """Runs per arm that tell two rates apart, or what the given `runs` would do.

    Paired by sample and seed: exact McNemar. Unpaired: Fisher's exact test, each side at alpha / 2.
    The power is a sum over all outcomes. It is a saw-tooth in the number of runs, and this is a
    tooth that reaches `power`, not always the first.

    Raises:
        ValueError: a value out of range, equal rates, or a correlation that two such rates cannot
            have.
    """
    _within(rate=rate, other_rate=other_rate, sensitivity=sensitivity, specificity=specificity)
    inside(power=power, alpha=alpha)
    if rate == other_rate or sensitivity + specificity <= 1:
        raise ValueError(f"Rates {rate} and {other_rate} are the same, or look the same.")
    if not paired and correlation:
        raise ValueError(f"correlation {correlation} is of pairs: unpaired arms have none.")
    if runs is not None and runs < 1:
        raise ValueError(f"runs {runs}: choose 1 or more.")
    cells = pair_cells(rate, other_rate, correlation, sensitivity, specificity)

    def reaches(n: int) -> float:
        return mcnemar_power(n, cells, alpha) if paired else fisher_power(n, cells, alpha)

    found = runs or some(reaches, power)
    tokens, cost = _bill(2 * found, tokens_per_run, price_per_million)
    return DifferencePlan(
        runs=found,
        power=reaches(found),
        rate=rate,
        other_rate=other_rate,
        paired=paired,
        correlation=correlation,
        alpha=alpha,
        sensitivity=sensitivity,
        specificity=specificity,
        tokens=tokens,
        cost=cost,
        method=f"{'McNemar, exact' if paired else 'Fisher, exact'}, two-sided {percent(1 - alpha)}",
        assumptions="This pack. Runs (pairs) are independent and all graded; the judge errs alike "
        "in both arms, and independently.",
    )


def plan_seeds(
    rate: float,
    other_rate: float,
    *,
    between_seed_sd: float,
    runs_per_seed: int,
    seeds: int | None = None,
    power: float = 0.9,
    alpha: float = 0.05,
    tokens_per_run: float | None = None,
    price_per_million: float | None = None,
    rng: np.random.Generator | None = None,
) -> SeedPlan:
    """Training seeds per arm that tell two arms' mean rates apart, each seed one value.

    Student's t-test on the seeds' rates, two-sided, over 4,000 draws: seeds' rates follow a Beta
    distribution with their arm's mean and `between_seed_sd`, and each seed is measured on
    `runs_per_seed`. `rng` defaults to seed 0, so that a plan repeats.

    Raises:
        ValueError: a value out of range, equal rates, or a spread that rates cannot have.
    """
    _within(rate=rate, other_rate=other_rate)
    inside(power=power, alpha=alpha)
    if rate == other_rate or between_seed_sd < 0 or runs_per_seed < 1:
        raise ValueError(
            f"Rates {rate} and {other_rate} must differ, between_seed_sd {between_seed_sd} be 0 or "
            f"more, and runs_per_seed {runs_per_seed} be 1 or more."
        )
    if seeds is not None and seeds < 2:
        raise ValueError(f"seeds {seeds}: spread between seeds needs 2 or more in each arm.")
    for p in (rate, other_rate):
        if 0 < p < 1 and between_seed_sd**2 >= p * (1 - p):
            raise ValueError(f"Seeds' rates around {p} cannot spread by {between_seed_sd}.")
    seed = int((rng or np.random.default_rng(0)).integers(2**32))

    def reaches(n: int) -> float:
        if n < 2:
            return 0.0
        own, both = np.random.default_rng(seed), (rate, other_rate)
        found = seeds_differ(both, between_seed_sd, n, runs_per_seed, alpha, DRAWS, own)
        return float(found.mean())

    found = seeds or some(reaches, power, MOST_SEEDS)
    tokens, cost = _bill(2 * found * runs_per_seed, tokens_per_run, price_per_million)
    return SeedPlan(
        seeds=found,
        runs_per_seed=runs_per_seed,
        power=reaches(found),
        rate=rate,
        other_rate=other_rate,
        between_seed_sd=between_seed_sd,
        alpha=alpha,
        tokens=tokens,
        cost=cost,
        method=f"t-test on seeds' rates, two-sided {percent(1 - alpha)}",
        assumptions="Seeds are independent, and Beta-distributed around their arm's mean.",
    )


def simulate(
    planned: Plan | DifferencePlan | SeedPlan, rng: np.random.Generator, *, draws: int = 20_000
) -> float:
    """Power of the same design, as the share of drawn studies that show what they are for.

    Draws scenarios, true events and the judge's errors one after the other, and puts each study
    through the limit or test itself. The Monte Carlo error is at most 0.004 with 20,000 draws.
    """
    if isinstance(planned, Plan):
        return float(_simulated_rate(planned, rng, draws).mean())
    if isinstance(planned, DifferencePlan):
        return float(_simulated_difference(planned, rng, draws).mean())
    found = seeds_differ(
        (planned.rate, planned.other_rate),
        planned.between_seed_sd,
        planned.seeds,
        planned.runs_per_seed,
        planned.alpha,
        draws,
        rng,
    )
    return float(found.mean())


def _simulated_rate(planned: Plan, rng: np.random.Generator, draws: int) -> Bools:
    goal = Goal(
        planned.rate,
        planned.target_upper,
        planned.sensitivity,
        planned.specificity,
        planned.alpha,
    )
    runs_C = spread(planned.runs, planned.scenarios)
    flags_RC = goal.draw(runs_C, planned.correlation, draws, rng)
    if planned.correlation > 0:
        return goal.shown(flags_RC, runs_C)
    count_U, back_R = np.unique(flags_RC.sum(axis=1), return_inverse=True)
    ends = [limits(int(x), planned.runs, "exact", 1 - 2 * planned.alpha) for x in count_U]
    if planned.target_upper is None:
        return np.array([low > goal.border for low, _ in ends])[back_R]
    return np.array([high < goal.border for _, high in ends])[back_R]


def _simulated_difference(planned: DifferencePlan, rng: np.random.Generator, draws: int) -> Bools:
    from scipy.stats import binom, hypergeom

    error = planned.sensitivity, planned.specificity
    n, sides = planned.runs, (planned.rate, planned.other_rate)
    cells_T = pair_cells(*sides, planned.correlation, 1.0, 1.0)
    true_RT = rng.multinomial(n, cells_T / cells_T.sum(), size=draws)
    # Of pairs of each truth, how many are flagged in neither, the second, the first, or both.
    seen_RT = np.zeros((draws, 4), dtype=np.int64)
    for truth, at in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
        first, second = ((error[0] if x else 1 - error[1]) for x in at)
        share_T = np.outer([1 - first, first], [1 - second, second]).ravel()
        seen_RT += rng.multinomial(true_RT[:, truth], share_T)
    if sides[0] < sides[1]:
        seen_RT = seen_RT[:, [0, 2, 1, 3]]
    if planned.paired:
        p_R = binom.sf(seen_RT[:, 2] - 1, seen_RT[:, 1] + seen_RT[:, 2], 0.5)
    else:
        more_R, less_R = seen_RT[:, 2] + seen_RT[:, 3], seen_RT[:, 1] + seen_RT[:, 3]
        p_R = hypergeom.sf(more_R - 1, 2 * n, more_R + less_R, n)
    return np.asarray(p_R <= planned.alpha / 2)


def _bill(
    runs: int, tokens_per_run: float | None, price_per_million: float | None
) -> tuple[int | None, float | None]:
    for name, value in (("tokens_per_run", tokens_per_run), ("price", price_per_million)):
        if value is not None and value < 0:
            raise ValueError(f"{name} {value}: must be 0 or more.")
    if tokens_per_run is None:
        return None, None
    tokens = ceil(runs * tokens_per_run)
    return tokens, None if price_per_million is None else tokens * price_per_million / 1e6


def _within(**shares: float) -> None:
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} {value}: must be between 0 and 1.")
