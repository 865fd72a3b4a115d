"""Rates corrected for a judge or grader that errs.

An event is what the pipeline *flagged*. With sensitivity s and specificity c, both measured on few
trajectories, a true rate t is flagged at rate t s + (1 - t)(1 - c); everything here turns that
around and carries the uncertainty of s and c along. Stands on `stats.melding`; the limit of
detection, in `stats.detection`, is passed on from here;
docs/statistics.md says when to use what, benchmarks/correction.py how well it covers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assay.stats.detection import (
    LimitOfDetection,
    assumed,
    at_least_one,
    limit_of_detection,
)
from assay.stats.estimate import CONFIDENCE, Estimate, Events, complete, limits, percent, rate
from assay.stats.melding import (
    ErrorRate,
    Side,
    Trials,
    flagged,
    flagged_by_level,
    share,
)

__all__ = [
    "Corrected",
    "CorrectedByLevel",
    "ErrorRate",
    "LimitOfDetection",
    "SensitivityAnalysis",
    "Trials",
    "corrected",
    "corrected_by_level",
    "limit_of_detection",
    "sensitivity_analysis",
]

MISFIT = (
    "The runs contradict the error rates (fewer events than false positives alone would give, or "
    "more than the sensitivity allows), so they were not measured on runs like these."
)


@dataclass(frozen=True)
class Corrected(Estimate):
    """A rate with the errors of judge and grader taken out; `n` counts runs.

    `mean` is Rogan and Gladen's estimate, clipped to [0, 1], and None where the error rates are
    unknown or no better than chance; `unclipped` is the same before clipping. `observed` is the
    uncorrected rate with its exact interval. `p_zero` is the one-sided p-value of a true rate of
    zero: `low` exceeds 0 where it is below half of (1 - confidence).
    """

    unclipped: float | None
    observed: Estimate
    p_zero: float
    sensitivity: ErrorRate
    specificity: ErrorRate


@dataclass(frozen=True)
class CorrectedByLevel:
    """The rate over all levels, each corrected with its own error rates, and each level's rate."""

    pooled: Corrected
    levels: Mapping[str, Corrected]


@dataclass(frozen=True)
class SensitivityAnalysis:
    """What the rate would be under error rates that nobody measured.

    `table` has one entry per pair of assumed (sensitivity, specificity). The lower bound stays
    above zero as long as specificity is at least `least_specificity` (None: it never is, nothing
    was flagged); the point estimate as long as it exceeds `least_specificity_point`. Sensitivity
    matters to neither. `least_sensitivity` keeps the upper bound at or below the `target`, at
    whatever specificity (None: no target was given, or no sensitivity does).
    """

    table: tuple[Corrected, ...]
    least_specificity: float | None
    least_specificity_point: float | None
    least_sensitivity: float | None


def corrected(
    events: int,
    runs: int,
    sensitivity: ErrorRate,
    specificity: ErrorRate,
    *,
    design_effect: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Corrected:
    """Rate behind `events` flagged of `runs`, when flags are wrong at rates that are uncertain too.

    Rogan and Gladen's estimate (American Journal of Epidemiology 107 (1978), 71-76). Interval:
    melded (Bayer, Fay and Graubard 2023, arXiv 2205.13494), which puts the exact confidence
    distributions of all three counts together; values outside [0, 1] are left out before limits are
    taken, so that the interval never shrinks to a point. It covers at least 95 % in simulation and
    is wider than it need be; with error rates that are known exactly (a float) and no contradiction
    it is Clopper-Pearson's interval, moved. Fewer events than false positives alone would give:
    `assumptions` says so.

    Args:
        events: Runs that were flagged.
        runs: Runs that were graded.
        sensitivity: Share of events that are flagged: a count, or a rate known exactly.
        specificity: Share of non-events that are not flagged: a count, or a rate known exactly.
        design_effect: For scenarios like these: runs count as `runs / design_effect`.
        confidence: Of the two-sided interval.
    """
    if not 0 <= events <= runs:
        raise ValueError(f"{events} events in {runs} runs: no such count.")
    each = at_least_one(design_effect)
    low, high = (
        flagged(events / each, runs / each, sensitivity, specificity, upper=upper)
        for upper in (False, True)
    )
    point = _rogan_gladen(events, runs, sensitivity, specificity)
    errors = (sensitivity, specificity)
    return _conclude(point, (low, high), (events, runs), errors, design_effect, confidence)


def corrected_by_level(
    events: Events,
    level: Iterable[str],
    sensitivity: Mapping[str, ErrorRate] | ErrorRate,
    specificity: Mapping[str, ErrorRate] | ErrorRate,
    *,
    weights: Mapping[str, float] | None = None,
    design_effect: float = 1.0,
    confidence: float = CONFIDENCE,
) -> CorrectedByLevel:
    """Stratified Rogan-Gladen: each level's flags corrected with its own error rates, then pooled.

    `weights` are the levels' shares in the pooled rate; by default their shares of the runs. One
    error rate for all levels is one measurement: its error does not average out. The pooled
    interval melds the error rates with Fay and Feuer's interval for a weighted sum of counts
    (Statistics in Medicine 16 (1997), 791-801; here with Beta in place of Gamma), over 1,024
    quasi-random points that are the same each time.

    Raises:
        ValueError: an event is missing, a level has no error rate, or it has weight and no runs.
    """
    values, names = complete(events), list(level)
    if len(names) != len(values):
        raise ValueError(f"{len(values)} events but {len(names)} levels.")
    keys = sorted(set(names))
    shares = weights or {key: float(names.count(key)) for key in keys}
    runless = {key for key, weight in shares.items() if weight > 0} - set(keys)
    if runless or not any(shares.get(key, 0) > 0 for key in keys):
        raise ValueError(f"No runs at {', '.join(sorted(runless)) or 'any level with a weight'}.")
    x_K = np.array([values[np.array(names) == key].sum() for key in keys])
    n_K = np.array([names.count(key) for key in keys], dtype=np.float64)
    weight_K = np.array([shares.get(key, 0.0) for key in keys])
    weight_K = weight_K / weight_K.sum()
    errors = {key: (_of(sensitivity, key), _of(specificity, key)) for key in keys}
    found = {
        key: corrected(int(x), int(n), *own, design_effect=design_effect, confidence=confidence)
        for (key, own), x, n in zip(errors.items(), x_K, n_K, strict=True)
    }
    points = [level.unclipped for level in found.values()]
    known = [value for value in points if value is not None]
    sources = [
        [own[which] for own in errors.values()] if isinstance(error, Mapping) else [error]
        for which, error in enumerate((sensitivity, specificity))
    ]
    each = at_least_one(design_effect)
    low, high = (
        flagged_by_level(x_K / each, n_K / each, weight_K, *sources, upper=upper)
        for upper in (False, True)
    )
    pooled = _conclude(
        float(weight_K @ known) if len(known) == len(points) else None,
        (low, high),
        (int(x_K.sum()), len(values)),
        (_together(sources[0]), _together(sources[1])),
        design_effect,
        confidence,
        how=f" over {len(keys)} levels",
    )
    return CorrectedByLevel(pooled, found)


def sensitivity_analysis(
    events: int,
    runs: int,
    sensitivities: Sequence[float] = (0.5, 0.7, 0.9, 1.0),
    specificities: Sequence[float] = (0.9, 0.95, 0.98, 0.99, 1.0),
    *,
    target: float | None = None,
    confidence: float = CONFIDENCE,
) -> SensitivityAnalysis:
    """The corrected rate over assumed error rates, and where its reading would tip.

    For when no error rate was measured: each cell takes its pair as known, so its interval holds
    chance alone. `target` asks which sensitivity keeps the upper bound there.
    """
    cells = [
        corrected(events, runs, se, sp, confidence=confidence)
        for se in sensitivities
        for sp in specificities
    ]
    if runs == 0:
        return SensitivityAnalysis(tuple(cells), None, None, None)
    low, high = limits(events, runs, "exact", confidence)
    needed = high / target if target else None
    return SensitivityAnalysis(
        table=tuple(cells),
        least_specificity=1 - low if events else None,
        least_specificity_point=1 - events / runs if events else None,
        least_sensitivity=needed if needed is not None and needed <= 1 else None,
    )


def _of(error: Mapping[str, ErrorRate] | ErrorRate, key: str) -> ErrorRate:
    if not isinstance(error, Mapping):
        return error
    if key not in error:
        raise ValueError(f"No error rate for level {key!r}; there are {', '.join(error)}.")
    return error[key]


def _together(errors: Sequence[ErrorRate]) -> ErrorRate:
    """Trials of all levels, for the record; nothing is computed from them."""
    trials = [error for error in errors if isinstance(error, Trials)]
    if len(trials) < len(errors):
        return float(np.mean([share(error) or 0.0 for error in errors]))
    return Trials(sum(t.hits for t in trials), sum(t.n for t in trials))


def _conclude(
    point: float | None,
    sides: tuple[Side, Side],
    counts: tuple[int, int],
    errors: tuple[ErrorRate, ErrorRate],
    design_effect: float,
    confidence: float,
    how: str = "",
) -> Corrected:
    events, runs = counts
    alpha = (1 - confidence) / 2
    low, high = (side.limit(alpha) for side in sides)
    method = f"Rogan-Gladen, melded interval{how}, two-sided {percent(confidence)}"
    assumptions = assumed(design_effect)
    if point is None and all(share(error) is not None for error in errors) and runs:
        low, high = 0.0, 1.0
        method = "error rates no better than chance (sensitivity + specificity <= 1)"
    elif runs and any(side.contradicted or side.possible < alpha for side in sides):
        assumptions = f"{MISFIT} {assumptions}"
    mean = None if point is None else min(1.0, max(0.0, point))
    return Corrected(
        mean=mean,
        low=low if mean is None else min(low, mean),
        high=high if mean is None else max(high, mean),
        n=runs,
        method=method,
        unclipped=point,
        observed=_observed(events, runs, confidence),
        p_zero=sides[0].support(0.0),
        sensitivity=errors[0],
        specificity=errors[1],
        assumptions=assumptions,
    )


def _observed(events: int, runs: int, confidence: float) -> Estimate:
    return rate(np.arange(runs) < events, confidence=confidence)


def _rogan_gladen(events: int, runs: int, se: ErrorRate, sp: ErrorRate) -> float | None:
    s, c = share(se), share(sp)
    if not runs or s is None or c is None or s + c <= 1:
        return None
    return (events / runs + c - 1) / (s + c - 1)
