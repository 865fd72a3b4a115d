"""A rate from a judge that labels every run and people who label some of them.

The judge's verdicts say how often to look where; the people's labels say how often the judge is
right there. No error rate from controls is needed, only labels on a random share of these runs.
Stands on `stats.melding` and `stats.estimate`; a sibling of `stats.correction`.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from assay.stats.estimate import (
    CONFIDENCE,
    Estimate,
    Events,
    complete,
    nothing,
    numeric,
    percent,
    rate,
)
from assay.stats.melding import Floats, Side, beta_nodes, cautious, tail_of_beta

LABELS = {
    "melded": "People labelled a random sample of the flagged and of the other runs (the two "
    "shares may differ).",
    "ppi++": "People labelled a random sample of all runs, and enough of them that a normal "
    "distribution fits.",
}


@dataclass(frozen=True)
class Predicted(Estimate):
    """A rate in people's terms over all judged runs; `n` counts those.

    `labelled` counts runs that people labelled and `people` is their rate alone, which needs no
    judge. `power` is PPI++'s weight of the judge, in [0, 1]; None for the melded interval.
    """

    labelled: int
    people: Estimate
    power: float | None


def prediction_powered(
    judge: Events,
    human: Events,
    interval: Literal["melded", "ppi++"] = "melded",
    *,
    confidence: float = CONFIDENCE,
) -> Predicted:
    """Rate of the event as people would label it, from all the judge's labels and some of theirs.

    `melded` (the default, good from the first label on) adds up what people found among flagged and
    among other runs, in the shares in which the judge flags; exact distributions of all three
    counts, so it errs on the wide side. People may label more of the flagged runs than of the rest.
    `ppi++` is the estimate of Angelopoulos, Duchi and Zrnic (2023, arXiv 2311.01453) with its
    normal interval: narrower, and too narrow unless people found some ten events and ten
    disagreements with the judge. Without unlabelled runs, or a judge worth nothing, both come down
    to the people's labels.

    Args:
        judge: The judge's verdict on every run.
        human: A person's, run by run; None where there is none.
        interval: Which of the two.
        confidence: Of the two-sided interval.

    Raises:
        ValueError: a verdict is missing, the lengths differ, or `ppi++` has no variance to go by.
    """
    if interval not in LABELS:
        raise ValueError(f"Unknown interval {interval!r}: choose 'melded' or 'ppi++'.")
    verdict_R, label_R = complete(judge), numeric(human)
    if len(verdict_R) != len(label_R):
        raise ValueError(f"{len(verdict_R)} verdicts but {len(label_R)} runs for people.")
    known_R = ~np.isnan(label_R)
    people = rate(label_R[known_R], confidence=confidence)
    power = None
    if not known_R.any():
        mean, low, high = None, 0.0, 1.0
    elif interval == "ppi++":
        mean, low, high, power = _ppi(verdict_R, label_R, known_R, confidence)
    else:
        mean, low, high = _melded(verdict_R, label_R, known_R, confidence)
    return Predicted(
        mean=mean,
        low=low if mean is None else min(low, mean),
        high=high if mean is None else max(high, mean),
        n=len(verdict_R),
        method=f"prediction-powered, {interval}, two-sided {percent(confidence)}"
        if known_R.any()
        else nothing().method,
        labelled=int(known_R.sum()),
        people=people,
        power=power,
        assumptions=LABELS[interval],
    )


def _ppi(
    verdict_R: Floats, label_R: Floats, known_R: npt.NDArray[np.bool_], confidence: float
) -> tuple[float, float, float, float]:
    from scipy.stats import norm

    label_L, judged_L, judged_U = label_R[known_R], verdict_R[known_R], verdict_R[~known_R]
    n, unlabelled = len(label_L), len(judged_U)
    power = 0.0
    if unlabelled and verdict_R.std() > 0:
        covariance = float(np.mean((label_L - label_L.mean()) * (judged_L - judged_L.mean())))
        power = covariance / ((1 + n / unlabelled) * float(verdict_R.var(ddof=1)))
    power = min(1.0, max(0.0, power))
    mean = float(label_L.mean())
    variance = float((label_L - power * judged_L).var()) / n
    if unlabelled:
        mean += power * float(judged_U.mean() - judged_L.mean())
        variance += power**2 * float(judged_U.var()) / unlabelled
    if variance == 0:
        raise ValueError(
            f"{n} labels in full accord leave PPI++ no variance, and its interval no width. "
            "Use the melded interval."
        )
    half = float(norm.ppf((1 + confidence) / 2)) * sqrt(variance)
    clipped = (min(1.0, max(0.0, value)) for value in (mean, mean - half, mean + half))
    return (*clipped, power)  # type: ignore[return-value]


def _melded(
    verdict_R: Floats, label_R: Floats, known_R: npt.NDArray[np.bool_], confidence: float
) -> tuple[float | None, float, float]:
    # Of two groups by verdict, the larger gives the tail and the smaller the nodes.
    larger = float(verdict_R.mean() >= 0.5)
    groups = [label_R[known_R & (verdict_R == value)] for value in (larger, 1 - larger)]
    (x_large, n_large), (x_small, n_small) = ((int(g.sum()), len(g)) for g in groups)
    runs, small = len(verdict_R), int((verdict_R != larger).sum())
    share_large, share_small = x_large / max(1, n_large), x_small / max(1, n_small)
    # No label in a group leaves its part of the rate open, unless the group is empty.
    unknown = not n_large or (small and not n_small)
    mean = None if unknown else share_large + small / runs * (share_small - share_large)

    ends = []
    for upper in (False, True):
        a, b = cautious(x_large, n_large, upper=upper)
        found_S, found_weight = beta_nodes(*cautious(x_small, n_small, upper=upper))
        # More of the group with more events is more events.
        rises = share_small > share_large or not n_small
        size_W, size_weight = beta_nodes(*cautious(small, runs, upper=upper == rises))
        size_D, found_D = (g.ravel() for g in np.meshgrid(size_W, found_S, indexing="ij"))
        rest_D = np.maximum(1 - size_D, 1e-12)
        weight_D = np.outer(size_weight, found_weight).ravel()
        tail = tail_of_beta(a, b, upper=upper)
        side = Side(tail, 1 / rest_D, -size_D * found_D / rest_D, weight_D, upper)
        ends.append(side.limit((1 - confidence) / 2))
    return mean, ends[0], ends[1]
