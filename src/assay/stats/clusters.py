"""Rates of runs that share scenarios: runs within scenarios, scenarios within families.

Two estimands. *This pack* (the scenarios are all there is to know): `estimate.rate`, and
`pack_rate` where scenarios should count alike though their numbers of runs differ. *Scenarios like
these* (the scenarios were drawn too): `clustered` is the interval to print; the bootstraps are a
second opinion, too narrow where few scenarios hold most events. Where scenarios of a family share
more than chance, families are the clusters. Stands on `stats.estimate`; feeds `stats.summary`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from assay.stats.estimate import (
    CONFIDENCE,
    Estimate,
    Events,
    Floats,
    complete,
    limits,
    nothing,
    percent,
    rate,
    spanning,
    zero_event_bounds,
)

FEW = 10
DRAWN = "Scenarios are independent draws from those that the claim is about."
FIXED = "Runs of a scenario are independent; nothing is said of other scenarios."
AT_ONCE = 4_000_000  # cells of (resamples, scenarios) that are held in memory together


@dataclass(frozen=True)
class Clustering:
    """How much runs of one scenario are alike, and what that makes of their number.

    `icc` is the intraclass correlation, clipped to [0, 1]; `icc_raw` is what was clipped.
    `design_effect` is the factor by which sharing scenarios inflates the variance of the rate over
    runs, and `effective_runs` is runs over that factor. All four are None where they cannot be
    known: fewer than two clusters, one run in each, or nothing but one outcome. `note` says in
    plain words why, or what few clusters mean; it is empty otherwise.
    """

    n: int
    clusters: int
    icc: float | None
    icc_raw: float | None
    design_effect: float | None
    effective_runs: float | None
    note: str


def clustered(
    events: Events, cluster: Iterable[object], *, confidence: float = CONFIDENCE
) -> Estimate:
    """Korn and Graubard's interval, for scenarios like these; never narrower than `rate`.

    The variance between clusters (`variance_between`) says how many independent runs these are
    worth, Student's t takes more off where clusters are few (clusters - 1 degrees of freedom, fewer
    where some are much larger), and Clopper-Pearson does the rest.

    Some events never prove more than none would have proved: the upper limit is at least, and the
    lower one at most, the one-sided bound of `zero_event_bounds`, which is also the answer where
    every run agrees. Without it, coverage falls to 77 % where few scenarios hold most events; with
    it, it stays above 94 %, or 92 % where a quarter of the scenarios has ten times the others' runs
    (`benchmarks/clusters.py`). One cluster says nothing: [0, 1].
    Source: Korn and Graubard, Survey Methodology 24 (1998), 193-201; the floor is our own.
    """
    sums_C, counts_C = by_cluster(events, cluster)
    clusters, n, count = len(sums_C), int(counts_C.sum()), float(sums_C.sum())
    if n == 0:
        return nothing()
    mean = count / n
    if clusters == 1:
        return Estimate(mean, 0.0, 1.0, n, "one scenario: it says nothing about others")
    bound = zero_event_bounds(n, clusters, confidence=confidence).scenarios_like_these
    if count in (0, n):
        low, high = (0.0, bound.high) if count == 0 else (1 - bound.high, 1.0)
        return Estimate(mean, low, high, n, bound.method, assumptions=assumed(clusters))
    effective = float(effective_runs(sums_C, counts_C, confidence))
    low, high = limits(mean * effective, effective, "exact", confidence)
    low, high = min(low, 1 - bound.high), max(high, bound.high)
    method = f"Korn-Graubard over {clusters} scenarios, two-sided {percent(confidence)}"
    return spanning(mean, low, high, n, method, assumptions=assumed(clusters))


def effective_runs(sums: Floats, counts: Floats, confidence: float = CONFIDENCE) -> Floats:
    """Independent runs that clusters are worth to `clustered`: its core, for many samples at once.

    `sums` and `counts` hold events and runs per cluster along their last axis; every sample needs
    two clusters, and one event and one run without.
    """
    from scipy.stats import t

    n = counts.sum(axis=-1)
    mean = sums.sum(axis=-1) / n
    variance, degrees = variance_between(sums, counts)
    upper = (1 + confidence) / 2
    shrink = (t.ppf(upper, n - 1) / t.ppf(upper, degrees)) ** 2
    # No variance between clusters, or less than chance alone gives, is no reason to claim more runs
    # than there are.
    with np.errstate(divide="ignore"):
        found: Floats = np.minimum(n, mean * (1 - mean) / variance * shrink)
    return found


def variance_between(sums: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Variance of the mean over runs, from clusters alone, and its degrees of freedom.

    The sandwich, made unbiased for clusters that differ in their rates, and Satterthwaite's degrees
    of freedom, both as Bell and McCaffrey (2002) do for CR2 but with rates, not runs, as what
    varies. With equally large clusters: the factor clusters / (clusters - 1), and clusters - 1.
    """
    share = counts / np.asarray(counts.sum(axis=-1))[..., None]
    rates = sums / counts
    mean = (share * rates).sum(axis=-1)
    squared, cubed, fourth = ((share**power).sum(axis=-1) for power in (2, 3, 4))
    spread = (share**2 * (rates - mean[..., None]) ** 2).sum(axis=-1)
    return spread / (1 - 2 * cubed / squared + squared), np.maximum(squared**2 / fourth - 1, 0.5)


def cluster_bootstrap(
    events: Events,
    cluster: Iterable[object],
    rng: np.random.Generator,
    *,
    resamples: int = 10_000,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Percentile bootstrap over whole clusters, for scenarios like these.

    Too narrow below some 30 clusters (Cameron, Gelbach and Miller 2008); `clustered` is not.
    The result depends on the clusters' contents alone, not on their names or order.

    Raises:
        ValueError: no event or nothing but events, where every resample is alike and the interval
            would be [0, 0] or [1, 1]; or fewer than two clusters.
    """
    sums_C, counts_C = by_cluster(events, cluster)
    clusters, n = len(sums_C), int(counts_C.sum())
    _check_bootstrap(clusters, "cluster(s)", sums_C, counts_C)
    weights_BC = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    rates_B = (weights_BC @ sums_C) / (weights_BC @ counts_C)
    tail = 50 * (1 - confidence)
    low, high = np.percentile(rates_B, [tail, 100 - tail])
    method = f"bootstrap over {clusters} scenarios, percentile, two-sided {percent(confidence)}"
    mean = float(sums_C.sum() / n)
    return spanning(mean, float(low), float(high), n, method, assumptions=assumed(clusters))


def hierarchical_bootstrap(
    events: Events,
    scenario: Iterable[object],
    rng: np.random.Generator,
    *,
    family: Iterable[object] | None = None,
    resamples: int = 10_000,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Bootstrap over families, scenarios within them, and their runs; for scenarios like these.

    Without `family` the scenarios are the top level. Each level is drawn with replacement, as
    counts: W copies of a scenario of n runs with k events show Binomial(W n, k / n) events. Drawing
    at the lower levels too counts their chance twice, so it errs on the wide side (Davison and
    Hinkley 1997, section 3.8). Few clusters widen it: the percentiles are moved out to what
    Student's t with (clusters - 1) degrees of freedom asks for (Hesterberg 2015, "expanded
    percentile"). It is still a bootstrap, with a coverage of 76 to 98 %: print `clustered`.

    Raises:
        ValueError: no event or nothing but events (every resample would be alike; use
            `zero_event_bounds`); fewer than two clusters at the top level; or a scenario that
            belongs to two families.
    """
    sums_S, counts_S, sizes_F = nested(events, scenario, family)
    clusters, n = len(sizes_F), int(counts_S.sum())
    _check_bootstrap(clusters, "scenario(s)" if family is None else "families", sums_S, counts_S)
    shares_S = sums_S / counts_S
    rates_B = np.concatenate(
        [
            rng.binomial(runs_BS, shares_S).sum(axis=1) / runs_BS.sum(axis=1)
            for runs_BS in (
                (weights_BS * counts_S).astype(np.int64)
                for weights_BS in resampled_scenarios(sizes_F, rng, resamples)
            )
        ]
    )
    low, high = expanded_percentiles(rates_B, clusters, confidence)
    over = f"{clusters} scenarios" if family is None else f"{clusters} families"
    method = f"hierarchical bootstrap over {over} and runs, two-sided {percent(confidence)}"
    mean = float(sums_S.sum() / n)
    return spanning(mean, low, high, n, method, assumptions=assumed(clusters))


def resampled_scenarios(
    sizes_F: Sequence[int], rng: np.random.Generator, resamples: int
) -> Iterable[npt.NDArray[np.int64]]:
    """How often each scenario occurs in each resample, as blocks (resamples, scenarios).

    `sizes_F` are the numbers of scenarios of each family, in the scenarios' order. A family drawn w
    times draws w times as many scenarios, so no copy of a family has to be told from another.
    """
    families = len(sizes_F)
    block = max(1, AT_ONCE // max(1, sum(sizes_F)))
    for start in range(0, resamples, block):
        drawn = min(block, resamples - start)
        weights_BF = rng.multinomial(families, np.full(families, 1 / families), size=drawn)
        if sum(sizes_F) == families:
            yield weights_BF
            continue
        yield np.concatenate(
            [
                rng.multinomial(weights_BF[:, f] * size, np.full(size, 1 / size))
                for f, size in enumerate(sizes_F)
            ],
            axis=1,
        )


def expanded_percentiles(
    values_B: Floats, clusters: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Percentiles of a bootstrap, moved out for few clusters.

    The percentile interval of a mean behaves like z times a standard error that is short by
    sqrt((clusters - 1) / clusters); this asks for Student's t and the full one.
    Source: Hesterberg, The American Statistician 69 (2015), 371-386, section 5.3.
    """
    from scipy.stats import norm, t

    reach = float(t.ppf((1 + confidence) / 2, clusters - 1)) * sqrt(clusters / (clusters - 1))
    tail = 100 * float(norm.cdf(-reach))
    low, high = np.percentile(values_B, [tail, 100 - tail])
    return float(low), float(high)


def clustering(events: Events, cluster: Iterable[object]) -> Clustering:
    """Intraclass correlation, design effect and effective number of runs.

    ICC is the ANOVA estimator (Donner 1986; Ridout, Demetrio and Firth 1999 find it good for binary
    data), which is negative where clusters are more alike than chance makes them; hence the clip.
    The design effect is 1 + (m - 1) ICC with m the run-weighted mean cluster size (Kish 1965),
    which holds for the rate over runs. From few clusters the ICC is a guess: it describes the data
    and no interval uses it.
    """
    sums_C, counts_C = by_cluster(events, cluster)
    clusters, n, count = len(sums_C), int(counts_C.sum()), float(sums_C.sum())
    why = (
        "no runs: nothing is known"
        if n == 0
        else few_clusters(clusters)
        if clusters < 2
        else "one run in each scenario: how alike runs of a scenario are cannot be seen"
        if clusters == n
        else "every run has the same outcome: how alike scenarios are cannot be seen"
        if count in (0, n)
        else ""
    )
    if why:
        return Clustering(n, clusters, None, None, None, None, why)
    shares_C = sums_C / counts_C
    between = float((counts_C * (shares_C - count / n) ** 2).sum()) / (clusters - 1)
    within = float((counts_C * shares_C * (1 - shares_C)).sum()) / (n - clusters)
    size = (n - float((counts_C**2).sum()) / n) / (clusters - 1)
    raw = (between - within) / (between + (size - 1) * within)
    icc = min(1.0, max(0.0, raw))
    effect = 1 + (float((counts_C**2).sum()) / n - 1) * icc
    return Clustering(n, clusters, icc, raw, effect, n / effect, few_clusters(clusters))


def few_clusters(clusters: int) -> str:
    """The warning to print beside a rate for scenarios like these; empty with ten or more."""
    if clusters >= FEW:
        return ""
    if clusters < 2:
        return (
            f"{clusters} scenario{'' if clusters == 1 else 's'}: the runs say something about this "
            "pack, and nothing about other scenarios. Add scenarios, not runs."
        )
    return (
        f"Only {clusters} scenarios: what is said of scenarios like these rests on {clusters} "
        "draws, however many runs each had, and its interval is wide for that reason. Rely on the "
        "rate of this pack, and add scenarios, not runs."
    )


def assumed(clusters: int) -> str:
    """What a claim about scenarios like these assumes, with the warning where there is one."""
    return f"{DRAWN} {few_clusters(clusters)}".strip()


def pack_rate(
    events: Events, scenario: Iterable[object], *, confidence: float = CONFIDENCE
) -> Estimate:
    """Rate of this pack when every scenario counts alike, however many runs it had.

    The mean is the mean of the scenarios' rates. With equally many runs it is `rate`. Otherwise
    Clopper-Pearson with the number of runs that the weights leave in the worst case: at each rate
    that is tried, the scenarios' own rates are set to give the largest variance. A scenario with
    few runs thus widens the interval in proportion to what it could hide.
    Own method, for want of one that is honest at zero events; see `benchmarks/clusters.py`.
    """
    sums_S, counts_S = by_cluster(events, scenario)
    if len(counts_S) == 0:
        return nothing()
    n, mean = int(counts_S.sum()), float((sums_S / counts_S).mean())
    if counts_S.min() == counts_S.max():
        return rate(complete(events), confidence=confidence)
    high = 1.0 if mean >= 1 else _worst_limit(mean, counts_S, confidence)
    low = 0.0 if mean <= 0 else 1 - _worst_limit(1 - mean, counts_S, confidence)
    method = (
        f"Clopper-Pearson with worst-case weights over {len(counts_S)} scenarios that count alike, "
        f"two-sided {percent(confidence)}"
    )
    return spanning(mean, low, high, n, method, assumptions=FIXED)


def _worst_limit(mean: float, counts_S: Floats, confidence: float) -> float:
    """The rate above `mean` at which so few events have probability (1 - confidence) / 2."""
    from scipy.optimize import brentq
    from scipy.special import betainc

    def excess(high: float) -> float:
        runs = high * (1 - high) / _worst_variance(high, counts_S)
        # The probability of at most `mean * runs` events in `runs` runs, for fractions too.
        return float(betainc((1 - mean) * runs, mean * runs + 1, 1 - high)) - (1 - confidence) / 2

    least, most = max(mean, 1e-9), 1 - 1e-9
    if excess(most) > 0:  # what is known amounts to less than one run without the event
        return 1.0
    return float(brentq(excess, least, most)) if excess(least) > 0 else least


def _worst_variance(mean: float, counts_S: Floats) -> float:
    """The largest variance of the mean of scenarios' rates that have this true mean."""
    from scipy.optimize import brentq

    if mean > 0.5:
        mean = 1 - mean

    def rates(slope: float) -> Floats:
        # Where the variance gained by a little more rate is the same in each scenario.
        return np.maximum(0.0, 0.5 - slope * counts_S)

    slope = brentq(lambda s: float(rates(s).mean()) - mean, 0.0, 0.5 / counts_S.min(), xtol=1e-16)
    rates_S = rates(float(slope))
    return float((rates_S * (1 - rates_S) / counts_S).sum()) / len(counts_S) ** 2


def by_cluster(events: Events, cluster: Iterable[object]) -> tuple[Floats, Floats]:
    """Events and runs per cluster, in an order that does not depend on the clusters' names."""
    sums_C, counts_C, _ = nested(events, cluster, None)
    return sums_C, counts_C


def nested(
    events: Events, scenario: Iterable[object], family: Iterable[object] | None
) -> tuple[Floats, Floats, list[int]]:
    """Events and runs per scenario, family by family, and each family's number of scenarios.

    The order depends on contents alone, never on names. Without `family` each scenario is one.
    """
    values = complete(events)
    scenarios = list(scenario)
    families = scenarios if family is None else list(family)
    for names, kind in ((scenarios, "cluster"), (families, "family")):
        if len(names) != len(values):
            raise ValueError(f"{len(values)} events but {len(names)} {kind} names.")
    home: dict[object, object] = dict(zip(scenarios, families, strict=True))
    index = {name: i for i, name in enumerate(home)}
    codes = np.array([index[name] for name in scenarios], dtype=np.intp)
    if family is not None:
        for name, own in set(zip(scenarios, families, strict=True)):
            if home[name] != own:
                raise ValueError(f"Scenario {name!r} is in two families: {home[name]!r}, {own!r}.")
    sums_S = np.bincount(codes, weights=values, minlength=len(home)).astype(np.float64)
    counts_S = np.bincount(codes, minlength=len(home)).astype(np.float64)
    members: dict[object, list[tuple[float, float]]] = {}
    for own, count, total in zip(home.values(), counts_S, sums_S, strict=True):
        members.setdefault(own, []).append((float(count), float(total)))
    groups = sorted(sorted(group) for group in members.values())
    flat = np.array([pair for group in groups for pair in group]).reshape(-1, 2)
    return flat[:, 1], flat[:, 0], [len(group) for group in groups]


def _check_bootstrap(clusters: int, kind: str, sums: Floats, counts: Floats) -> None:
    n = int(counts.sum())
    if clusters < 2:
        raise ValueError(
            f"{clusters} {kind}: a bootstrap over clusters needs two. Use rate() for this pack."
        )
    if sums.sum() in (0, n):
        found = "No" if sums.sum() == 0 else "Every"
        raise ValueError(
            f"{found} run of {n} shows the event, so a bootstrap would give an interval of no "
            "width. Use zero_event_bounds() (on the complement when every run shows it)."
        )
