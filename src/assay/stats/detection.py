"""The limit of detection: the smallest true rate that a study can tell from zero.

The judge's false positives are counted on few trajectories, so runs must show clearly more flags
than those could explain. Stands on `stats.melding`; `stats.correction` passes it on.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assay.stats.estimate import CONFIDENCE, limits, percent
from assay.stats.melding import ErrorRate, Floats, Trials, at_least_as_many, share

MODEL = (
    "Runs are independent; sensitivity and specificity are the same on the runs as on the distinct "
    "trajectories they were measured on."
)


@dataclass(frozen=True)
class LimitOfDetection:
    """What a study could have seen; `n` counts runs, divided by the design effect.

    `rate` is None where even a rate of 1 would not be seen with that `probability`. For finished
    studies `cautious` takes the sensitivity at its one-sided lower limit and no false positives,
    and `events_needed` is the number of flags that show a rate above zero. `false_alarm` is the
    probability that a true rate of zero is called above zero at the given specificity
    with controls drawn anew, and `worst_false_alarm` the largest over 201 specificities in
    [0, 1]: both are computed, not assumed.
    """

    rate: float | None
    cautious: float | None
    events_needed: int | None
    false_alarm: float
    worst_false_alarm: float
    probability: float
    n: int
    method: str
    assumptions: str


def limit_of_detection(
    runs: int,
    sensitivity: ErrorRate,
    specificity: ErrorRate,
    *,
    finished: bool = False,
    design_effect: float = 1.0,
    probability: float = CONFIDENCE,
    false_alarm: float = 0.05,
) -> LimitOfDetection:
    """Smallest true rate that this many runs show to be above zero, with this `probability`.

    Shown: the lower bound of `corrected` at one-sided 1 - `false_alarm` (for 0.05 its `low` at a
    confidence of 0.90) exceeds 0; that is Fisher's exact test of flags against false positives. The
    result sums over all outcomes, nothing is simulated. Planned: a measured share is assumed to be
    true, and its `n` trajectories are still to be run. `finished`: they came out as given, and only
    the runs are averaged over. `design_effect` as in `corrected`; 1 speaks of this pack.

    Raises:
        ValueError: an error rate that rests on no trajectory, or no runs.
    """
    s, c = share(sensitivity), share(specificity)
    if s is None or c is None:
        raise ValueError("0 trajectories: a limit of detection needs both error rates.")
    n = int(runs / at_least_one(design_effect))
    if n < 1:
        raise ValueError(f"{runs} runs at a design effect of {design_effect:g}: not one is left.")
    null_XY, all_XA = _p_values(n, specificity, flip=True), _p_values(n, sensitivity, flip=False)
    hits_A = _outcomes(sensitivity, s, flip=False, finished=finished)
    false_Y = _outcomes(specificity, 1 - c, flip=True, finished=finished)
    shown_X = _below(false_Y)[_counts(null_XY, all_XA, false_alarm)] @ hits_A

    cautious_rate = None
    if finished:
        low = s if not isinstance(sensitivity, Trials) else _lower(sensitivity)
        high = c if not isinstance(specificity, Trials) else 1.0
        cautious_rate = _smallest(shown_X, low, high, probability)
    truths = [c] if not isinstance(specificity, Trials) else [c, *np.linspace(0, 1, 201)]
    count_X = _counts(null_XY, np.ones((n + 1, 1)), false_alarm)[:, 0]
    alarms = []
    for truth in truths:
        drawn_Y = _outcomes(specificity, 1 - truth, flip=True, finished=False)
        alarms.append(float(_binomial(n, 1 - truth) @ _below(drawn_Y)[count_X]))
    kind = "finished study, controls as they came out" if finished else "planned study"
    return LimitOfDetection(
        rate=_smallest(shown_X, s, c, probability),
        cautious=cautious_rate,
        events_needed=int(np.argmax(shown_X > 0)) if finished and shown_X.any() else None,
        false_alarm=alarms[0],
        worst_false_alarm=max(alarms),
        probability=probability,
        n=n,
        method=f"{kind}; exact sums; one-sided lower bound at {percent(1 - false_alarm)}",
        assumptions=assumed(design_effect),
    )


def _p_values(n: int, error: ErrorRate, *, flip: bool) -> Floats:
    """How often x flags or more of n come about, by what y misses (or hits) in the controls say."""
    if isinstance(error, Trials):
        return at_least_as_many(n, error.n)

    from scipy.stats import binom

    known = 1 - error if flip else error
    return np.asarray(binom.sf(np.arange(n + 1) - 1, n, known))[:, None]


def _outcomes(error: ErrorRate, truth: float, *, flip: bool, finished: bool) -> Floats:
    """Probability of each count among the controls: drawn, or the one that was seen."""
    if not isinstance(error, Trials):
        return np.ones(1)
    if not finished:
        return _binomial(error.n, truth)
    seen = np.zeros(error.n + 1)
    seen[error.n - error.hits if flip else error.hits] = 1.0
    return seen


def _counts(null_XY: Floats, all_XA: Floats, level: float) -> npt.NDArray[np.intp]:
    """For x flags and a hits: how many numbers of false positives, from 0 up, still show a rate.

    The p-value grows with y, so those that show it come first. Divided by the p-value of what the
    sensitivity allows, as `melding.Side.support` is.
    """
    return np.stack(
        [
            np.searchsorted(null_Y, level * all_A, side="right")
            for null_Y, all_A in zip(null_XY, all_XA, strict=True)
        ]
    )


def _below(false_Y: Floats) -> Floats:
    """Probability of fewer than k false positives, for k = 0, 1, ..."""
    return np.concatenate([[0.0], np.minimum(1.0, np.cumsum(false_Y))])


def _smallest(shown_X: Floats, s: float, c: float, probability: float) -> float | None:
    from scipy.optimize import brentq

    n = len(shown_X) - 1

    def short_of(rate: float) -> float:
        return float(_binomial(n, rate * s + (1 - rate) * (1 - c)) @ shown_X) - probability

    previous = 0.0
    for value in np.geomspace(0.1 / n, 1.0, 80) if s + c > 1 else ():
        if short_of(value) >= 0:
            return float(brentq(short_of, previous, value, xtol=1e-9))
        previous = float(value)
    return None


def _binomial(n: int, share: float) -> Floats:
    """Probability of 0 to n; `scipy.stats.binom` says the same, twenty times as slowly."""
    from scipy.special import xlog1py, xlogy

    k, p = np.arange(n + 1), min(1.0, max(0.0, share))
    return np.asarray(np.exp(_choices(n) + xlogy(k, p) + xlog1py(n - k, -p)))


@lru_cache(maxsize=64)
def _choices(n: int) -> Floats:
    """Logarithm of the number of ways to choose 0 to n of n."""
    from scipy.special import gammaln

    k = np.arange(n + 1)
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _lower(trials: Trials) -> float:
    return limits(trials.hits, trials.n, "exact", 2 * CONFIDENCE - 1)[0]


def at_least_one(design_effect: float) -> float:
    """The design effect, or a ValueError: runs are never worth more than they are."""
    if design_effect < 1:
        raise ValueError(f"A design effect of {design_effect:g}: it is 1 or more (1: this pack).")
    return design_effect


def assumed(design_effect: float) -> str:
    """What a corrected rate rests on, and of what it speaks."""
    if design_effect == 1:
        return f"{MODEL} This pack: scenarios are fixed."
    return f"{MODEL} Scenarios like these: runs count as runs / {design_effect:g}."
