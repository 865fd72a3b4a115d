"""Stopping rules for the rate of this pack that may look after every run, and limits for it.

A `Schedule` fixes in advance in which order the runs are read; `StoppingRule.decide` is given every
run that has ended and says whether to stop. False alarms stay at 1 - confidence however unequal the
scenarios are and however often one looks: `stats.betting` has the bet and the proof.

*In which order.* "Below" is read in the schedule's order, up to the first run that has not ended:
what ends first may depend on what happened. "Above" takes runs in any order, and counts those still
to come in a started epoch as no events.

*Ungraded runs* count as events against "below" and as no events against "above". That assumes
nothing about why they are missing, and they can never help a claim. With a share of them near the
threshold an audit therefore runs to its planned end. Feeds `runs` and the report.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from assay.stats.betting import Capital, log_capital_above, lower_limit, upper_limit
from assay.stats.estimate import CONFIDENCE, NO_RUNS, Estimate
from assay.stats.power import fixed_design_runs as fixed_design_runs

type Side = Literal["both", "upper", "lower"]

ASSUMPTIONS = (
    "Runs are independent; scenarios are fixed and each cell weighs alike; any number of looks; an "
    "ungraded run counts as an event in the upper limit and as none in the lower."
)
_BLOCK = 32  # epochs


class Slot(NamedTuple):
    """One run that is to be done: which scenario, at which cell of its levels, in which epoch."""

    scenario: str
    cell: str
    epoch: int


class Run(NamedTuple):
    """A run that ended; `event` is None when it is ungraded and will not be tried again."""

    scenario: str
    cell: str
    epoch: int
    event: bool | None


@dataclass(frozen=True)
class Schedule:
    """All runs of an audit in the order in which the rule reads them, each epoch's order random.

    Launch them in this order: the rule waits for a run that is out of turn, so another order is
    valid but slower. `cells` is the number of runs in an epoch; the rate is the mean over cells, so
    the mean over scenarios where each has as many of them.
    """

    slots: tuple[Slot, ...]
    cells: int

    @cached_property
    def place(self) -> dict[tuple[str, str, int], int]:
        """Position of each run in the schedule."""
        return {(run.scenario, run.cell, run.epoch): at for at, run in enumerate(self.slots)}


def schedule(cells: Iterable[tuple[str, str]], epochs: int, rng: np.random.Generator) -> Schedule:
    """Epochs 1 to `epochs`, each with every (scenario, cell) once in an order of its own.

    The same generator state and set of cells give the same schedule, in whatever order the cells
    come: keep the seed in the manifest and a resumed audit reads as an unbroken one.
    """
    named = list(cells)
    known = sorted(set(named))
    if not known or len(known) < len(named) or epochs < 1:
        raise ValueError(f"A schedule needs distinct cells ({len(named)}) and epochs ({epochs}).")
    orders = [rng.permutation(len(known)) for _ in range(epochs)]
    slots = [
        Slot(scenario, cell, epoch)
        for epoch, order in enumerate(orders, 1)
        for scenario, cell in (known[at] for at in order)
    ]
    return Schedule(tuple(slots), len(known))


@dataclass(frozen=True)
class Decision:
    """Whether to stop, why, and what is then known.

    `n` counts the finished runs that the claim rests on, ungraded ones with them; runs that ended
    out of turn are not among them. Stopped below (above), `estimate` is the one-sided limit that
    makes the claim; otherwise it is the two-sided `confidence_sequence`.
    """

    stopped: Literal["below", "above", "width"] | None
    estimate: Estimate
    n: int


@dataclass(frozen=True)
class StoppingRule:
    """When to stop: the rate is shown to be under `below`, over `above`, or known to `width`.

    Each of the first two claims is wrong in at most 1 - `confidence` of audits, however unequal the
    scenarios and however often one looks. Rates between `below` and `above` make both false.

    Raises:
        ValueError: nothing to stop for, a value outside (0, 1), or `above` less than `below`.
    """

    below: float | None = None
    above: float | None = None
    width: float | None = None
    confidence: float = CONFIDENCE

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in ("below", "above", "width")}
        if all(value is None for value in given.values()):
            raise ValueError("A stopping rule needs at least one of below, above and width.")
        for name, value in {**given, "confidence": self.confidence}.items():
            if value is not None and not 0 < value < 1:
                raise ValueError(f"{name} {value!r}: must be between 0 and 1, such as 0.03.")
        if self.below is not None and self.above is not None and self.above < self.below:
            raise ValueError(
                f"above {self.above} is less than below {self.below}: a rate between them would be "
                "both. Choose above at or over below."
            )

    def decide(self, runs: Iterable[Run], planned: Schedule) -> Decision:
        """Judge all runs that ended so far, in any order; call it after every one.

        Once stopped, later runs do not undo it. A few milliseconds for 2,000 runs.

        Raises:
            ValueError: a run is not in `planned`, or is given twice.
        """
        known = _Known.of(runs, planned)
        if self.below is not None and (found := known.below(self.below, self.confidence)):
            return found
        if self.above is not None and (found := known.above(self.above, self.confidence)):
            return found
        both = known.limits("both", self.confidence)
        narrow = self.width is not None and both.high - both.low <= self.width
        return Decision("width" if narrow else None, both, known.n)


def confidence_sequence(
    runs: Iterable[Run], planned: Schedule, side: Side = "both", *, confidence: float = CONFIDENCE
) -> Estimate:
    """Limits for the rate of this pack that hold at every look at once, not just at a chosen one.

    The mean is over graded runs; the limits come from the epochs that are complete, and are 0 and 1
    before the first is. "both" spends half of the error on each limit. Ungraded runs are at the end
    that widens. Limits of several looks may be intersected, but not with a `Decision`'s: that is
    another bet, with an error of its own.
    """
    return _Known.of(runs, planned).limits(side, confidence)


@dataclass(frozen=True)
class _Known:
    """What is known of each planned run: -1 not finished, 0 no event, 1 event, 2 ungraded."""

    state_N: npt.NDArray[np.int8]  # noqa: N815
    cells: int

    @classmethod
    def of(cls, runs: Iterable[Run], planned: Schedule) -> "_Known":
        """Put each run at its place in the schedule."""
        place = planned.place
        state_N = np.full(len(planned.slots), -1, dtype=np.int8)
        for scenario, cell, epoch, event in runs:
            at = place.get((scenario, cell, epoch))
            if at is None or state_N[at] >= 0:
                what = "is not in the schedule" if at is None else "is given twice"
                raise ValueError(f"Run {scenario!r}, {cell!r}, epoch {epoch} {what}.")
            state_N[at] = 2 if event is None else bool(event)
        return cls(state_N, planned.cells)

    @property
    def n(self) -> int:
        """Runs that ended."""
        return int((self.state_N >= 0).sum())

    def below(self, m: float, confidence: float) -> Decision | None:
        """The first look in the schedule's order that shows a rate under m."""
        cells = self.cells
        unfinished = np.flatnonzero(self.state_N < 0)
        # Ungraded (2) is an event here.
        event_N = self.state_N[: unfinished[0] if len(unfinished) else None] > 0
        count_E = event_N[: len(event_N) // cells * cells].reshape(-1, cells).sum(axis=1)
        capital = Capital(m, cells, confidence)
        others: Counter[int] = Counter()
        epoch = 0
        while epoch * cells < len(event_N) and not capital.reached_R[0]:
            block_E = count_E[epoch : epoch + _BLOCK]
            played = capital.skip(block_E)
            others[0] += cells * played - int(block_E[:played].sum())
            epoch += played
            if played == len(block_E) > 0:
                continue
            event_S = event_N[epoch * cells : (epoch + 1) * cells]
            by_run = bool(capital.epoch(event_S[None, :])[0])
            if reached := int(capital.reached_R[0]):
                event_S = event_S[: reached - epoch * cells]
            before_S = (np.cumsum(event_S) - event_S) * by_run
            others.update(before_S[~event_S].tolist())
            epoch += 1
        if not (reached := int(capital.reached_R[0])):
            return None
        seen_N = self.state_N[:reached]
        events = int((seen_N > 0).sum())
        high = upper_limit(events, tuple(sorted(others.items())), cells, capital.goal)
        found = _estimate(seen_N, 0.0, min(high, m), "upper", confidence)
        return Decision("below", found, reached)

    def above(self, m: float, confidence: float) -> Decision | None:
        """The first epoch that shows a rate over m, its runs to come taken as no events."""
        finished = np.flatnonzero(self.state_N >= 0)
        if not len(finished):
            return None
        epochs = int(finished[-1]) // self.cells + 1
        end_E = self.cells * np.arange(1, epochs + 1)
        count_E = np.cumsum(self.state_N == 1)[end_E - 1]
        goal = -log(1 - confidence)
        reached_E = log_capital_above(m, count_E, end_E) >= goal
        if not reached_E.any():
            return None
        at = int(reached_E.argmax())
        seen_N = self.state_N[: end_E[at]]
        low = max(m, lower_limit(int(count_E[at]), int(end_E[at]), goal))
        found = _estimate(seen_N, low, 1.0, "lower", confidence)
        return Decision("above", found, int((seen_N >= 0).sum()))

    def limits(self, side: Side, confidence: float) -> Estimate:
        """Limits from the complete epochs, and the mean of all graded runs."""
        if side not in ("both", "upper", "lower"):
            raise ValueError(f"Unknown side {side!r}: choose 'both', 'upper' or 'lower'.")
        unfinished = np.flatnonzero(self.state_N < 0)
        ready = int(unfinished[0]) if len(unfinished) else len(self.state_N)
        n = ready - ready % self.cells
        goal = -log((1 - confidence) / (2 if side == "both" else 1))
        whole_N = self.state_N[:n]
        events, ungraded = int((whole_N == 1).sum()), int((whole_N == 2).sum())
        low, high = 0.0, 1.0
        if side != "lower" and n:
            most = events + ungraded
            high = upper_limit(most, ((0, n - most),), self.cells, goal)
        if side != "upper" and n:
            low = lower_limit(events, n, goal)
        return _estimate(self.state_N, low, high, side, confidence)


def _estimate(
    state_N: npt.NDArray[np.int8], low: float, high: float, side: Side, confidence: float
) -> Estimate:
    graded = int(((state_N == 0) | (state_N == 1)).sum())
    ungraded = int((state_N == 2).sum())
    kind = {"both": "two-sided", "upper": "one-sided upper", "lower": "one-sided lower"}[side]
    method = f"anytime-valid betting over epochs, {kind} {100 * confidence:g} %"
    if ungraded:
        method += f", {ungraded} ungraded at the worse end"
    if not graded:
        return Estimate(None, low, high, 0, f"{method} ({NO_RUNS})", assumptions=ASSUMPTIONS)
    mean = int((state_N == 1).sum()) / graded
    low, high = max(0.0, min(low, mean)), min(1.0, max(high, mean))
    return Estimate(mean, low, high, graded, method, assumptions=ASSUMPTIONS)
