"""Can two kinds of transcript be told apart by a score? AUC, calibration, differences of means.

A score says how evaluation-like one transcript is; transcripts that share a pair (or a task) are
one cluster. `stats.pairwise` is for comparisons of two transcripts, `stats.two_sample` for
classifiers. Stands on `stats.estimate`; feeds `realism`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from assay.stats.estimate import (
    CONFIDENCE,
    Estimate,
    Floats,
    limits,
    percent,
    spanning,
    zero_event_bounds,
)

type Mask = npt.NDArray[np.bool_]

SHARED = "Clusters (pairs, or runs of a scenario) are independent draws of what the claim is about."


@dataclass(frozen=True)
class Bin:
    """Answers between `low` and `high`: what was said on average, and what was so."""

    low: float
    high: float
    n: int
    said: float
    seen: Estimate


@dataclass(frozen=True)
class Calibration:
    """How far probabilities can be taken at their word, at this mix of the two kinds.

    `brier` is the mean squared error (0 is perfect) and `brier_of_mix` what the constant answer
    `share` would get. `ece` is the mean distance between said and seen over the bins, weighted by
    their answers. All are None without answers.
    """

    brier: float | None
    brier_of_mix: float | None
    ece: float | None
    share: float | None
    n: int
    bins: tuple[Bin, ...]


def auc(
    scores: Sequence[float] | Floats,
    evaluation: Iterable[bool] | Mask,
    cluster: Iterable[object],
    *,
    design_effect: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Chance that an evaluation scores above a deployment transcript, ties half; `n` counts both.

    The variance is DeLong's over clusters (Obuchowski 1997): what each cluster moves the AUC by. As
    in `clusters.clustered`, it says how many independent comparisons these are worth, Student's t
    with (clusters - 1) degrees of freedom takes more off, and Clopper-Pearson does the rest; and a
    separation with some overlap never proves more than one without, which proves what no event in
    as many pairs as there are clusters on the smaller side would. So a perfect separation has an
    interval too. Fewer than two clusters on a side: [0, 1]. Coverage is measured in
    `benchmarks/realism_calibration.py`.
    Sources: DeLong et al., Biometrics 44 (1988), 837-845; Obuchowski, Biometrics 53 (1997),
    567-578.

    Args:
        scores: One of each transcript; larger is more evaluation-like.
        evaluation: Whether it is one.
        cluster: Its pair.
        design_effect: What the variance is multiplied by where scores depend on each other, as
            those of a fitted classifier do.
        confidence: Of the interval, two-sided.

    Raises:
        ValueError: a score is no number, or the lengths differ.
    """
    score_N, side_N, code_N = _aligned(scores, evaluation, cluster)
    n = len(score_N)
    if not side_N.any() or side_N.all():
        return Estimate(None, 0.0, 1.0, n, "one side is empty: nothing is known")
    smaller = min(len(set(code_N[side].tolist())) for side in (side_N, ~side_N))
    mean, variance = auc_variance(score_N, side_N, code_N, smaller)
    if smaller < 2:
        return Estimate(mean, 0.0, 1.0, n, "one cluster: it says nothing about others")
    bound = zero_event_bounds(n, smaller, confidence=confidence).scenarios_like_these.high
    method = f"AUC, DeLong over {smaller} clusters, two-sided {percent(confidence)}"
    if mean in (0.0, 1.0):
        low, high = (1 - bound, 1.0) if mean else (0.0, bound)
        return Estimate(mean, low, high, n, f"{method}; no overlap", assumptions=SHARED)
    worth = _worth(mean * (1 - mean), design_effect * variance, n, smaller, confidence)
    low, high = limits(mean * worth, worth, "exact", confidence)
    low, high = min(low, 1 - bound), max(high, bound)
    return spanning(mean, low, high, n, method, assumptions=SHARED)


def auc_variance(
    score_N: Floats, side_N: Mask, code_N: npt.NDArray[np.intp], smaller: int
) -> tuple[float, float]:
    """AUC, and its variance over clusters, of which `smaller` are on the side with fewer."""
    from scipy.stats import rankdata

    rank_N = rankdata(score_N)
    above_N = np.empty(len(score_N))  # how many of the other side each stands above, as a share
    for side, other in ((side_N, ~side_N), (~side_N, side_N)):
        above_N[side] = (rank_N[side] - rankdata(score_N[side])) / other.sum()
    mean = float(above_N[side_N].mean())
    moved_N = np.where(
        side_N, (above_N - mean) / side_N.sum(), (1 - above_N - mean) / (~side_N).sum()
    )
    return mean, _variance(moved_N, code_N, smaller) if smaller > 1 else 0.0


def calibration(
    probabilities: Sequence[float] | Floats, evaluation: Iterable[bool] | Mask, *, bins: int = 10
) -> Calibration:
    """Brier score, expected calibration error and reliability bins of equal width.

    Half of the transcripts are evaluations where the sides are equally many; who answers does not
    know the mix, and no calibration error at this mix is none at another.

    Raises:
        ValueError: a probability is not between 0 and 1, or the lengths differ.
    """
    said_N, is_evaluation_N, _ = _aligned(probabilities, evaluation, None)
    if len(said_N) == 0:
        return Calibration(None, None, None, None, 0, ())
    if said_N.min() < 0 or said_N.max() > 1:
        raise ValueError("A probability lies between 0 and 1; divide answers in percent by 100.")
    place_N = np.minimum((said_N * bins).astype(int), bins - 1)
    found = []
    for place in sorted(set(place_N.tolist())):
        inside = place_N == place
        count, n = int(is_evaluation_N[inside].sum()), int(inside.sum())
        low, high = limits(count, n, "wilson", CONFIDENCE)
        seen = Estimate(count / n, low, high, n, f"Wilson score, two-sided {percent(CONFIDENCE)}")
        said = float(said_N[inside].mean())
        found.append(Bin(place / bins, (place + 1) / bins, n, said, seen))
    n, share = len(said_N), float(is_evaluation_N.mean())
    gaps = [part.n * abs(part.said - (part.seen.mean or 0.0)) for part in found]
    return Calibration(
        brier=float(((said_N - is_evaluation_N) ** 2).mean()),
        brier_of_mix=share * (1 - share),
        ece=sum(gaps) / n,
        share=share,
        n=n,
        bins=tuple(found),
    )


def mean_score(
    scores: Sequence[float] | Floats, cluster: Iterable[object], *, confidence: float = CONFIDENCE
) -> Estimate:
    """Mean of scores between 0 and 1 with an interval over clusters; `n` counts scores."""
    score_N, _, code_N = _aligned(scores, None, cluster)
    return _mean([(score_N, code_N, 1.0)], (0.0, 1.0), confidence)


def mean_difference(
    first: Sequence[float] | Floats,
    second: Sequence[float] | Floats,
    first_cluster: Iterable[object],
    second_cluster: Iterable[object],
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Difference of two means of scores between 0 and 1, first minus second.

    A cluster that is on both sides (the same task in two environments) moves both means at once,
    and what it does to both cancels. The interval is Student's t on the variance between clusters,
    with (clusters - 1) degrees of freedom of the side with fewer. Where no cluster differs from the
    others at all, it is what a cluster of another kind, not seen so far, could still change. One
    cluster on a side: [-1, 1].
    """
    names = [list(first_cluster), list(second_cluster)]
    index: dict[object, int] = {}
    sides = []
    for values, own, sign in ((first, names[0], 1.0), (second, names[1], -1.0)):
        code_N = np.array([index.setdefault(name, len(index)) for name in own], dtype=np.intp)
        score_N, _, _ = _aligned(values, None, own)
        sides.append((score_N, code_N, sign))
    return _mean(sides, (-1.0, 1.0), confidence)


def korn_graubard(
    values: Floats, counts: Floats, smallest: int, name: str, confidence: float = CONFIDENCE
) -> Estimate:
    """Share of `counts` that `values` are, one entry per cluster; parts of an event count in part.

    As `clusters.clustered`, which takes whole events only. `smallest` clusters set the floor.
    """
    from assay.stats.clusters import effective_runs

    n, total = float(counts.sum()), float(values.sum())
    if n == 0:
        return Estimate(None, 0.0, 1.0, 0, "nothing was answered: nothing is known")
    mean = total / n
    if smallest < 2:
        return Estimate(mean, 0.0, 1.0, int(n), "one cluster: it says nothing about others")
    bound = zero_event_bounds(int(n), smallest, confidence=confidence).scenarios_like_these.high
    method = f"{name}, Korn-Graubard over {smallest} clusters, two-sided {percent(confidence)}"
    if total in (0, n):
        low, high = (0.0, bound) if total == 0 else (1 - bound, 1.0)
        return Estimate(mean, low, high, int(n), method, assumptions=SHARED)
    worth = float(effective_runs(values, counts, confidence))
    low, high = limits(mean * worth, worth, "exact", confidence)
    low, high = min(low, 1 - bound), max(high, bound)
    return spanning(mean, low, high, int(n), method, assumptions=SHARED)


def _mean(
    sides: Sequence[tuple[Floats, npt.NDArray[np.intp], float]],
    reach: tuple[float, float],
    confidence: float,
) -> Estimate:
    n = sum(len(score_N) for score_N, _, _ in sides)
    if any(len(score_N) == 0 for score_N, _, _ in sides):
        return Estimate(None, *reach, n, "nothing was scored: nothing is known")
    mean = sum(sign * float(score_N.mean()) for score_N, _, sign in sides)
    smaller = min(len(set(code_N.tolist())) for _, code_N, _ in sides)
    if smaller < 2:
        return Estimate(mean, *reach, n, "one cluster: it says nothing about others")
    moved_N = np.concatenate(
        [sign * (score_N - score_N.mean()) / len(score_N) for score_N, _, sign in sides]
    )
    variance = _variance(moved_N, np.concatenate([code_N for _, code_N, _ in sides]), smaller)
    method = f"Student's t over {smaller} clusters, two-sided {percent(confidence)}"
    if variance < 1e-18:
        unseen = zero_event_bounds(n, smaller, confidence=confidence).scenarios_like_these.high
        low, high = mean - unseen * (mean - reach[0]), mean + unseen * (reach[1] - mean)
        return Estimate(mean, low, high, n, f"{method}; all alike", assumptions=SHARED)

    from scipy.stats import t

    wide = float(t.ppf((1 + confidence) / 2, smaller - 1)) * sqrt(variance)
    low, high = max(reach[0], mean - wide), min(reach[1], mean + wide)
    return spanning(mean, low, high, n, method, assumptions=SHARED)


def _variance(moved_N: Floats, code_N: npt.NDArray[np.intp], clusters: int) -> float:
    """Variance of a statistic from what each cluster moves it by."""
    moved_C = np.bincount(code_N, weights=moved_N)
    return float((moved_C**2).sum()) * clusters / (clusters - 1)


def _worth(spread: float, variance: float, n: int, clusters: int, confidence: float) -> float:
    """Independent events that a share with this variance is worth; at most `n`."""
    from scipy.stats import t

    upper = (1 + confidence) / 2
    shrink = (float(t.ppf(upper, n - 1)) / float(t.ppf(upper, clusters - 1))) ** 2
    return n * shrink if variance == 0 else min(n, spread / variance * shrink)


def _aligned(
    scores: Sequence[float] | Floats,
    evaluation: Iterable[bool] | Mask | None,
    cluster: Iterable[object] | None,
) -> tuple[Floats, Mask, npt.NDArray[np.intp]]:
    """Scores, sides and numbered clusters of one length; raises a ValueError otherwise."""
    score_N = np.asarray(scores, dtype=np.float64)
    if not np.isfinite(score_N).all():
        raise ValueError(
            "A score is missing or no number. Leave it out and count it: a transcript without an "
            "answer is neither kind."
        )
    n = len(score_N)
    side_N = np.zeros(n, dtype=np.bool_) if evaluation is None else np.array([*evaluation], bool)
    names = list(range(n)) if cluster is None else list(cluster)
    if len(side_N) != n or len(names) != n:
        raise ValueError(f"{n} scores, {len(side_N)} sides and {len(names)} clusters do not match.")
    index: dict[object, int] = {}
    code_N = np.array([index.setdefault(name, len(index)) for name in names], dtype=np.intp)
    return score_N, side_N, code_N
