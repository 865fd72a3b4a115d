"""Compares two arms: the same samples under two trainings, targets or levels.

Pairs are matched by scenario, sample and seed (`match`). Two estimands, as everywhere: *this pack*
(`mcnemar`, `estimate.paired_difference`) and *scenarios like these* (`permutation_test`,
`clustered_difference`, `bootstrap_difference`), in which scenarios, not pairs, are the sample.
A large p-value is no sameness: for "the same as", `equivalence`. For several tests at once, `holm`.
Stands on `stats.clusters`; feeds `stats.summary` and studies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assay.stats.clusters import (
    assumed,
    expanded_percentiles,
    resampled_scenarios,
    variance_between,
)
from assay.stats.estimate import (
    CONFIDENCE,
    Difference,
    Estimate,
    Events,
    Floats,
    newcombe,
    numeric,
    paired_difference,
    percent,
)

type Estimand = Literal["this pack", "scenarios like these"]
type Key = tuple[object, ...]


@dataclass(frozen=True)
class Pairs:
    """Matched runs of two arms, position by position.

    `first` and `second` hold 1.0, 0.0 or NaN (missing), one value per pair. `unmatched` counts runs
    of either arm that have no partner at all.
    """

    first: Floats
    second: Floats
    scenario: tuple[object, ...]
    unmatched: int = 0


@dataclass(frozen=True)
class PairedTest:
    """Whether two arms differ. `p_value` is 1.0 where nothing differs, and never NaN.

    `n` counts what the test rests on, pairs or scenarios: `method` says which. `smallest_p` is the
    smallest p-value that these data could have given however large the difference.
    """

    p_value: float
    n: int
    smallest_p: float
    method: str
    note: str


@dataclass(frozen=True)
class Equivalence:
    """Whether two arms are the same up to `margin`.

    `same` is False also where the data cannot tell: then `difference` spans more than the margin.
    `difference` is the interval of confidence 1 - 2 alpha that the two one-sided tests amount to.
    """

    same: bool
    p_value: float
    margin: float
    difference: Estimate
    method: str


@dataclass(frozen=True)
class Adjusted:
    """One test of a family: `adjusted` compares with `alpha` as if it were the only one."""

    name: str
    p_value: float
    adjusted: float
    rejected: bool


@dataclass(frozen=True)
class Family:
    """A named family of tests that share one chance of `alpha` of any false alarm."""

    name: str
    alpha: float
    tests: tuple[Adjusted, ...]
    method: str


def match(
    first: Mapping[Key, bool | float | None], second: Mapping[Key, bool | float | None]
) -> Pairs:
    """Pair the runs of two arms that have the same key: (scenario, sample, seed), in that order.

    The scenario comes first because it is what clusters. A run without a partner is counted in
    `unmatched`; a run without a value is kept, as missing.
    """
    keys = [key for key in first if key in second]
    return Pairs(
        first=numeric([first[key] for key in keys]),
        second=numeric([second[key] for key in keys]),
        scenario=tuple(key[0] for key in keys),
        unmatched=len(first) + len(second) - 2 * len(keys),
    )


def mcnemar(a: Events, b: Events) -> PairedTest:
    """McNemar's exact test, two-sided, for this pack: do as many pairs differ one way as the other?

    Pairs with a missing side are left out. Takes pairs as independent given their scenario.
    Source: McNemar 1947; statsmodels computes it.
    """
    difference = paired_difference(a, b)
    discordant = difference.only_first + difference.only_second
    method = "McNemar, exact, two-sided; n counts discordant pairs"
    if discordant == 0:
        none = "no complete pairs" if difference.n == 0 else "no pair differs"
        return PairedTest(1.0, 0, 1.0, method, f"{none}: no evidence either way")

    from statsmodels.stats.contingency_tables import mcnemar as exact

    table = [[0, difference.only_first], [difference.only_second, 0]]
    p_value = min(1.0, float(exact(table, exact=True).pvalue))
    return PairedTest(p_value, discordant, _smallest(discordant), method, "")


def permutation_test(pairs: Pairs) -> PairedTest:
    """Clustered sign-flip test, exact and two-sided, for scenarios like these.

    If the arms do not differ, each scenario's sum of differences is as likely with either sign. All
    2**scenarios flips are counted at once, by convolving the distribution of one scenario after the
    other (sums are whole numbers), so that nothing is drawn and nothing is approximate. With one
    pair per scenario it is `mcnemar`.
    Source: Fisher 1935; for clusters, Gail et al. 1996, Statistics in Medicine 15, 1069-1092.
    """
    table_C = _by_scenario(pairs)
    net_C = (table_C[:, 1] - table_C[:, 2]).astype(np.int64)
    sizes_C = np.abs(net_C[net_C != 0])
    method = "sign flips of whole scenarios, exact, two-sided; n counts scenarios that differ"
    if len(sizes_C) == 0:
        return PairedTest(1.0, 0, 1.0, method, "no scenario differs: no evidence either way")
    observed, reach = abs(int(net_C.sum())), int(sizes_C.sum())
    chance = np.zeros(2 * reach + 1)
    chance[reach] = 1.0
    for size in sizes_C:
        chance = (np.roll(chance, size) + np.roll(chance, -size)) / 2
    total = np.abs(np.arange(-reach, reach + 1))
    p_value = min(1.0, float(chance[total >= observed].sum()))
    note = ""
    if _smallest(len(sizes_C)) > 0.05:
        note = f"{len(sizes_C)} scenarios differ: no difference, however large, could reach 5 %"
    return PairedTest(p_value, len(sizes_C), _smallest(len(sizes_C)), method, note)


def clustered_difference(pairs: Pairs, *, confidence: float = CONFIDENCE) -> Difference:
    """Difference between two arms, first minus second, for scenarios like these.

    Newcombe's interval for pairs, with the pairs counted as what they are worth: the variance of
    the difference between scenarios over that between pairs, and Student's t, as in
    `clusters.clustered`. Where no pair differs, each scenario is worth
    one pair; and the limit beyond the difference is never nearer to zero than it would be then.
    Without this floor, coverage falls to 74 % where few scenarios hold most differences; with it,
    it is above 94 % (`benchmarks/clusters.py`). One scenario says nothing about others: [-1, 1].
    """
    simple = paired_difference(pairs.first, pairs.second, confidence=confidence)
    if simple.mean is None:
        return simple
    table_C = _by_scenario(pairs)
    scenarios, n, mean = len(table_C), simple.n, simple.mean
    if scenarios == 1:
        low, high = -1.0, 1.0
        method = "one scenario: it says nothing about others"
    else:
        worth = _effective_pairs(table_C, mean, confidence) / n
        both, only_first, only_second, neither = (worth * table_C.sum(axis=0)).tolist()
        low, high = newcombe(both, only_first, only_second, neither, confidence)
        _, floor = newcombe(0.0, 0.0, 0.0, float(scenarios), confidence)
        low = min(low, -floor) if mean <= 0 else low
        high = max(high, floor) if mean >= 0 else high
        method = (
            f"Newcombe's hybrid score for pairs clustered in {scenarios} scenarios, "
            f"two-sided {percent(confidence)}"
        )
    return Difference(
        mean=mean,
        low=min(low, mean),
        high=max(high, mean),
        n=n,
        method=method,
        left_out=simple.left_out,
        only_first=simple.only_first,
        only_second=simple.only_second,
        assumptions=assumed(scenarios),
    )


def bootstrap_difference(
    pairs: Pairs,
    rng: np.random.Generator,
    *,
    resamples: int = 10_000,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Hierarchical bootstrap of the difference: scenarios, then pairs within them.

    As `clusters.hierarchical_bootstrap`, with the same widening for few scenarios; a second opinion
    with 30 scenarios or more, where most of them differ. Otherwise `clustered_difference`.

    Raises:
        ValueError: no pair differs, so that every resample would be [0, 0]; or fewer than two
            scenarios.
    """
    table_C = _by_scenario(pairs)
    scenarios, n = len(table_C), int(table_C.sum())
    if scenarios < 2:
        raise ValueError(
            f"{scenarios} scenario(s) with complete pairs: a bootstrap over scenarios needs two. "
            "Use paired_difference() for this pack."
        )
    if table_C[:, 1:3].sum() == 0:
        raise ValueError(
            f"None of {n} pairs differs, so a bootstrap would give an interval of no width. "
            "Use clustered_difference()."
        )
    counts_C = table_C.sum(axis=1)
    shares_C = np.stack([table_C[:, 1], table_C[:, 2], table_C[:, 0] + table_C[:, 3]], axis=1)
    shares_C /= counts_C[:, None]
    found = []
    for weights_BC in resampled_scenarios([1] * scenarios, rng, resamples):
        pairs_BC = (weights_BC * counts_C).astype(np.int64)
        drawn_BC3 = rng.multinomial(pairs_BC, shares_C)
        net_B = (drawn_BC3[:, :, 0] - drawn_BC3[:, :, 1]).sum(axis=1)
        found.append(net_B / pairs_BC.sum(axis=1))
    low, high = expanded_percentiles(np.concatenate(found), scenarios, confidence)
    mean = float((table_C[:, 1] - table_C[:, 2]).sum() / n)
    method = (
        f"hierarchical bootstrap over {scenarios} scenarios and pairs, "
        f"two-sided {percent(confidence)}"
    )
    return Estimate(
        mean, min(low, mean), max(high, mean), n, method, assumptions=assumed(scenarios)
    )


def equivalence(
    pairs: Pairs, margin: float, *, estimand: Estimand, alpha: float = 0.05
) -> Equivalence:
    """Are two arms the same up to `margin`? Two one-sided tests (Schuirmann 1987).

    They are at level `alpha` where the interval of confidence 1 - 2 alpha lies within the margin:
    `paired_difference` for this pack, `clustered_difference` for scenarios like these. The latter
    cannot show a margin below some 2.7 / scenarios, however many runs there are. `margin` is to be
    stated before the data are seen; a rate difference, e.g. 0.05. The p-value is the smallest alpha
    that would do.

    Raises:
        ValueError: the margin is not between 0 and 1.
    """
    if not 0 < margin <= 1:
        raise ValueError(f"Margin {margin:g}: give a difference of rates between 0 and 1.")

    def interval(level: float) -> Estimate:
        confidence = 1 - 2 * level
        if estimand == "this pack":
            return paired_difference(pairs.first, pairs.second, confidence=confidence)
        return clustered_difference(pairs, confidence=confidence)

    def within(found: Estimate) -> bool:
        return found.n > 0 and -margin < found.low and found.high < margin

    found = interval(alpha)
    # Intervals are nested, so the smallest level that does is found by halving.
    fails, does = 1e-9, 0.5 - 1e-9
    if not within(interval(does)):
        p_value = 1.0 if found.mean is None or abs(found.mean) >= margin else 0.5
    else:
        for _ in range(40):
            middle = (fails * does) ** 0.5
            fails, does = (fails, middle) if within(interval(middle)) else (middle, does)
        p_value = does
    method = f"two one-sided tests at {percent(alpha)}, {estimand}; {found.method}"
    return Equivalence(within(found), p_value, margin, found, method)


def holm(name: str, p_values: Mapping[str, float], *, alpha: float = 0.05) -> Family:
    """Holm's correction over a family of tests, which is named and complete before it is tested.

    Keeps the chance of any false alarm in the family at `alpha`, however the tests depend on each
    other. An empty family gives no tests.
    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70; statsmodels' `multipletests`
    says the same, after a collection of all garbage at every call.

    Raises:
        ValueError: a p-value is missing or not between 0 and 1.
    """
    for test, p_value in p_values.items():
        if not 0 <= p_value <= 1:
            raise ValueError(f"Test {test!r} has p = {p_value!r}: it must lie between 0 and 1.")
    tests, corrected = {}, 0.0
    for rank, test in enumerate(sorted(p_values, key=p_values.__getitem__)):
        p_value = float(p_values[test])
        corrected = max(corrected, min(1.0, (len(p_values) - rank) * p_value))
        tests[test] = Adjusted(test, p_value, corrected, corrected <= alpha)
    method = f"Holm over {len(p_values)} tests of {name!r}"
    return Family(name, alpha, tuple(tests[test] for test in p_values), method)


def _smallest(units: int) -> float:
    """The two-sided p-value of `units` coins that all fall the same way."""
    return float(min(1.0, 2.0 ** (1 - units)))


def _by_scenario(pairs: Pairs) -> Floats:
    """Complete pairs per scenario: both, only first, only second, neither; in no order of names."""
    known_P = ~(np.isnan(pairs.first) | np.isnan(pairs.second))
    index: dict[object, int] = {}
    codes_P = np.array([index.setdefault(name, len(index)) for name in pairs.scenario], dtype=int)
    kind_P = 3 - 2 * pairs.first[known_P] - pairs.second[known_P]
    cell_P = 4 * codes_P[known_P] + kind_P.astype(np.int64)
    table_C = np.bincount(cell_P, minlength=4 * len(index)).astype(np.float64).reshape(-1, 4)
    table_C = table_C[table_C.sum(axis=1) > 0]
    order: npt.NDArray[np.intp] = np.lexsort(table_C.T)
    return table_C[order]


def _effective_pairs(table_C: Floats, mean: float, confidence: float) -> float:
    """Independent pairs that clustered ones are worth; one per scenario where no pair differs."""
    from scipy.stats import t

    counts_C, net_C = table_C.sum(axis=1), table_C[:, 1] - table_C[:, 2]
    n, discordant = float(counts_C.sum()), float(table_C[:, 1:3].sum())
    if discordant == 0:
        return float(len(table_C))
    between, degrees = (float(value) for value in variance_between(net_C, counts_C))
    if between == 0 or n < 2:
        return n
    upper = (1 + confidence) / 2
    shrink = (float(t.ppf(upper, n - 1)) / float(t.ppf(upper, degrees))) ** 2
    return min(n, max((discordant / n - mean**2) / between * shrink, 1.0))
