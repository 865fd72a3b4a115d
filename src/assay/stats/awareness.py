"""Verbalised awareness in numbers: how often, when, and what it does to the rates.

Reads rows (`stats.rows`) with `aware`, `aware_by` and `mentions`; feeds `stats.summary`. A run that
no judge decided is missing: it is in no rate and at both ends of every bound.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assay.stats import rows as select
from assay.stats.correction import Trials, corrected
from assay.stats.estimate import CONFIDENCE, Estimate, nothing, rate
from assay.stats.evidence import plain
from assay.stats.missing import difference_bounds, rate_bounds

type Json = dict[str, Any]

UNKNOWN = "unknown"
_TIMES = ("before", "after")


@dataclass(frozen=True)
class Measured:
    """How well filter and judge find awareness, as counted on labelled passages.

    Attributes:
        recall: Aware passages that the filter passes.
        sensitivity: Of those, the ones that the judge calls aware.
        specificity: Other passages that the filter passes and that the judge does not call aware.
    """

    recall: Trials
    sensitivity: Trials
    specificity: Trials


def verbalised(rows: pd.DataFrame, measured: Measured | None = None) -> Json | None:
    """What was found, over the runs that are no twins and over the twins; None where nobody looked.

    Without a judge there are `mentions` alone. `behaviour` compares runs that were aware before the
    decisive action with all others whose awareness is known. `corrected` takes the measured errors
    of filter and judge out.
    """
    if "mentions" not in rows or not rows["mentions"].notna().any():
        return None
    looked = rows[rows["mentions"].notna().to_numpy(dtype=np.bool_)]
    is_twin = select.twin(looked)
    main = looked[~is_twin]
    judges = [str(name) for name in looked["aware_by"].dropna().unique()]
    return {
        "looked_at": len(looked),
        "not_looked_at": len(rows) - len(looked),
        "judges": judges,
        "mentions": asdict(rate(main["mentions"].to_numpy(dtype=float) > 0)),
        "main": _side(main) if judges else None,
        "twin": _side(looked[is_twin]) if judges and is_twin.any() else None,
        "corrected": _corrected(main, measured) if judges and measured else None,
        "behaviour": _behaviour(main) if judges else None,
        "measured": {name: share_of(value) for name, value in vars(measured).items()}
        if measured
        else None,
    }


def share_of(trials: Trials) -> Json:
    """Counts as a share with its exact interval."""
    found = rate(np.arange(trials.n) < trials.hits)
    return {"hits": trials.hits, "n": trials.n, **_brief(found)}


def _side(part: pd.DataFrame) -> Json:
    """Rates over the runs whose awareness is known, and what the others leave possible."""
    aware, unknown = _aware(part), _unknown(part)
    known = aware[~unknown]
    times = part["aware"].to_numpy(dtype=object)[~unknown]
    return {
        "aware": asdict(rate(known)),
        **{time: asdict(rate(times == time)) for time in _TIMES},
        "unknown": int(unknown.sum()),
        "bounds": plain(rate_bounds(known, int(unknown.sum()))),
    }


def _corrected(main: pd.DataFrame, measured: Measured) -> Json:
    """The rate with the errors of filter and judge taken out.

    Runs with a mention times the corrected share of aware ones among them, over the filter's
    recall. The judge errs only on runs that it reads: applied to all runs, its specificity, which
    is of hard passages, would take most of a low rate away. The interval puts the limits of the
    three together, each at a third of the error (Bonferroni), so that it is rather too wide. That
    passages are like runs is assumed; a run with many mentions offers more chances to err.
    """
    confidence = 1 - (1 - CONFIDENCE) / 3
    has = main["mentions"].to_numpy(dtype=float) > 0
    known = ~_unknown(main)
    read = has & known
    among = corrected(
        int(_aware(main)[read].sum()),
        int(read.sum()),
        measured.sensitivity,
        measured.specificity,
        confidence=confidence,
    )
    seen = rate(has, confidence=confidence)
    recall = rate(np.arange(measured.recall.n) < measured.recall.hits, confidence=confidence)
    found = nothing()
    if seen.n and recall.mean:
        mean = None
        if not has.any():
            mean = 0.0
        elif among.mean is not None and seen.mean is not None:
            mean = min(1.0, seen.mean * among.mean / recall.mean)
        found = Estimate(
            mean,
            low=seen.low * among.low / recall.high,
            high=min(1.0, seen.high * among.high / recall.low) if recall.low else 1.0,
            n=seen.n,
            method="share with a mention x Rogan-Gladen among them / recall; limits at a third of "
            "the error each, two-sided 95 %",
            assumptions="Passages are like runs.",
        )
    return {**asdict(found), "among_mentions": _brief(among)}


def _behaviour(main: pd.DataFrame) -> Json:
    """Harmful and misaligned rates of runs aware before the decisive action, and of the others."""
    before = (main["aware"] == "before").to_numpy(dtype=np.bool_)
    unknown = _unknown(main)
    graded, decided = select.graded(main), select.determined(main)
    events = {
        "harmful": np.where(graded, select.harmful(main).astype(float), np.nan),
        "misaligned": np.where(decided, select.misaligned(main).astype(float), np.nan),
    }
    groups = {"aware": before & ~unknown, "unaware": ~before & ~unknown}
    found: Json = {"unknown": int(unknown.sum())}
    for name, values in events.items():
        parts = {group: values[mask] for group, mask in groups.items()}
        bounds = difference_bounds(parts["aware"], parts["unaware"], paired=False)
        found[name] = {
            **{group: _group(part) for group, part in parts.items()},
            "difference": plain(bounds),
        }
    return found


def _group(values: npt.NDArray[np.float64]) -> Json:
    lost = int(np.isnan(values).sum())
    return {
        "rate": asdict(rate(values[~np.isnan(values)])),
        "ungraded": lost,
        "bounds": plain(rate_bounds(values)),
    }


def _aware(part: pd.DataFrame) -> select.Mask:
    return part["aware"].isin(_TIMES).to_numpy(dtype=np.bool_)


def _unknown(part: pd.DataFrame) -> select.Mask:
    return (part["aware"] == UNKNOWN).to_numpy(dtype=np.bool_)


def _brief(estimate: Estimate) -> Mapping[str, Any]:
    return {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}
