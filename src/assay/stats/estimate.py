"""Rates, differences and bounds for runs that either show an event or do not.

Two estimands, never mixed. *This pack*: the scenarios are fixed and only the runs are a sample; the
headline. *Scenarios like these*: the scenarios are a sample too, so a run counts less than a run.
Missing runs are never an event and never a non-event; `with_missing` puts them at both ends.
Feeds `stats.summary`. statsmodels and scipy load on first use, so importing this stays cheap.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

type Floats = npt.NDArray[np.float64]
type Events = Iterable[bool | float | None] | npt.NDArray[np.bool_] | Floats

CONFIDENCE = 0.95
NO_RUNS = "no runs: nothing is known"


@dataclass(frozen=True)
class Estimate:
    """A value with its interval.

    `mean` is None when `n` is 0; `low` and `high` then span all that is possible. No field is ever
    NaN. `n` counts runs, pairs or scenarios: `method` says which, and one- or two-sided.
    `assumptions` says in a sentence what must hold beyond that, where anything must.
    """

    mean: float | None
    low: float
    high: float
    n: int
    method: str
    assumptions: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Difference(Estimate):
    """A paired difference, first minus second; `n` counts complete pairs.

    `left_out` counts pairs with a missing side, `only_first` and `only_second` the discordant ones.
    """

    left_out: int
    only_first: int
    only_second: int


@dataclass(frozen=True)
class ZeroEventBounds:
    """What no event at all leaves possible, for each of the two estimands."""

    this_pack: Estimate
    scenarios_like_these: Estimate


@dataclass(frozen=True)
class MissingBounds:
    """The rate if none, and if all, of the missing runs were events.

    `low` and `high` are the outer limits of both: they allow for chance and for what is missing.
    """

    if_none: Estimate
    if_all: Estimate
    n_missing: int

    @property
    def low(self) -> float:
        """Lower limit when no missing run is an event."""
        return self.if_none.low

    @property
    def high(self) -> float:
        """Upper limit when every missing run is an event."""
        return self.if_all.high


def rate(
    events: Events,
    method: Literal["exact", "wilson"] = "exact",
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Share of runs with the event, for this pack: every run counts alike, scenarios are fixed.

    `exact` is Clopper and Pearson's interval (1934). It covers at least as often as it says, also
    when the rate differs between scenarios (Hoeffding 1956: the sum is then less variable than
    binomial). `wilson` is Wilson's score interval (1927): narrower, and right on average only.

    Raises:
        ValueError: an event is missing or is not 0 or 1; or the method is unknown.
    """
    if method not in ("exact", "wilson"):
        raise ValueError(f"Unknown method {method!r}: choose 'exact' or 'wilson'.")
    values = complete(events)
    return _proportion(float(values.sum()), len(values), method, confidence)


def with_missing(
    events: Events, n_missing: int, *, confidence: float = CONFIDENCE
) -> MissingBounds:
    """Exact intervals with the missing runs counted as no event, and as events.

    This assumes nothing about why they are missing (Manski 1990, "worst-case bounds").
    """
    if n_missing < 0:
        raise ValueError(f"{n_missing} missing runs: the number cannot be negative.")
    values = complete(events)
    count, n = float(values.sum()), len(values) + n_missing
    return MissingBounds(
        if_none=_proportion(count, n, "exact", confidence),
        if_all=_proportion(count + n_missing, n, "exact", confidence),
        n_missing=n_missing,
    )


def zero_event_bounds(
    n_runs: int, n_clusters: int, *, confidence: float = CONFIDENCE
) -> ZeroEventBounds:
    """Upper bounds, one-sided, when no run was an event: `n_runs` runs in `n_clusters` scenarios.

    *This pack*: 1 - alpha**(1/runs). *Scenarios like these*: 1 - alpha**(1/scenarios), which bounds
    the mean rate however it is spread over scenarios: a scenario drawn at random stays silent with
    probability at most 1 - rate, and exactly that where scenarios show the event always or never.
    All-zero, 24 scenarios bound the rate at 12 % and 8 at 31 %, however many runs each had.
    """
    if not 0 <= n_clusters <= n_runs:
        raise ValueError(
            f"{n_runs} runs in {n_clusters} scenarios: every scenario needs at least one run."
        )
    words = f"exact upper bound, one-sided {percent(confidence)}"
    return ZeroEventBounds(
        this_pack=_zero(n_runs, f"{words}: independent runs, scenarios fixed", confidence),
        scenarios_like_these=_zero(n_clusters, f"{words}: independent scenarios", confidence),
    )


def smallest_visible_rate(n_runs: int, *, probability: float = CONFIDENCE) -> float:
    """Smallest true rate that shows at least one event in `n_runs` with this probability."""
    return _zero(n_runs, "", probability).high


def paired_difference(a: Events, b: Events, *, confidence: float = CONFIDENCE) -> Difference:
    """Difference between the rates of matched runs, `a` minus `b`, position by position.

    Newcombe's hybrid score interval for paired proportions ("method 10": Wilson limits of both
    rates, joined through their continuity-corrected correlation). A pair with a missing side is
    left out and counted. No complete pair: mean None, [-1, 1].
    Source: Newcombe, Statistics in Medicine 17 (1998), 2635-2650; recommended by Fagerland,
    Lydersen and Laake, Statistical Analysis of Contingency Tables (2017), chapter 8.
    """
    first_P, second_P = numeric(a), numeric(b)
    if len(first_P) != len(second_P):
        raise ValueError(f"{len(first_P)} and {len(second_P)} runs cannot be paired one to one.")
    complete_P = ~(np.isnan(first_P) | np.isnan(second_P))
    left_out, n = int((~complete_P).sum()), int(complete_P.sum())
    if n == 0:
        return Difference(None, -1.0, 1.0, 0, "no pairs: nothing is known", left_out, 0, 0)
    one, two = first_P[complete_P] == 1, second_P[complete_P] == 1
    both, neither = int((one & two).sum()), int((~one & ~two).sum())
    only_first, only_second = int((one & ~two).sum()), int((~one & two).sum())

    low, high = newcombe(both, only_first, only_second, neither, confidence)
    return Difference(
        mean=(only_first - only_second) / n,
        low=low,
        high=high,
        n=n,
        method=f"Newcombe's hybrid score for pairs, two-sided {percent(confidence)}",
        left_out=left_out,
        only_first=only_first,
        only_second=only_second,
    )


def newcombe(
    both: float, only_first: float, only_second: float, neither: float, confidence: float
) -> tuple[float, float]:
    """Newcombe's limits (see `paired_difference`) of a table of pairs.

    Its cells may be fractions, where pairs that share a scenario are worth less than pairs.
    """
    n = both + only_first + only_second + neither
    p, q = (both + only_first) / n, (both + only_second) / n
    p_low, p_high = limits(both + only_first, n, "wilson", confidence)
    q_low, q_high = limits(both + only_second, n, "wilson", confidence)
    phi = _correlation(both, only_first, only_second, neither)
    down = (p - p_low) ** 2 - 2 * phi * (p - p_low) * (q_high - q) + (q_high - q) ** 2
    up = (q - q_low) ** 2 - 2 * phi * (q - q_low) * (p_high - p) + (p_high - p) ** 2
    mean = (only_first - only_second) / n
    return max(-1.0, mean - sqrt(max(0.0, down))), min(1.0, mean + sqrt(max(0.0, up)))


def _correlation(both: float, only_first: float, only_second: float, neither: float) -> float:
    """Phi of the 2x2 table with Newcombe's correction; 0 where a margin is empty."""
    numerator = float(both * neither - only_first * only_second)
    if numerator > 0:
        numerator = max(0.0, numerator - (both + only_first + only_second + neither) / 2)
    margins = (
        (both + only_first)
        * (only_second + neither)
        * (both + only_second)
        * (only_first + neither)
    )
    return numerator / sqrt(margins) if margins else 0.0


def _proportion(
    count: float, n: int, method: Literal["exact", "wilson"], confidence: float
) -> Estimate:
    if n == 0:
        return nothing()
    name = {"exact": "Clopper-Pearson", "wilson": "Wilson score"}[method]
    low, high = limits(count, n, method, confidence)
    return spanning(count / n, low, high, n, f"{name}, two-sided {percent(confidence)}")


def limits(
    count: float, n: float, method: Literal["exact", "wilson"], confidence: float
) -> tuple[float, float]:
    """Two-sided limits of `count` events in `n` runs, either of which may be a fraction."""
    from statsmodels.stats.proportion import proportion_confint

    name = {"exact": "beta", "wilson": "wilson"}[method]
    low, high = proportion_confint(count, n, alpha=1 - confidence, method=name)
    # At the ends statsmodels leaves a rounding error of 1e-17 (Wilson), which may pass the ends.
    return (0.0 if count <= 0 else max(0.0, float(low)), 1.0 if count >= n else min(1, float(high)))


def spanning(
    mean: float, low: float, high: float, n: int, method: str, *, assumptions: str = ""
) -> Estimate:
    """An estimate whose interval holds its mean whatever rounding did."""
    return Estimate(mean, min(low, mean), max(high, mean), n, method, assumptions=assumptions)


def nothing() -> Estimate:
    """The rate of no runs: anything from 0 to 1."""
    return Estimate(None, 0.0, 1.0, 0, NO_RUNS)


def _zero(n: int, method: str, confidence: float) -> Estimate:
    if n == 0:
        return nothing()
    # -expm1(log(alpha) / n) is 1 - alpha**(1/n) without cancellation at large n.
    return Estimate(0.0, 0.0, float(-np.expm1(np.log1p(-confidence) / n)), n, method)


def complete(events: Events) -> Floats:
    """Events as 0.0 or 1.0; raises a ValueError where one is missing."""
    values = numeric(events)
    missing = int(np.isnan(values).sum())
    if missing:
        raise ValueError(
            f"{missing} of {len(values)} events are missing. Leave them out and give their number "
            "to with_missing(): a missing run is neither an event nor its absence."
        )
    return values


def numeric(events: Events) -> Floats:
    """Events as 0.0, 1.0 or NaN (missing); raises a ValueError for anything else."""
    if not isinstance(events, np.ndarray) or events.dtype == object:
        events = np.array([np.nan if event is None else float(event) for event in events])
    values = events.astype(np.float64)
    wrong = values[~np.isnan(values) & (values != 0) & (values != 1)]
    if len(wrong):
        raise ValueError(f"{wrong[0]:g} is no event: give True or False (None where missing).")
    return values


def percent(share: float) -> str:
    """0.95 in words: "95 %"."""
    return f"{100 * share:g} %"
