"""The numbers under `stats.correction` and `stats.prediction`: melded confidence distributions.

A count x of n has two confidence distributions, Beta(x, n - x + 1) and Beta(x + 1, n - x); their
quantiles are Clopper and Pearson's limits. Melding (Fay, Proschan and Brittain, Biometrics 71
(2015), 146-156) puts the one that gives the cautious answer in place of each unknown rate of a
formula and takes quantiles of the result. Here by quadrature: nothing is drawn at random.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

type ErrorRate = Trials | float
type Floats = npt.NDArray[np.float64]
type Tail = Callable[[Floats], Floats]

NODES, GRID = 64, 513
_PERFECT = np.ones(1), np.ones(1)
# Below this share of draws that fit the data, quadrature no longer resolves them.
CONTRADICTION = 1e-9


@dataclass(frozen=True, slots=True)
class Trials:
    """`hits` of `n` *distinct* trajectories: a script replayed forty times counts once.

    For a sensitivity: trajectories with the event that were flagged. For a specificity: those
    without it that were not. 16 of 16 leaves a true share of 0.83 possible (one-sided 95 %), and
    0 of 0 every share.
    """

    hits: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.n:
            raise ValueError(f"{self.hits} of {self.n} trajectories: no such count.")


def share(error: ErrorRate) -> float | None:
    """The measured share, or the known one; None where nothing was measured."""
    if isinstance(error, Trials):
        return error.hits / error.n if error.n else None
    if not 0 <= error <= 1:
        raise ValueError(f"A share of {error:g} lies outside [0, 1].")
    return float(error)


@lru_cache(maxsize=4096)
def beta_nodes(a: float, b: float, nodes: int = NODES) -> tuple[Floats, Floats]:
    """Points and weights that replace a Beta(a, b) variable; exact for polynomials to 2 nodes - 1.

    Gauss-Jacobi by Golub and Welsch (1969), normalised, so that large a and b do not overflow.
    a = 0 is the constant 0, b = 0 the constant 1: the confidence distributions of 0 and n of n.
    """
    if a == 0 or b == 0:
        return np.array([0.0 if a == 0 else 1.0]), np.ones(1)

    from scipy.linalg import eigh_tridiagonal

    alpha, beta, k = b - 1, a - 1, np.arange(1.0, nodes)
    total = 2 * k + alpha + beta
    middle = np.concatenate(
        [[(beta - alpha) / (alpha + beta + 2)], (beta**2 - alpha**2) / (total * (total + 2))]
    )
    # At k = 1 the factor (k + alpha + beta) cancels against (total - 1).
    cancel = np.where(k == 1, 1.0, (k + alpha + beta) / np.where(k == 1, 1.0, total - 1))
    side = np.sqrt(4 * k * (k + alpha) * (k + beta) * cancel / (total**2 * (total + 1)))
    points, vectors = eigh_tridiagonal(middle, side)
    return np.clip((1 + points) / 2, 0, 1), vectors[0] ** 2


def cautious(hits: float, n: float, *, upper: bool) -> tuple[float, float]:
    """Beta parameters of the lower or the upper confidence distribution of `hits` of `n`."""
    return (hits + 1.0, float(n - hits)) if upper else (float(hits), n - hits + 1.0)


def tail_of_beta(a: float | Floats, b: float | Floats, *, upper: bool) -> Tail:
    """P(Beta(a, b) <= at), or P(Beta(a, b) >= at) for `upper`, as a function of `at` in [0, 1].

    One Beta is tabulated (to about one part in 10,000) and read off, since it is asked for at
    thousands of points; many, one per draw, are computed as they are asked for.
    """
    from scipy.special import betainc, betaincc

    tail = betaincc if upper else betainc
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return lambda at: np.asarray(tail(a, b, at))
    if b == 0 or a == 0:
        constant = 1.0 if b == 0 else 0.0
        return lambda at: np.asarray(
            (constant >= at) if upper else (constant <= at), dtype=np.float64
        )
    angle_G, log_G = _tabulated(a, b, upper)
    return lambda at: np.exp(np.interp(np.arcsin(np.sqrt(at)), angle_G, log_G))


@lru_cache(maxsize=1024)
def _tabulated(a: float, b: float, upper: bool) -> tuple[Floats, Floats]:
    """Logarithm of the tail over arcsin(sqrt(value)), where every Beta is about as wide."""
    from scipy.special import betainc, betaincc, betaincinv

    tail = betaincc if upper else betainc
    ends = np.arcsin(np.sqrt(betaincinv(a, b, [1e-12, 1.0])))
    if b > 1:
        ends[1] = np.arcsin(np.sqrt(1 - betaincinv(b, a, 1e-12)))
    angle_G = np.unique(np.concatenate([[0.0], np.linspace(ends[0], ends[1], GRID), [np.pi / 2]]))
    value_G = np.maximum(tail(a, b, np.sin(angle_G) ** 2), 1e-300)
    return angle_G, np.log(value_G)


def tail_of_weighted_sum(
    scale_DK: Floats, x_K: Floats, n_K: Floats, *, upper: bool
) -> tuple[Tail, Floats]:
    """The cautious tail of sum(scale * rate * n), per draw, as a share of its greatest value.

    Also that greatest value. Fay and Feuer (Statistics in Medicine 16 (1997), 791-801) treat the
    sum as a scaled count of the same mean and variance, and add one event of the largest weight at
    the cautious end. Here the count is binomial and not Poisson, so that equal weights give Clopper
    and Pearson's limits.
    """
    sum_D, most_D, one_D = scale_DK @ x_K, scale_DK @ n_K, scale_DK.max(axis=1)
    variance_D = scale_DK**2 @ x_K
    if (x_K == n_K).all() if upper else (x_K == 0).all():
        return (lambda at: np.ones_like(at)), most_D
    if upper:
        unit_D = (variance_D + one_D**2) / (sum_D + one_D)
        return tail_of_beta((sum_D + one_D) / unit_D, (most_D - sum_D) / unit_D, upper=True), most_D
    unit_D = variance_D / sum_D
    b_D = (most_D - sum_D + one_D) / unit_D
    return tail_of_beta(sum_D / unit_D, b_D, upper=False), most_D


@dataclass(frozen=True)
class Side:
    """How well each value of a rate is supported from one side, by a weighted set of draws.

    Draw d puts `slope` * value + `intercept` into `tail`. The weighted mean is the probability that
    a melded draw is not beyond the value: it rises with it where limits are lower ones, and falls
    with it where they are upper ones (`upper`). `contradicted`: see `flagged`.
    """

    tail: Tail
    slope: Floats
    intercept: Floats
    weight: Floats
    upper: bool
    contradicted: bool = False

    def raw(self, value: float) -> float:
        """Probability that the melded draw is not on the far side of `value`."""
        at = np.clip(self.slope * value + self.intercept, 0, 1)
        return float(self.weight @ self.tail(at))

    @property
    def possible(self) -> float:
        """Share of draws that give a rate within [0, 1] on this side; near 0: data contradict."""
        return self.raw(0.0 if self.upper else 1.0)

    def support(self, value: float) -> float:
        """One-sided p-value of `value`, among the draws that are possible at all.

        Dividing by what is possible never narrows an interval, and keeps it from shrinking to a
        point where the data show less than the errors alone would. In particle physics this is
        CLs: Read, Journal of Physics G 28 (2002), 2693-2704.
        """
        possible = self.possible
        return min(1.0, self.raw(value) / possible) if possible > 0 else 1.0

    def limit(self, alpha: float) -> float:
        """The value in [0, 1] beyond which the support falls below `alpha`."""
        from scipy.optimize import brentq

        target = alpha * self.possible
        far = 1.0 if self.upper else 0.0
        if self.raw(far) >= target:
            return far
        return float(brentq(lambda value: self.raw(value) - target, 0.0, 1.0, xtol=1e-12))


def flagged(
    x: float, n: float, sensitivity: ErrorRate, specificity: ErrorRate, *, upper: bool
) -> Side:
    """The support of a true rate t that is flagged at t s + (1 - t)(1 - c), for `x` flags of `n`.

    The lower limit takes the highest sensitivity s and the lowest specificity c, the upper one the
    reverse. A draw that is no better than chance (s + c <= 1) excludes no rate that flags explain.
    Where flags and error rates contradict each other beyond what can be computed, the rate that
    they contradict is taken as perfect, which is the cautious end.
    """
    errors = _nodes(sensitivity, upper=not upper), _nodes(specificity, upper=upper)
    a, b = cautious(x, n, upper=upper)
    tail = tail_of_beta(a, b, upper=upper)
    for contradicted in (False, True):
        if contradicted:
            errors = (errors[0], _PERFECT) if upper else (_PERFECT, errors[1])
        (s_S, s_weight), (c_C, c_weight) = errors
        s_D, f_D = (grid.ravel() for grid in np.meshgrid(s_S, 1 - c_C, indexing="ij"))
        better = s_D > f_D
        side = Side(
            tail=tail,
            slope=np.where(better, s_D - f_D, 0.0),
            intercept=np.where(better, f_D, s_D if upper else f_D),
            weight=np.outer(s_weight, c_weight).ravel(),
            upper=upper,
            contradicted=contradicted,
        )
        if side.possible > CONTRADICTION:
            break
    return side


def flagged_by_level(
    x_K: Floats,
    n_K: Floats,
    weight_K: Floats,
    sensitivity: Sequence[ErrorRate],
    specificity: Sequence[ErrorRate],
    *,
    upper: bool,
) -> Side:
    """The support of a weighted mean of levels' true rates; one error rate means one for all.

    Given error rates, the mean is a weighted sum of counts less a constant. A draw that is no
    better than chance in some level excludes nothing.
    """
    sources = [(error, not upper) for error in sensitivity]
    sources += [(error, upper) for error in specificity]
    uniform_DE = quasi_uniform(len(sources))
    drawn = [_quantile(e, up, u) for (e, up), u in zip(sources, uniform_DE.T, strict=True)]
    s_DK = np.stack(drawn[: len(sensitivity)], axis=1)
    f_DK = 1 - np.stack(drawn[len(sensitivity) :], axis=1)
    gain_DK = s_DK - f_DK + np.zeros(len(x_K))
    informative_D = (gain_DK > 0).all(axis=1)
    gain_DK = np.where(informative_D[:, None], gain_DK, 1.0)

    tail, most_D = tail_of_weighted_sum(weight_K / n_K / gain_DK, x_K, n_K, upper=upper)
    offset_D = (weight_K * f_DK / gain_DK).sum(axis=1)
    return Side(
        tail=tail,
        slope=np.where(informative_D, 1 / most_D, 0.0),
        intercept=np.where(informative_D, offset_D / most_D, 0.0 if upper else 1.0),
        weight=np.full(len(uniform_DE), 1 / len(uniform_DE)),
        upper=upper,
    )


def quasi_uniform(dimensions: int, points: int = 1024) -> Floats:
    """Points that fill the unit cube evenly (Sobol), the same ones each time."""
    from scipy.stats.qmc import Sobol

    return np.asarray(Sobol(dimensions, scramble=False).random(points)) + 0.5 / points


def _nodes(error: ErrorRate, *, upper: bool) -> tuple[Floats, Floats]:
    if isinstance(error, Trials):
        return beta_nodes(*cautious(error.hits, error.n, upper=upper))
    return np.array([share(error)], dtype=np.float64), np.ones(1)


def _quantile(error: ErrorRate, upper: bool, uniform_D: Floats) -> Floats:
    from scipy.special import betaincinv

    if not isinstance(error, Trials):
        return np.full(len(uniform_D), share(error), dtype=np.float64)
    a, b = cautious(error.hits, error.n, upper=upper)
    if a == 0 or b == 0:
        return np.full(len(uniform_D), 0.0 if a == 0 else 1.0)
    return np.asarray(betaincinv(a, b, uniform_D))


def at_least_as_many(n: int, m: int) -> Floats:
    """P(x, y): Fisher's one-sided p-value of x events in `n` runs against y in `m`.

    Row x, column y: how often x or more of the x + y events fall among the `n` by chance. It equals
    P(Beta(x, n - x + 1) <= Beta(y + 1, m - y)), the melded test of two proportions.
    """
    from scipy.special import gammaln

    def log_choose(of: int, k: npt.NDArray[np.int_]) -> Floats:
        inside = (k >= 0) & (k <= of)
        kept = np.where(inside, k, 0)
        value = gammaln(of + 1) - gammaln(kept + 1) - gammaln(of - kept + 1)
        return np.asarray(np.where(inside, value, -np.inf))

    total_T, y_Y = np.arange(n + m + 1)[:, None], np.arange(m + 1)[None, :]
    log_TY = log_choose(m, y_Y) + log_choose(n, total_T - y_Y) - log_choose(n + m, total_T)
    sums_TY = np.cumsum(np.exp(log_TY), axis=1)
    rows, columns = np.arange(n + 1)[:, None], np.arange(m + 1)[None, :]
    return np.asarray(np.minimum(1.0, sums_TY[rows + columns, columns]))
