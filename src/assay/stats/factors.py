"""Effect of each level of each factor, over the grid of scenarios and cells that was run.

Two estimands. *This pack*: runs are compared within strata of one scenario and one setting of every
other factor, exactly, so that nothing breaks where events are rare. *Scenarios like these*: GEE
over scenarios with a small-sample covariance, given only where it can be trusted.
`marginal_effects` returns the rows of a forest plot; `interactions` screens for pairs of factors
whose effects do not add. Stands on `stats.estimate`; feeds `report`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from assay.stats.compare import Estimand, holm
from assay.stats.estimate import CONFIDENCE, Events, Floats, complete, percent
from assay.stats.gee import GeeFit, fit_gee
from assay.stats.strata import Strata, odds_ratio, p_value, risk_difference

type Codes = npt.NDArray[np.intp]
type Limits = tuple[float | None, float | None, float | None]

GEE_SCENARIOS = 10  # fewer, or events in fewer: the sandwich has too little to go by


@dataclass(frozen=True)
class Effect:
    """One row of the table: `level` against `reference` of one factor.

    A risk difference is level minus reference; an odds ratio is level over reference. A value that
    is None cannot be known (then `note` says why) or, for the limits of an odds ratio, is
    unbounded. `p_value` is 1.0 where the data are silent. `n` counts the runs that bear on it.
    """

    factor: str
    level: str
    reference: str
    estimand: Estimand
    scale: Literal["risk difference", "odds ratio"]
    effect: float | None
    low: float | None
    high: float | None
    p_value: float
    n: int
    method: str
    note: str


@dataclass(frozen=True)
class Interaction:
    """Whether two factors' effects add: the difference of differences of rates, in this pack.

    `adjusted` is the p-value after Holm over the whole screen; 1.0 where the four cells were never
    run in one scenario, and `effect` is then None.
    """

    factors: tuple[str, str]
    levels: tuple[str, str]
    effect: float | None
    p_value: float
    adjusted: float
    n: int
    method: str


def marginal_effects(
    events: Events,
    scenario: Iterable[object],
    factors: Mapping[str, Iterable[str]],
    *,
    reference: Mapping[str, str] | None = None,
    confidence: float = CONFIDENCE,
) -> tuple[Effect, ...]:
    """Every level against its factor's reference: four rows each (two estimands, two scales).

    `factors` gives each run's level. The reference is that named, or else the level of the first
    run. A factor with one level has no row. Rows are not corrected for their number: put the
    p-values through `compare.holm` under the family that was planned.

    This pack, odds ratio: conditional logistic regression with one intercept per stratum, exact
    (Gart 1970; Mehta, Patel and Gray 1985); above 2,000 events Mantel-Haenszel with the variance of
    Robins, Breslow and Greenland. Risk difference: Mantel-Haenszel weights, see
    `strata.risk_difference`; it assumes that runs are spread over strata about alike.
    Scenarios like these: GEE, logit, exchangeable within scenarios, with Mancl and DeRouen's
    covariance (2001) and Student's t with (scenarios - parameters) degrees of freedom; the risk
    difference is standardised over all runs. Its coverage is 92 % where scenarios differ much
    (`benchmarks/clusters.py`): a second opinion, beside `compare.clustered_difference` of matched
    runs, which covers.

    Raises:
        ValueError: an event is missing, lengths differ, or a reference is no level of its factor.
    """
    values = complete(events)
    codes = _codes(list(scenario), len(values), "scenario")
    levels = {name: [str(level) for level in column] for name, column in factors.items()}
    for name, column in levels.items():
        if len(column) != len(values):
            raise ValueError(f"{len(values)} events but {len(column)} levels of {name!r}.")
    base = {name: column[0] for name, column in levels.items() if column} | dict(reference or {})
    for name, chosen in base.items():
        if chosen not in levels.get(name, ()):
            known = ", ".join(sorted(set(levels.get(name, ())))) or "none"
            raise ValueError(f"{chosen!r} is no level of {name!r} here; its levels: {known}.")
    varied = {name: column for name, column in levels.items() if len(set(column)) > 1}
    contrasts = [
        (name, level)
        for name, column in varied.items()
        for level in dict.fromkeys(column)
        if level != base[name]
    ]
    design_nk = np.ones((len(values), 1 + len(contrasts)))
    for i, (name, level) in enumerate(contrasts, start=1):
        design_nk[:, i] = np.array(varied[name]) == level
    fit = _fit(values, codes, varied, design_nk) if contrasts else ""
    found: list[Effect] = []
    for i, (name, level) in enumerate(contrasts):
        strata = _strata(values, codes, varied, name, level, base[name])
        pair = (name, level, base[name])
        found.extend(_pack_effects(pair, strata, confidence))
        siblings = [1 + j for j, (other, _) in enumerate(contrasts) if other == name]
        found.extend(_population_effects(pair, fit, design_nk, 1 + i, siblings, confidence))
    return tuple(found)


def interactions(
    events: Events,
    scenario: Iterable[object],
    factors: Mapping[str, Iterable[str]],
    *,
    alpha: float = 0.05,
) -> tuple[Interaction, ...]:
    """Screen of every pair of factors, every level against the factor's first, Holm over all.

    The difference of differences is averaged over the scenarios in which all four cells were run,
    other factors as they fell; its variance is binomial with half an event added to each cell, so
    that empty cells are not taken for certain ones. A screen: what it finds is to be shown again.

    Raises:
        ValueError: an event is missing, or lengths differ.
    """
    values = complete(events)
    codes = _codes(list(scenario), len(values), "scenario")
    columns = {name: np.array([str(v) for v in column]) for name, column in factors.items()}
    method = "difference of differences over scenarios, z"
    rows = []
    names = list(columns)
    for i, one in enumerate(names):
        for two in names[i + 1 :]:
            for level_1 in list(dict.fromkeys(columns[one].tolist()))[1:]:
                for level_2 in list(dict.fromkeys(columns[two].tolist()))[1:]:
                    found = _double_difference(
                        values, codes, (columns[one], level_1), (columns[two], level_2)
                    )
                    rows.append(((one, two), (level_1, level_2), *found))
    p_values = {f"{pair} {levels}": p_value for pair, levels, _, p_value, _ in rows}
    family = holm("interactions of factors", p_values, alpha=alpha)
    return tuple(
        Interaction(pair, levels, effect, p_value, test.adjusted, n, f"{method}; {family.method}")
        for (pair, levels, effect, p_value, n), test in zip(rows, family.tests, strict=True)
    )


def _codes(names: Sequence[object], n: int, kind: str) -> Codes:
    if len(names) != n:
        raise ValueError(f"{n} events but {len(names)} {kind} names.")
    index: dict[object, int] = {}
    return np.array([index.setdefault(name, len(index)) for name in names], dtype=np.intp)


def _strata(
    values: Floats,
    scenario: Codes,
    varied: Mapping[str, Sequence[str]],
    factor: str,
    level: str,
    reference: str,
) -> Strata:
    """Runs at either level, by scenario and the levels of all other factors."""
    own = np.array(varied[factor])
    others = [varied[name] for name in varied if name != factor]
    stratum = _codes(list(zip(scenario.tolist(), *others, strict=True)), len(values), "stratum")
    size = int(stratum.max()) + 1
    sides = [
        np.bincount(stratum[own == side], weights=weights, minlength=size)
        for side in (level, reference)
        for weights in (values[own == side], None)
    ]
    both = (sides[1] > 0) & (sides[3] > 0)
    return Strata(*(side[both].astype(np.float64) for side in sides))


def _pack_effects(pair: tuple[str, str, str], strata: Strata, confidence: float) -> list[Effect]:
    """The two rows for this pack."""
    rule = f"two-sided {percent(confidence)}"
    kind = "conditional logistic by stratum, exact" if strata.is_exact else "Mantel-Haenszel"
    methods = f"Mantel-Haenszel weights, exact sides joined, {rule}", f"{kind}, {rule}"
    difference: Limits = (None, -1.0, 1.0)
    odds: Limits = (None, 0.0, None)
    if strata.n == 0:
        note = "level and reference were never run in one scenario at the same other levels"
    else:
        difference = risk_difference(strata, confidence)
        odds = odds_ratio(strata, confidence)
        note = ""
        if odds == (None, 0.0, None):
            note = "no stratum has both outcomes, so the odds ratio can be anything"
        elif odds[0] is None or odds[0] == 0:
            note = "the level shows all events, or none, that the strata allow"
    pack: Estimand = "this pack"
    p, n = p_value(strata), strata.n
    return [
        Effect(*pair, pack, "risk difference", *difference, p, n, methods[0], note),
        Effect(*pair, pack, "odds ratio", *odds, p, n, methods[1], note),
    ]


def _fit(
    values: Floats, scenario: Codes, varied: Mapping[str, Sequence[str]], design_nk: Floats
) -> GeeFit | str:
    """The fit, or why there is none."""
    scenarios = int(scenario.max()) + 1
    showing = len(set(scenario[values == 1].tolist()))
    if scenarios < GEE_SCENARIOS:
        return f"{scenarios} scenarios are too few: GEE needs {GEE_SCENARIOS}"
    if showing < GEE_SCENARIOS:
        return f"events in {showing} scenarios are too few: GEE needs them in {GEE_SCENARIOS}"
    for name, column in varied.items():
        for level in dict.fromkeys(column):
            share = values[np.array(column) == level].mean()
            if share in (0, 1):
                return f"{name} {level!r} shows {'no' if share == 0 else 'only'} events"
    try:
        return fit_gee(values, scenario, design_nk)
    except ValueError as why:
        return str(why)


def _population_effects(
    pair: tuple[str, str, str],
    fit: GeeFit | str,
    design_nk: Floats,
    at: int,
    siblings: Sequence[int],
    confidence: float,
) -> list[Effect]:
    """The two rows for scenarios like these, of parameter `at` among its factor's `siblings`."""
    method = f"GEE over scenarios, Mancl-DeRouen and t, two-sided {percent(confidence)}"
    like: Estimand = "scenarios like these"
    n = len(design_nk)
    if isinstance(fit, str):
        note = f"{fit}; the exact rows are of this pack"
        return [
            Effect(*pair, like, "risk difference", None, -1.0, 1.0, 1.0, n, method, note),
            Effect(*pair, like, "odds ratio", None, 0.0, None, 1.0, n, method, note),
        ]

    from scipy.special import expit
    from scipy.stats import t

    reach = float(t.ppf((1 + confidence) / 2, fit.degrees))
    log_odds, error = float(fit.parameters_k[at]), sqrt(float(fit.covariance_kk[at, at]))
    p = float(2 * t.sf(abs(log_odds) / error, fit.degrees))
    rates, slopes = [], []
    for level in (1.0, 0.0):
        set_nk = design_nk.copy()
        set_nk[:, list(siblings)] = 0.0
        set_nk[:, at] = level
        rate_n = expit(set_nk @ fit.parameters_k)
        rates.append(float(rate_n.mean()))
        slopes.append((rate_n * (1 - rate_n)) @ set_nk / n)
    effect, slope = rates[0] - rates[1], slopes[0] - slopes[1]
    wide = reach * sqrt(float(slope @ fit.covariance_kk @ slope))
    low, high = max(-1.0, effect - wide), min(1.0, effect + wide)
    odds, least, most = (exp(min(700.0, log_odds + sign * reach * error)) for sign in (0, -1, 1))
    return [
        Effect(*pair, like, "risk difference", effect, low, high, p, n, method, ""),
        Effect(*pair, like, "odds ratio", odds, least, most, p, n, method, ""),
    ]


def _double_difference(
    values: Floats,
    scenario: Codes,
    one: tuple[npt.NDArray[np.str_], str],
    two: tuple[npt.NDArray[np.str_], str],
) -> tuple[float | None, float, int]:
    """Effect, p-value and runs of one pair of levels against the two factors' first levels."""
    from scipy.stats import norm

    size = int(scenario.max()) + 1
    cells = []
    for side_1 in (one[1], one[0][0]):
        for side_2 in (two[1], two[0][0]):
            here = (one[0] == side_1) & (two[0] == side_2)
            count = np.bincount(scenario[here], weights=values[here], minlength=size)
            cells.append((count, np.bincount(scenario[here], minlength=size).astype(np.float64)))
    full = np.all([runs > 0 for _, runs in cells], axis=0)
    if not full.any():
        return None, 1.0, 0
    effect, variance = 0.0, 0.0
    for sign, (count, runs) in zip((1, -1, -1, 1), cells, strict=True):
        smooth = (count[full] + 0.5) / (runs[full] + 1)
        effect += sign * float((count[full] / runs[full]).mean())
        spread = smooth * (1 - smooth) / np.maximum(runs[full] - 1, 1)
        variance += float(spread.sum()) / int(full.sum()) ** 2
    n = int(sum(runs[full].sum() for _, runs in cells))
    return effect, float(2 * norm.sf(abs(effect) / sqrt(variance))), n
