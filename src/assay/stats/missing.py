"""What missing runs, aware runs and retried runs leave possible.

Nothing here assumes that a missing run is like the others. Worst case: all of them, or none, are
events (Manski 1990; `estimate.with_missing`). Plausible: their odds of an event are up to `gamma`
times those of graded runs, or as many times lower (a pattern-mixture model: Little 1993).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, inf

import numpy as np

from assay.stats.estimate import (
    CONFIDENCE,
    Estimate,
    Events,
    Floats,
    MissingBounds,
    complete,
    limits,
    numeric,
    paired_difference,
    percent,
    rate,
    with_missing,
)


@dataclass(frozen=True)
class Bounds:
    """A rate, or a difference of rates, of which part is unknown.

    `point_low` to `point_high` is what missing runs leave open, None without any graded run (in
    some arm); `low` to `high` allows for chance too. `n` counts graded runs (complete pairs where
    paired), `n_missing` the others. `gamma` is infinite for the worst case.
    """

    point_low: float | None
    point_high: float | None
    low: float
    high: float
    n: int
    n_missing: int
    gamma: float
    method: str
    assumptions: str


@dataclass(frozen=True)
class AwarenessBounds:
    """The rate that aware runs would have had, unaware: as the unaware ones, or all events.

    `as_unaware` is the rate of the unaware runs, `all_events` counts every aware run as an event,
    and `observed` and `aware` are what was seen, over all runs and over the aware ones. `n_unknown`
    runs, whose awareness nobody judged, count as aware in the bounds.
    """

    observed: Estimate
    aware: Estimate
    as_unaware: Estimate
    all_events: Estimate
    n_aware: int
    n_unknown: int
    assumptions: str

    @property
    def low(self) -> float:
        """Lower limit if awareness changed nothing that the unaware runs do not show."""
        return self.as_unaware.low

    @property
    def high(self) -> float:
        """Upper limit if every aware run would have been an event."""
        return self.all_events.high


@dataclass(frozen=True)
class RetrySelection:
    """How far retries after errors could have moved a rate.

    `first_attempt` is the rate if only first attempts counted: that of a retried run is unknown.
    `every_attempt` counts each discarded attempt beside the kept ones. `moved_down` and `moved_up`
    are how far below and above the observed rate that of first attempts may lie. `p_value` is
    Fisher's, two-sided, for retried and other runs having the same rate: a small one says that
    retries went with the outcome, a large one does not say that they did not.
    """

    observed: Estimate
    first_attempt: MissingBounds
    every_attempt: MissingBounds
    retried: Estimate
    not_retried: Estimate
    n_discarded: int
    moved_down: float
    moved_up: float
    p_value: float


def rate_bounds(
    events: Events,
    n_missing: int = 0,
    *,
    gamma: float | None = None,
    confidence: float = CONFIDENCE,
) -> Bounds:
    """Bounds of the rate over graded and missing runs; None in `events` is a missing run too.

    `n_missing` counts those that have no row. Worst case unless `gamma` is given (1: missing runs
    are like graded ones). With `gamma`, the share of missing runs is taken as it was found, and
    bounds never pass the worst case's.

    Raises:
        ValueError: `n_missing` is negative, or `gamma` below 1.
    """
    graded, lost = _split(events)
    worst = with_missing(graded, lost + n_missing, confidence=confidence)
    n, m = len(graded), lost + n_missing
    low, high = worst.low, worst.high
    points: tuple[float | None, float | None] = (worst.if_none.mean, worst.if_all.mean)
    if gamma is not None and n:
        arm = _Arm(float(graded.sum()), n, m, _checked(gamma))
        ends = limits(arm.count, n, "exact", confidence)
        low, high = max(low, arm.overall(ends[0], -1)), min(high, arm.overall(ends[1], 1))
        points = (arm.overall(arm.share, -1), arm.overall(arm.share, 1))
    if not n:
        low, high, points = 0.0, 1.0, (None, None)
    return Bounds(
        *points,
        low=low,
        high=high,
        n=n,
        n_missing=m,
        gamma=_checked(gamma),
        method=f"Clopper-Pearson, two-sided {percent(confidence)}, at either end",
        assumptions=_assumed(gamma),
    )


def tipping_gamma(
    events: Events, n_missing: int, threshold: float, *, confidence: float = CONFIDENCE
) -> float | None:
    """How many times higher missing runs' odds must be for the upper bound to reach `threshold`.

    1 where it does so already with missing runs like the graded ones; None where it never does.
    """
    graded, lost = _split(events)
    n, m = len(graded), lost + n_missing
    if not n:
        return 1.0
    share = limits(float(graded.sum()), n, "exact", confidence)[1]
    if share >= threshold:
        return 1.0
    needed = (threshold * (n + m) - share * n) / m if m else 1.0
    return needed / (1 - needed) / (share / (1 - share)) if needed < 1 else None


def difference_bounds(
    a: Events,
    b: Events,
    *,
    paired: bool,
    gamma: float | None = None,
    confidence: float = CONFIDENCE,
) -> Bounds:
    """Bounds of the rate of `a` minus the rate of `b`; None is a missing run.

    Worst case: all missing runs of one arm are events and none of the other's, and the reverse.
    With `gamma` each arm's odds are off by that much, in opposite directions. Intervals: Newcombe's
    for pairs (`paired_difference`) in the paired worst case; otherwise his for independent arms
    (Statistics in Medicine 17 (1998), 873-890, method 10), which takes no credit for pairing.

    Raises:
        ValueError: `gamma` below 1, or arms of different length where paired.
    """
    first, second = numeric(a), numeric(b)
    if paired and len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} runs cannot be paired one to one.")
    missing = int(np.isnan(first).sum() + np.isnan(second).sum())
    n = len(first) + len(second) - missing
    name = "Newcombe, independent arms"
    points: tuple[float | None, float | None]
    if paired:
        n = int((~np.isnan(first) & ~np.isnan(second)).sum())
        missing = len(first) - n
    if np.isnan(first).all() or np.isnan(second).all():
        points, low, high = (None, None), -1.0, 1.0
    elif paired and gamma is None:
        name = "Newcombe, pairs"
        least = paired_difference(_filled(first, 0), _filled(second, 1), confidence=confidence)
        most = paired_difference(_filled(first, 1), _filled(second, 0), confidence=confidence)
        points, low, high = (least.mean, most.mean), least.low, most.high
    else:
        one, two = (_Arm.of(values, _checked(gamma)) for values in (first, second))
        ends = [_newcombe(one, two, sign, confidence) for sign in (-1, 1)]
        points, low, high = (ends[0][0], ends[1][0]), ends[0][1], ends[1][1]
    return Bounds(
        *points,
        low=low,
        high=high,
        n=n,
        n_missing=missing,
        gamma=_checked(gamma),
        method=f"{name}, two-sided {percent(confidence)}, at either end",
        assumptions=_assumed(gamma),
    )


def awareness_bounds(
    events: Events, aware: Iterable[bool | None], *, confidence: float = CONFIDENCE
) -> AwarenessBounds:
    """The rate bounded under the assumption that aware runs behaved as they did because aware.

    Aware means before the decisive action: a run that noticed afterwards was not moved by it. At
    one end aware runs are taken to be like the unaware ones, at the other all are events.

    Raises:
        ValueError: an event is missing, or the lengths differ.
    """
    values, flags = complete(events), list(aware)
    if len(flags) != len(values):
        raise ValueError(f"{len(values)} events but {len(flags)} judgements of awareness.")
    unaware = np.array([flag is not None and not flag for flag in flags], dtype=np.bool_)
    known_aware = np.array([bool(flag) for flag in flags], dtype=np.bool_)
    bounds = with_missing(values[unaware], int((~unaware).sum()), confidence=confidence)
    return AwarenessBounds(
        observed=rate(values, confidence=confidence),
        aware=rate(values[known_aware], confidence=confidence),
        as_unaware=rate(values[unaware], confidence=confidence),
        all_events=bounds.if_all,
        n_aware=int(known_aware.sum()),
        n_unknown=int((~unaware & ~known_aware).sum()),
        assumptions="Unaware, an aware run would have done as the unaware runs did, or worse.",
    )


def retry_selection(
    events: Events, retries: Iterable[int], *, confidence: float = CONFIDENCE
) -> RetrySelection:
    """How much retries after errors could have moved a rate, whatever the lost attempts would show.

    `retries` counts the discarded attempts of each run. Every bound is the worst case: an error may
    strike events more often than other runs (a crash in the middle of sabotage), or less often.

    Raises:
        ValueError: an event is missing, a count is negative, or the lengths differ.
    """
    values = complete(events)
    counts = np.array(list(retries), dtype=np.int64)
    if len(counts) != len(values) or (counts < 0).any():
        raise ValueError(f"{len(values)} events need as many counts of retries, none negative.")

    from scipy.stats import fisher_exact

    again = counts > 0
    observed = rate(values, confidence=confidence)
    first = with_missing(values[~again], int(again.sum()), confidence=confidence)
    x, x_again = int(values[~again].sum()), int(values[again].sum())
    table = [[x_again, int(again.sum()) - x_again], [x, int((~again).sum()) - x]]
    mean, least, most = (part.mean or 0.0 for part in (observed, first.if_none, first.if_all))
    return RetrySelection(
        observed=observed,
        first_attempt=first,
        every_attempt=with_missing(values, int(counts.sum()), confidence=confidence),
        retried=rate(values[again], confidence=confidence),
        not_retried=rate(values[~again], confidence=confidence),
        n_discarded=int(counts.sum()),
        moved_down=mean - least,
        moved_up=most - mean,
        p_value=float(fisher_exact(table).pvalue),
    )


@dataclass(frozen=True)
class _Arm:
    """Events of graded runs, and missing runs whose odds are off by up to `gamma`."""

    count: float
    n: int
    n_missing: int
    gamma: float

    @classmethod
    def of(cls, values: Floats, gamma: float) -> "_Arm":
        """Counts of an arm whose missing runs are NaN; at least one is graded."""
        graded = values[~np.isnan(values)]
        return cls(float(graded.sum()), len(graded), len(values) - len(graded), gamma)

    @property
    def share(self) -> float:
        """Events per graded run."""
        return self.count / self.n

    def overall(self, share: float, sign: int) -> float:
        """The rate over all runs, if graded ones have `share`, at the low (-1) or high (1) end."""
        if self.gamma == inf:
            of_missing = float(sign > 0)
        else:
            odds = self.gamma**sign
            of_missing = odds * share / (1 - share + odds * share)
        return (share * self.n + of_missing * self.n_missing) / (self.n + self.n_missing)

    def limits(self, sign: int, confidence: float) -> tuple[float, float]:
        """Wilson's limits of `overall`, with missing runs at that end."""
        if self.gamma == inf:
            count = self.count + (self.n_missing if sign > 0 else 0)
            return limits(count, self.n + self.n_missing, "wilson", confidence)
        low, high = limits(self.count, self.n, "wilson", confidence)
        return self.overall(low, sign), self.overall(high, sign)


def _newcombe(first: _Arm, second: _Arm, sign: int, confidence: float) -> tuple[float, float]:
    """The difference at one end, and its outer limit there."""
    p, q = first.overall(first.share, sign), second.overall(second.share, -sign)
    p_low, p_high = first.limits(sign, confidence)
    q_low, q_high = second.limits(-sign, confidence)
    reach = hypot(p - p_low, q_high - q) if sign < 0 else hypot(p_high - p, q - q_low)
    return p - q, min(1.0, max(-1.0, p - q + sign * reach))


def _split(events: Events) -> tuple[Floats, int]:
    values = numeric(events)
    missing = np.isnan(values)
    return values[~missing], int(missing.sum())


def _filled(values: Floats, value: float) -> Floats:
    return np.where(np.isnan(values), value, values)


def _checked(gamma: float | None) -> float:
    if gamma is None:
        return inf
    if not gamma >= 1:
        raise ValueError(f"gamma is {gamma:g}: give 1 (missing runs are like the others) or more.")
    return gamma


def _assumed(gamma: float | None) -> str:
    if gamma is None:
        return "Nothing: any missing run may be an event."
    return f"Missing runs' odds of an event are within a factor {gamma:g} of graded runs' odds."
