"""Compares interventions at a matched hack rate.

An intervention that stops the model from learning to hack also stops what comes with hacking. To
tell whether it cuts the link between them, two arms are compared where they hack equally often: at
checkpoints (or, between them, on straight lines) with the same hack rate. Seeds are the sample.
Stands on `stats.clusters`; feeds studies.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.stats.clusters import expanded_percentiles
from assay.stats.estimate import CONFIDENCE, Estimate, Floats, percent

ASSUMES = (
    "Misalignment depends on training through the hack rate and not on how long it took to get "
    "there; hack rates are measured well enough to be matched (noise in them pulls both arms "
    "together); seeds are independent."
)
FEW_SEEDS = 5
STEPS = 101


@dataclass(frozen=True)
class Curve:
    """One seed of one arm over training: a hack rate and a misalignment score per checkpoint.

    Both lie in [0, 1], or are NaN where that checkpoint was not assessed.
    """

    seed: int
    hack_rate: Floats
    misalignment: Floats


@dataclass(frozen=True)
class Matched:
    """Misalignment of two arms at the hack rates that all of their seeds pass through.

    `difference` is first minus second, averaged evenly over hack rates from `hack_low` to
    `hack_high` (or at one hack rate, where those are equal); `first` and `second` are the arms' own
    means. `checkpoints_left_out` counts those where either value is missing.
    """

    difference: Estimate
    first: float
    second: float
    hack_low: float
    hack_high: float
    checkpoints_left_out: int
    note: str


def matched_difference(
    first: Sequence[Curve],
    second: Sequence[Curve],
    rng: np.random.Generator,
    *,
    at: float | None = None,
    resamples: int = 10_000,
    confidence: float = CONFIDENCE,
) -> Matched:
    """Difference in misalignment, first arm minus second, at a matched hack rate.

    Each seed's checkpoints are put in order of hack rate (equal ones averaged) and joined by
    straight lines; seeds are compared over the range that every seed of both arms covers, or at the
    hack rate `at`. The interval is a bootstrap over seeds, of each arm apart, with percentiles
    moved out for few seeds (Hesterberg 2015). Seeds that are all alike, or one seed in an arm,
    leave nothing to draw from: then [-1, 1].

    Raises:
        ValueError: the hack rates of two seeds do not overlap (it names them), `at` is outside the
            common range, an arm has no seed, or a value is not in [0, 1].
    """
    if not first or not second:
        raise ValueError("An arm without seeds cannot be compared.")
    known = [[_known(curve) for curve in arm] for arm in (first, second)]
    low, high = _common_range(known[0] + known[1], at)
    hack_rates_H = np.linspace(low, high, STEPS if high > low else 1)
    scores = [np.array([_score(curve, hack_rates_H) for curve in arm]) for arm in known]
    means = [float(scores_S.mean()) for scores_S in scores]
    mean, seeds = means[0] - means[1], min(len(first), len(second))
    where = f"hack rate {low:.2f}" + (f" to {high:.2f}" if high > low else "")
    limits = -1.0, 1.0
    if seeds < 2:
        method = f"one seed in an arm: it says nothing about other seeds; {where}"
    elif all(float(np.ptp(scores_S)) == 0 for scores_S in scores):
        method = f"every seed of an arm is alike: a bootstrap would have no width; {where}"
    else:
        drawn = [_resampled_means(scores_S, rng, resamples) for scores_S in scores]
        limits = expanded_percentiles(drawn[0] - drawn[1], seeds, confidence)
        method = f"bootstrap over seeds at {where}, two-sided {percent(confidence)}"
    n = len(first) + len(second)
    difference = Estimate(
        mean=mean,
        low=max(-1.0, min(limits[0], mean)),
        high=min(1.0, max(limits[1], mean)),
        n=n,
        method=f"{method}; n counts seeds",
        assumptions=ASSUMES,
    )
    left_out = sum(len(curve.hack_rate) for curve in (*first, *second))
    left_out -= sum(len(curve.hack_rate) for arm in known for curve in arm)
    note = f"{seeds} seeds in an arm: a bootstrap of so few is rough." if seeds < FEW_SEEDS else ""
    return Matched(difference, means[0], means[1], low, high, left_out, note)


def _known(curve: Curve) -> Curve:
    """The checkpoints where both values are known."""
    hack_T = np.asarray(curve.hack_rate, dtype=np.float64)
    misaligned_T = np.asarray(curve.misalignment, dtype=np.float64)
    if hack_T.shape != misaligned_T.shape:
        raise ValueError(
            f"Seed {curve.seed} has {len(hack_T)} hack rates but {len(misaligned_T)} scores."
        )
    both_T = ~(np.isnan(hack_T) | np.isnan(misaligned_T))
    hack_T, misaligned_T = hack_T[both_T], misaligned_T[both_T]
    if len(hack_T) == 0:
        raise ValueError(f"Seed {curve.seed} has no checkpoint with both values: leave it out.")
    if min(hack_T.min(), misaligned_T.min()) < 0 or max(hack_T.max(), misaligned_T.max()) > 1:
        raise ValueError(f"Seed {curve.seed} has a rate or score outside 0 to 1.")
    return Curve(curve.seed, hack_T, misaligned_T)


def _common_range(curves: Sequence[Curve], at: float | None) -> tuple[float, float]:
    """From the highest lowest to the lowest highest hack rate of all seeds."""
    late = max(curves, key=lambda curve: float(curve.hack_rate.min()))
    early = min(curves, key=lambda curve: float(curve.hack_rate.max()))
    low, high = float(late.hack_rate.min()), float(early.hack_rate.max())
    if low > high:
        raise ValueError(
            f"The arms never hack equally often: seed {early.seed} stays at or below {high:.2f}, "
            f"seed {late.seed} at or above {low:.2f}. Assess earlier checkpoints of the one, or "
            "train the other longer; nothing is extrapolated."
        )
    if at is None:
        return low, high
    if not low <= at <= high:
        raise ValueError(
            f"Hack rate {at:g} is not one that every seed passes through: choose one from "
            f"{low:.2f} to {high:.2f}."
        )
    return at, at


def _score(curve: Curve, hack_rates_H: Floats) -> float:
    """Mean misalignment of one seed over these hack rates."""
    distinct_T, index_T = np.unique(curve.hack_rate, return_inverse=True)
    means_T = np.bincount(index_T, weights=curve.misalignment) / np.bincount(index_T)
    return float(np.interp(hack_rates_H, distinct_T, means_T).mean())


def _resampled_means(scores_S: Floats, rng: np.random.Generator, resamples: int) -> Floats:
    seeds = len(scores_S)
    weights_BS = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=resamples)
    means: Floats = weights_BS @ np.sort(scores_S) / seeds
    return means
