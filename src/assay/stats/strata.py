"""Compares two sides within strata, exactly: what `stats.factors` stands on.

Everything is conditional on the strata, so nothing has to be estimated for each of them, and rare
events do no harm: a stratum that shows one outcome only says nothing and costs nothing.
"""

from dataclasses import dataclass
from math import exp, hypot
from typing import Any

import numpy as np

from assay.stats.estimate import Floats, limits

LARGEST_EXACT = 2000  # events beyond which an exact distribution gains nothing


@dataclass(frozen=True)
class Strata:
    """Events and runs of sides 1 and 0 in every stratum that has runs of both."""

    events_1: Floats
    runs_1: Floats
    events_0: Floats
    runs_0: Floats

    @property
    def n(self) -> int:
        """Runs of both sides."""
        return int(self.runs_1.sum() + self.runs_0.sum())

    @property
    def events(self) -> int:
        """Events of both sides."""
        return int(self.events_1.sum() + self.events_0.sum())

    @property
    def is_exact(self) -> bool:
        """Whether events are few enough for the exact distribution to be used."""
        return self.events <= LARGEST_EXACT


def p_value(strata: Strata) -> float:
    """Do the sides differ? Twice the smaller exact tail; Cochran-Mantel-Haenszel for many events.

    1.0 where no stratum has runs of both sides, or events and misses.
    """
    if strata.n == 0:
        return 1.0
    if not strata.is_exact:
        return float(_table(strata).test_null_odds(correction=True).pvalue)
    start, log_chance = _distribution(strata)
    at, chance = int(strata.events_1.sum()) - start, np.exp(log_chance)
    return min(1.0, 2 * float(min(chance[: at + 1].sum(), chance[at:].sum())))


def risk_difference(strata: Strata, confidence: float) -> tuple[float, float, float]:
    """Side 1 minus side 0 with Mantel-Haenszel weights, and limits.

    Each side is taken for as many runs as the weights leave it (Kish), which is right where runs
    are spread over strata about alike, and cautious where rates differ between strata. The sides'
    Clopper-Pearson limits are joined as Newcombe 1998 joins Wilson's (whose coverage was 93 %).
    """
    weights = strata.runs_1 * strata.runs_0 / (strata.runs_1 + strata.runs_0)
    weights = weights / weights.sum()
    sides = []
    for events, runs in ((strata.events_1, strata.runs_1), (strata.events_0, strata.runs_0)):
        mean = min(1.0, float((weights * events / runs).sum()))
        worth = 1 / float((weights**2 / runs).sum())
        sides.append((mean, *limits(mean * worth, worth, "exact", confidence)))
    (mean_1, low_1, high_1), (mean_0, low_0, high_0) = sides
    effect = mean_1 - mean_0
    low = effect - hypot(mean_1 - low_1, high_0 - mean_0)
    high = effect + hypot(high_1 - mean_1, mean_0 - low_0)
    return effect, max(-1.0, low), min(1.0, high)


def odds_ratio(
    strata: Strata, confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Common odds ratio of side 1 over side 0, and its limits; None where it is unbounded.

    (None, 0, None) where no stratum shows both outcomes. The conditional maximum likelihood (which
    is conditional logistic regression with an intercept per stratum) with exact limits: Gart 1970;
    Mehta, Patel and Gray 1985. For many events Mantel-Haenszel with the variance of Robins, Breslow
    and Greenland 1986, from statsmodels.
    """
    if not strata.is_exact:
        table = _table(strata)
        low, high = (float(limit) for limit in table.oddsratio_pooled_confint(1 - confidence))
        found = float(table.oddsratio_pooled), low, high
        return found if np.isfinite(found).all() else (None, 0.0, None)
    start, log_chance = _distribution(strata)
    return _conditional_odds(int(strata.events_1.sum()) - start, log_chance, confidence)


def _distribution(strata: Strata) -> tuple[int, Floats]:
    """Log chance of each number of events at the level, given every stratum's margins, at odds 1.

    Returns the smallest possible number and the log chances from there on.
    """
    from scipy.stats import hypergeom

    start, chance = 0, np.ones(1, dtype=np.longdouble)  # far tails underflow a double
    table = np.stack([strata.events_1 + strata.events_0, strata.runs_1, strata.runs_0])
    for events, runs_1, runs_0 in table.astype(np.int64).T.tolist():
        least, most = max(0, events - runs_0), min(events, runs_1)
        if least < most:
            own = hypergeom.pmf(np.arange(least, most + 1), runs_1 + runs_0, events, runs_1)
            chance = np.convolve(chance, own.astype(np.longdouble))
        start += least
    with np.errstate(divide="ignore"):
        return start, np.log(chance).astype(np.float64)


def _conditional_odds(
    observed: int, log_chance: Floats, confidence: float
) -> tuple[float | None, float | None, float | None]:
    """Conditional maximum likelihood, and the odds at which either tail is half of alpha."""
    from scipy.optimize import brentq
    from scipy.special import logsumexp, softmax

    top, tail = len(log_chance) - 1, (1 - confidence) / 2
    if top == 0:
        return None, 0.0, None
    counts = np.arange(top + 1)

    def upper_tail(log_odds: float, least: int) -> float:
        tilted = log_chance + counts * log_odds
        return float(np.exp(logsumexp(tilted[least:]) - logsumexp(tilted)))

    def solve(function: object) -> float:
        return exp(float(brentq(function, -60, 60)))

    low = 0.0 if observed == 0 else solve(lambda x: upper_tail(x, observed) - tail)
    if observed == top:
        return None, low, None
    high = solve(lambda x: 1 - upper_tail(x, observed + 1) - tail)
    if observed == 0:
        return 0.0, 0.0, high
    middle = solve(lambda x: float(softmax(log_chance + counts * x) @ counts) - observed)
    return middle, low, high


def _table(strata: Strata) -> Any:
    from statsmodels.stats.contingency_tables import StratifiedTable

    rows = [
        [strata.events_1, strata.runs_1 - strata.events_1],
        [strata.events_0, strata.runs_0 - strata.events_0],
    ]
    return StratifiedTable(np.array(rows))
