"""Means and paired differences over training seeds: one seed, one value.

A study trains each arm from several seeds; two arms are paired by seed, since seed and arm share
corpus sample, initialisation and pretraining. How well one seed's value is known (its samples) is
kept apart from how far seeds lie from each other: more samples lower the first, never the second.
Stands on `stats.estimate`; feeds `stats.studies`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from assay.stats.estimate import CONFIDENCE, Estimate, Floats, percent

EXACT_SEEDS = 20  # 2**20 flips take a second; a study of more seeds draws that many
POWER = 0.9
ASSUMES = "Seeds are independent draws, and their mean is close to normal (t); the test needs less."


@dataclass(frozen=True)
class SeedMean(Estimate):
    """Mean over seeds; `n` counts them.

    `spread` is the standard deviation between seeds' values, None below two seeds. `sampling` is
    the standard error of one seed's value from its samples alone, None where that is not known.
    """

    spread: float | None
    sampling: float | None


@dataclass(frozen=True)
class SeedDifference(SeedMean):
    """First arm minus second over the seeds that both have.

    `p_value` is of the sign-flip test, `sign_p` of the sign test; `smallest_p` is the least that
    so many seeds can give. `detectable` is the true difference that a study of so many seeds, as
    far apart as these, would show at 5 % in 90 of 100 repetitions; None where none could.
    `up`, `down` count seeds by the sign of their difference; `values` holds each seed's.
    """

    p_value: float
    sign_p: float
    smallest_p: float
    detectable: float | None
    up: int
    down: int
    values: Mapping[int, float]


def mean_over_seeds(
    values: Sequence[float] | Floats,
    variances: Sequence[float] | Floats | None = None,
    *,
    bounds: tuple[float, float] = (0.0, 1.0),
    confidence: float = CONFIDENCE,
) -> SeedMean:
    """Mean of one value per seed, with Student's interval over seeds, for seeds like these.

    `variances` are of each value's sampling alone. Seeds that agree better than their samples
    allow are luck: the interval is never narrower than sampling alone would make it, so that seeds
    without any event do not give [0, 0]. One seed says nothing about others and spans `bounds`.
    NaN is a seed without a value and is left out.
    """
    values_S = np.asarray(values, dtype=np.float64)
    known_S = ~np.isnan(values_S)
    values_S = values_S[known_S]
    sampling = _sampling(variances, known_S)
    n = len(values_S)
    if n == 0:
        return SeedMean(None, *bounds, 0, "no seeds: nothing is known", spread=None, sampling=None)
    mean = float(values_S.mean())
    if n == 1:
        method = "one seed: it says nothing about others; n counts seeds"
        return SeedMean(mean, *bounds, 1, method, spread=None, sampling=sampling)
    spread = float(values_S.std(ddof=1))
    half = _t(n, confidence) * max(spread, sampling or 0.0) / sqrt(n)
    return SeedMean(
        mean,
        max(bounds[0], mean - half),
        min(bounds[1], mean + half),
        n,
        f"Student's t over {n} seeds, two-sided {percent(confidence)}",
        assumptions=ASSUMES,
        spread=spread,
        sampling=sampling,
    )


def paired_over_seeds(
    first: Mapping[int, float],
    second: Mapping[int, float],
    variances: Mapping[int, float] | None = None,
    *,
    bounds: tuple[float, float] = (-1.0, 1.0),
    confidence: float = CONFIDENCE,
) -> SeedDifference:
    """Mean difference, first minus second, over the seeds in which both values are known.

    The interval is `mean_over_seeds` of the differences, with `variances` of each seed's
    difference; the test flips signs (`sign_flip_p`). A seed that only one arm has is left out.
    """
    seeds = sorted(
        seed for seed in first if seed in second and not np.isnan(first[seed] - second[seed])
    )
    values_S = np.array([first[seed] - second[seed] for seed in seeds], dtype=np.float64)
    own = None if variances is None else [variances[seed] for seed in seeds]
    mean = mean_over_seeds(values_S, own, bounds=bounds, confidence=confidence)
    up, down = int((values_S > 0).sum()), int((values_S < 0).sum())
    n = len(seeds)
    return SeedDifference(
        mean.mean,
        mean.low,
        mean.high,
        n,
        mean.method if n < 2 else f"{mean.method}; p by exact sign flips of seeds",
        assumptions=mean.assumptions,
        spread=mean.spread,
        sampling=mean.sampling,
        p_value=sign_flip_p(values_S),
        sign_p=_sign_p(up, down),
        smallest_p=smallest_p(n),
        detectable=_detectable(n, max(mean.spread or 0.0, mean.sampling or 0.0)),
        up=up,
        down=down,
        values=dict(zip(seeds, values_S.tolist(), strict=True)),
    )


def sign_flip_p(differences: Sequence[float] | Floats) -> float:
    """Fisher's sign-flip test of seeds' differences, two-sided; 1.0 where there are none.

    If the arms do not differ, each seed's difference is as likely with either sign. Up to 20 seeds
    every flip is counted; beyond that, as many are drawn from a fixed seed, and the observed one
    counts among them, so that p is never 0.
    Source: Fisher, The Design of Experiments (1935), section 21.
    """
    values_S = np.asarray(differences, dtype=np.float64)
    n = len(values_S)
    if n == 0:
        return 1.0
    if n <= EXACT_SEEDS:
        sums_F = np.zeros(1)
        for value in values_S:
            sums_F = np.concatenate([sums_F + value, sums_F - value])
    else:
        rng = np.random.default_rng(0)
        signs_FS = rng.integers(0, 2, (2**EXACT_SEEDS // n, n)) * 2 - 1
        sums_F = np.append(signs_FS @ values_S, values_S.sum())
    # Sums that are equal on paper differ in their last digits.
    reached = np.abs(sums_F) >= abs(float(values_S.sum())) - 1e-12
    return float(reached.mean())


def smallest_p(n_seeds: int) -> float:
    """The least p-value that so many seeds can give: all of them fall the same way."""
    return float(min(1.0, 2.0 ** (1 - n_seeds)))


def _detectable(
    n: int, spread: float, *, power: float = POWER, alpha: float = 0.05
) -> float | None:
    """The difference that a two-sided t-test over `n` seeds `spread` apart shows with `power`."""
    if n < 2 or smallest_p(n) > alpha or spread == 0:
        return None

    from scipy.optimize import brentq
    from scipy.stats import nct, t

    limit = float(t.isf(alpha / 2, n - 1))

    def short(shift: float) -> float:
        return float(nct.sf(limit, n - 1, shift)) - power

    return float(brentq(short, 0.0, limit + 12.0)) * spread / sqrt(n)


def _sampling(variances: Sequence[float] | Floats | None, known_S: Floats) -> float | None:
    """Standard error of one seed's value, as the root of the mean variance."""
    if variances is None or not known_S.any():
        return None
    own = np.asarray(variances, dtype=np.float64)[known_S.astype(bool)]
    mean = float(own.mean())
    return sqrt(mean) if 0 <= mean < inf else None


def _sign_p(up: int, down: int) -> float:
    from scipy.stats import binomtest

    return float(binomtest(up, up + down).pvalue) if up + down else 1.0


def _t(n: int, confidence: float) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + confidence) / 2, n - 1))
