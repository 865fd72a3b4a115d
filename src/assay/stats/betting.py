"""Bets on the rate of this pack whose capital may be looked at after every run, and their limits.

*Design.* An epoch runs each of the S cells (scenario and levels) once. The scenarios are fixed and
cell c shows the event with its own unknown rate p_c, which may differ between epochs too; runs are
independent. The rate is the mean of the p_c: every cell weighs alike, as in the headline.

*Bet.* "The rate is at least m" is played against with capital M, 1 at the start. A fair bettor
reaches 1/alpha with probability at most alpha, ever (Ville 1939), so stopping there is right at
every look. A bet multiplies M by rho < 1 for an event and by (1 - rho m) / (1 - m) for none, which
is 1 + lambda (m - x) with lambda = (1 - rho) / (1 - m): the likelihood ratio of rho m to m. M is a
mean over many rho (Robbins 1970; Waudby-Smith and Ramdas 2024). Why it is fair, in two modes:

- *Whole epoch*: lambda is fixed for the epoch and M moves at its end. The expected factor is the
  product over cells of 1 + lambda (m - p_c), at most (1 + lambda (m - mean p_c))^S <= 1 by the
  inequality of the means. Only the mean counts: rates may be unequal, and the order any order.
- *Run by run*: M moves after every run, in an order of the cells drawn at random for each epoch.
  Seen without the cells' names, the epoch's events are exchangeable. After j events and any number
  of other runs, the next run shows the event with probability at least
  m_j = max(0, (S m - j) / (S - j)). For by Newton's inequalities runs without event only raise that
  probability; and after j events alone it is (j + 1) e_(j+1) / ((S - j) e_j), in the elementary
  symmetric polynomials of the p_c, where (j + 1) e_(j+1) is the sum over sets A of j cells of
  p_A (sum of all p_c - sum of those in A) >= e_j (S m - j). So a bet on m_j instead of m is fair
  run by run. m_0 = m: nothing is lost while the epoch has no event, and little is won after one.

The mode is chosen at the start of each epoch, from earlier epochs alone: run by run if 1/alpha is
near enough to be reached before the epoch's first event. M rises with m whatever the data, so the
values ruled out form one interval; the lower limit is the upper limit of the complement. Counting
events that did not happen only lowers M. Feeds `stats.sequential`.
"""

from functools import lru_cache
from math import ceil, log

import numpy as np
import numpy.typing as npt

from assay.stats.estimate import CONFIDENCE

type Bools = npt.NDArray[np.bool_]
type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

# Run by run unless an event is likelier than this to come before the end: found by simulation.
_RISK = 0.75


@lru_cache(maxsize=1)
def _toward_none() -> tuple[Floats, Floats]:
    """rho and its log weight for bets on few events: tuned to stop soon at 0 and at a third of m.

    Most follow the density 4 (1 - rho)^3; a share of 0.08 is spread evenly in log(1 - rho), so that
    limits of rates that are not small stay useful. At m = 0.03 runs without event end it after 120,
    which is whole epochs for packs of 3, 4, 5, 6, 8, 10, 12, 20, 24, 40 or 60.
    """
    from scipy.special import roots_jacobi

    at_K, weight_K = roots_jacobi(16, 3.0, 0.0)
    rho_L, log_weight_L = _toward_many()
    rho_K = np.concatenate([(1 + at_K) / 2, rho_L])
    weight_K = np.concatenate([0.92 * weight_K / weight_K.sum(), 0.08 * np.exp(log_weight_L)])
    return rho_K, np.log(weight_K)


@lru_cache(maxsize=1)
def _toward_many() -> tuple[Floats, Floats]:
    """The same for bets on many events (on the complement): 1 - rho log-uniform, 0.01 to 0.97."""
    rho_K = 1 - np.geomspace(0.01, 0.97, 24)
    return rho_K, np.full(24, -log(24))


def log_sum(log_RK: Floats) -> Floats:
    """Log of the summed exponentials over the last axis; half the time of scipy's on few values."""
    top_R = log_RK.max(axis=-1)
    return np.asarray(top_R + np.log(np.exp(log_RK - top_R[..., None]).sum(axis=-1)))


def _gain(rho_K: Floats, m: float | Floats) -> Floats:
    """Log factor of a run without event."""
    return np.log1p((1 - rho_K) * m / (1 - m))


class Capital:
    """The bet against "the rate is at least m", for R audits side by side (one, or a simulation).

    `log_RK` is the log capital by rho, `reached_R` the run at which 1/alpha was reached, 0 before.
    """

    def __init__(self, m: float, cells: int, confidence: float = CONFIDENCE, audits: int = 1):
        self.m, self.cells, self.goal = m, cells, -log(1 - confidence)
        rho_K, start_K = _toward_none()
        self.rho_K, self.loss_K, self.gain_K = rho_K, np.log(rho_K), _gain(rho_K, m)
        self.log_RK = np.tile(start_K, (audits, 1))
        self.events_R = np.zeros(audits, dtype=np.int64)
        self.reached_R = np.zeros(audits, dtype=np.int64)
        self.n = 0

    def epoch(self, events_RS: Bools) -> Bools:
        """Play one epoch in its random order; fewer than `cells` runs are the start of one.

        Returns:
            Which of the audits were played run by run.
        """
        steps = events_RS.shape[1]
        by_run_R = self._by_run()
        whole_R = ~by_run_R & (steps == self.cells)
        if whole_R.any():
            count_R1 = events_RS[whole_R].sum(axis=1)[:, None]
            self.log_RK[whole_R] += count_R1 * self.loss_K + (steps - count_R1) * self.gain_K
            self._look(whole_R, self.n + steps)
        if by_run_R.any():
            self._run_by_run(by_run_R, events_RS)
        self.events_R += events_RS.sum(axis=1)
        self.n += steps
        return by_run_R

    def skip(self, count_E: Ints) -> int:
        """Play, for one audit, the whole epochs from which even no event would not end the next.

        The same as `epoch` for each of them, by its number of events, but faster.

        Returns:
            How many epochs were played.
        """
        before_E = np.cumsum(count_E) - count_E
        quiet_E = self.cells * np.arange(len(count_E)) - before_E
        log_EK = self.log_RK[0] + before_E[:, None] * self.loss_K + quiet_E[:, None] * self.gain_K
        near_E = log_sum(log_EK + self.cells * self.gain_K) >= self.goal
        played = int(near_E.argmax()) if near_E.any() else len(count_E)
        count = int(count_E[:played].sum())
        self.log_RK += count * self.loss_K + (self.cells * played - count) * self.gain_K
        self.events_R += count
        self.n += self.cells * played
        return played

    def _by_run(self) -> Bools:
        near_R: Bools = log_sum(self.log_RK + self.cells * self.gain_K) >= self.goal
        chosen_R: Bools = near_R & (self.reached_R == 0)
        rows = np.flatnonzero(chosen_R)
        if len(rows):
            few_R, enough_R = np.zeros(len(rows)), np.full(len(rows), float(self.cells))
            for _ in range(ceil(np.log2(self.cells + 1))):
                middle_R = (few_R + enough_R) // 2
                log_RK = self.log_RK[rows] + middle_R[:, None] * self.gain_K
                reaches_R = log_sum(log_RK) >= self.goal
                enough_R = np.where(reaches_R, middle_R, enough_R)
                few_R = np.where(reaches_R, few_R, middle_R)
            rate_R = (self.events_R[rows] + self.m / 3) / (self.n + 1)
            early_R = enough_R < self.cells  # otherwise a whole epoch does as well
            chosen_R[rows] = early_R & (1 - (1 - rate_R) ** enough_R <= _RISK)
        return chosen_R

    def _run_by_run(self, by_run_R: Bools, events_RS: Bools) -> None:
        seen_R = np.zeros(int(by_run_R.sum()))
        for step, event_R in enumerate(events_RS[by_run_R].T, 1):
            m_R = _remaining(self.m, seen_R, self.cells)
            gain_RK = _gain(self.rho_K, m_R[:, None])
            self.log_RK[by_run_R] += np.where(event_R[:, None], self.loss_K, gain_RK)
            seen_R += event_R
            self._look(by_run_R, self.n + step)

    def _look(self, where_R: Bools, n: int) -> None:
        fresh_R = where_R & (self.reached_R == 0)
        fresh_R[fresh_R] = log_sum(self.log_RK[fresh_R]) >= self.goal
        self.reached_R[fresh_R] = n


def _remaining(m: float | Floats, seen: float | Floats, cells: int) -> Floats:
    """m_j: least probability of an event after `seen` events in this epoch (see the module)."""
    return np.maximum(0.0, (cells * m - seen) / np.maximum(cells - seen, 1.0))


@lru_cache(maxsize=4096)
def upper_limit(events: int, others: tuple[tuple[int, int], ...], cells: int, goal: float) -> float:
    """Smallest m that is ruled out: its log capital is `goal`.

    `others` are (j, number of runs without event that were played run by run after j events of
    their epoch); j is 0 for whole epochs.
    """
    rho_K, weight_K = _toward_none()
    return _root(rho_K, weight_K, events, others, cells, goal)


@lru_cache(maxsize=4096)
def lower_limit(events: int, n: int, goal: float) -> float:
    """Largest rate that is ruled out by `events` in `n` runs of whole epochs."""
    rho_K, weight_K = _toward_many()
    return 1 - _root(rho_K, weight_K, n - events, ((0, events),), 1, goal)


def _root(
    rho_K: Floats,
    weight_K: Floats,
    events: int,
    others: tuple[tuple[int, int], ...],
    cells: int,
    goal: float,
) -> float:
    from scipy.optimize import brentq

    fixed_K = weight_K + events * np.log(rho_K)

    def over(m: float) -> float:
        log_K = fixed_K.copy()
        for seen, count in others:
            log_K += count * _gain(rho_K, _remaining(m, float(seen), cells) if seen else m)
        return float(log_sum(log_K)) - goal

    end = 1 - 1e-12
    return 1.0 if over(end) < 0 else float(brentq(over, 0.0, end, xtol=1e-9))


def log_capital_above(m: float, events_E: Ints, n_E: Ints) -> Floats:
    """Log capital against "the rate is at most m", by events and runs up to the end of each epoch.

    Runs that are still to come, or are ungraded, may be counted as no events: that only lowers it.
    """
    rho_K, weight_K = _toward_many()
    quiet_EK = (n_E - events_E)[:, None] * np.log(rho_K)
    return log_sum(weight_K + quiet_EK + events_E[:, None] * _gain(rho_K, 1 - m))
