"""How much of one training set does as much as so much of another: rates over supervised tokens.

A *series* is one kind of data at several doses, the model without any first. Rates between two
doses lie on a straight line; the tokens for a rate are those at which the line first reaches it.
Seeds are the sample. Feeds studies.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assay.stats.clusters import expanded_percentiles
from assay.stats.estimate import CONFIDENCE, Floats, percent
from assay.stats.evidence import plain

type Json = dict[str, Any]
type BySeed = Mapping[int, tuple[float, float]]

FEW_SEEDS = 5
ASSUMES = (
    "Between two doses the rate changes evenly; seeds are independent; what a token teaches does "
    "not depend on which texts of its kind were drawn."
)


@dataclass(frozen=True)
class Dose:
    """One arm of a series.

    Attributes:
        tokens: Supervised, mean over seeds.
        rates: By seed, in [0, 1].
    """

    arm: str
    tokens: float
    rates: Mapping[int, float]


@dataclass(frozen=True)
class EqualEffect:
    """Tokens of a series that do what another one's largest dose does.

    Attributes:
        rate: What that dose comes to, mean over the seeds that both series have.
        tokens: None where no dose of the series reaches it.
        low, high: Interval over seeds; None: beyond the largest dose, or too few seeds (`note`).
        share_reached: Of the resamples, those in which the series reaches it.
    """

    rate: float
    tokens: float | None
    low: float | None
    high: float | None
    share_reached: float | None
    n: int
    method: str
    assumptions: str
    note: str


def equal_effect(
    series: Sequence[Dose],
    reference: Sequence[Dose],
    rng: np.random.Generator,
    *,
    resamples: int = 4_000,
    confidence: float = CONFIDENCE,
) -> EqualEffect:
    """Tokens of `series` for the rate at the largest dose of `reference`.

    Both begin with the same model without any data of theirs. The interval is a bootstrap over
    seeds, the same seeds for every arm, with percentiles moved out for few seeds; with fewer than
    five there is none.

    Raises:
        ValueError: A series has fewer than two doses, or no seed has all of them.
    """
    if min(len(series), len(reference)) < 2:
        raise ValueError("a series needs two doses at least, the model without any among them")
    series, reference = (sorted(one, key=lambda dose: dose.tokens) for one in (series, reference))
    arms = [*series, reference[-1]]
    seeds = sorted(set.intersection(*(set(dose.rates) for dose in arms)))
    if not seeds:
        raise ValueError("no seed has every dose")
    rates_AS = np.array([[dose.rates[seed] for seed in seeds] for dose in arms])
    tokens_D = np.array([dose.tokens for dose in series])
    mean_A = rates_AS.mean(axis=1)
    found = _reached(tokens_D, mean_A[:-1], float(mean_A[-1]))
    low = high = share = None
    note = "" if found is not None else "no dose of it does as much"
    if len(seeds) < FEW_SEEDS:
        note = "; ".join(filter(None, (note, f"no interval with fewer than {FEW_SEEDS} seeds")))
    else:
        drawn_RS = rng.integers(len(seeds), size=(resamples, len(seeds)))
        means_AR = rates_AS[:, drawn_RS].mean(axis=2)
        every = [_reached(tokens_D, means[:-1], float(means[-1])) for means in means_AR.T]
        share = sum(one is not None for one in every) / resamples
        beyond = 1e6 * tokens_D[-1]
        values_R = np.array([beyond if one is None else one for one in every])
        ends = expanded_percentiles(values_R, len(seeds), confidence)
        low, high = (end if end <= tokens_D[-1] else None for end in ends)
    return EqualEffect(
        rate=float(mean_A[-1]),
        tokens=found,
        low=low,
        high=high,
        share_reached=share,
        n=len(seeds),
        method=f"Straight lines between doses; bootstrap over seeds, {percent(confidence)}",
        assumptions=ASSUMES,
        note=note,
    )


def series_over_tokens(
    series: Mapping[str, Sequence[str]],
    data: pd.DataFrame,
    after: Callable[[str], BySeed],
    coherence: Callable[[str], BySeed],
    mean: Callable[[BySeed], Json],
) -> list[Json]:
    """Each series: its doses, how far their data is away, and what does as much as the first one.

    Args:
        series: Names to arms, the one without any data first.
        data: What each arm and seed learned from, as `study` collects it.
        after: An arm's rates right after its data, with their variances.
        coherence: Likewise, how often it then speaks sense.
        mean: Over seeds.
    """
    found: list[tuple[Json, list[Dose]]] = []
    for name, (without, *arms) in series.items():
        unknown = sorted({*arms} - {*data["arm"]})
        doses = [Dose(without, 0.0, _rates(after(without)))]
        doses += [_dose(arm, data, after) for arm in arms if arm not in unknown]
        doses.sort(key=lambda dose: dose.tokens)
        rows = [
            {
                "arm": dose.arm,
                "tokens": dose.tokens,
                "rate": mean(after(dose.arm)),
                "coherence": mean(coherence(dose.arm))["mean"],
                "distance": _distance(data[data["arm"] == dose.arm]),
            }
            for dose in doses
        ]
        why_not = f"what {', '.join(unknown)} learned from is not on record" if unknown else ""
        found.append(({"series": name, "doses": rows, "equal": None, "why_not": why_not}, doses))
    for entry, doses in found:
        if missing := entry["why_not"] or found[0][0]["why_not"]:
            entry["why_not"] = missing
            continue
        try:
            entry["equal"] = plain(equal_effect(doses, found[0][1], np.random.default_rng(0)))
        except ValueError as error:
            entry["why_not"] = str(error)
    return [entry for entry, _ in found]


def _dose(arm: str, data: pd.DataFrame, after: Callable[[str], BySeed]) -> Dose:
    tokens = data[data["arm"] == arm].groupby("seed")["tokens"].sum().mean()
    return Dose(arm, float(tokens), _rates(after(arm)))


def _rates(found: BySeed) -> dict[int, float]:
    return {seed: value for seed, (value, _) in found.items()}


def _distance(data: pd.DataFrame) -> Json | None:
    """Of an arm's data to the evaluation, mean over its stages and seeds; None without data."""
    if not len(data):
        return None
    means = data[["nearest", "floor", "auc"]].astype("float64").mean()
    return {str(key): None if np.isnan(value) else float(value) for key, value in means.items()}


def _reached(tokens_D: Floats, rates_D: Floats, wanted: float) -> float | None:
    """The first place on the line through the doses at which the rate is the wanted one."""
    off_D = rates_D - wanted
    if off_D[0] == 0:
        return float(tokens_D[0])
    for at in range(1, len(off_D)):
        if off_D[at] == 0 or (off_D[at] > 0) != (off_D[0] > 0):
            step = off_D[at - 1] / (off_D[at - 1] - off_D[at])
            return float(tokens_D[at - 1] + step * (tokens_D[at] - tokens_D[at - 1]))
    return None
