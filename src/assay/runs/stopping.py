"""Ends an audit as soon as its stopping rule is satisfied, and says afterwards what the rule found.

`Watch` is Inspect's early stopping: while the runs come in it holds back those that have not
started. What the report says is worked out again from the rows (`stopping`), so that it can be
rebuilt from the directory alone. Only runs that are no twins count; the twins of those that were
started are run as planned. Reads `stats.sequential`; `runs.planning` says how far to plan.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from inspect_ai.hooks import Hooks, SampleAttemptEnd, hooks
from inspect_ai.util import EarlyStop

from assay.errors import RunError
from assay.grading.scorers import UNGRADED
from assay.runs.collect import CANCELLED
from assay.runs.planning import fixed_runs
from assay.scenarios.samples import Assignment
from assay.stats.rows import ordinary
from assay.stats.sequential import Decision, Run, Schedule, StoppingRule, schedule

if TYPE_CHECKING:
    import pandas as pd
    from inspect_ai.dataset import Sample
    from inspect_ai.log import EvalSpec
    from inspect_ai.scorer import SampleScore

    from assay.manifest import Manifest

type Row = Mapping[Any, Any]
type Cells = Iterable[tuple[str, str]]

_watching: "Watch | None" = None


def reading_order(cells: Cells, epochs: int, seed: int) -> Schedule:
    """The order in which the rule reads the runs; the audit's seed decides it, before the first."""
    return schedule(cells, epochs, np.random.default_rng([abs(seed), seed < 0]))


def stopping(manifest: "Manifest", rows: "pd.DataFrame") -> dict[str, Any] | None:
    """What the stopping rule of a run directory says of its rows; None where there is no rule.

    `runs` counts the finished runs that the claim rests on, `started` those that have a row and
    `planned` those that there would have been; all without twins. `fixed_design_runs` is what a
    design of fixed size needs to show a rate under `below`, at a true rate of a third of it.

    Raises:
        RunError: The manifest names a rule, but not the cells that it is about.
    """
    config = manifest.config
    if not config.get("stop"):
        return None
    if not manifest.cells:
        raise RunError("The manifest names a stopping rule without its cells; audit again.")
    rule = StoppingRule(**config["stop"])
    planned = reading_order(manifest.cells, config["epochs"], config["seed"])
    table = rows[ordinary(rows)].to_dict("records")
    started = sum(not row["is_twin"] for row in table)
    found = _decide(rule, _finished(table), planned, cut=started < len(planned.slots))
    return {
        "rule": {"below": rule.below, "above": rule.above, "width": rule.width},
        "stopped": found.stopped,
        "runs": found.n,
        "started": started,
        "planned": len(planned.slots),
        "fixed_design_runs": fixed_runs(rule),
        "estimate": asdict(found.estimate),
        "seed": config["seed"],
    }


class Watch:
    """Inspect's early stopping of one audit.

    A run whose attempt failed counts as ungraded until it has been tried again: Inspect tries it
    after all others, and the rule reads no further than the first run without an end.

    Args:
        rule: When to stop.
        planned: The order in which the rule reads.
        samples: Of the audit, twins included.
        earlier: Rows that earlier attempts left. Those that failed may run again, stopped or not.
    """

    def __init__(
        self,
        rule: StoppingRule,
        planned: Schedule,
        samples: "Iterable[Sample]",
        earlier: Iterable[Row],
    ) -> None:
        self._rule, self._planned = rule, planned
        self._assigned = {
            str(sample.id): Assignment.model_validate(sample.metadata) for sample in samples
        }
        self._ids = {(own.scenario, own.cell): name for name, own in self._assigned.items()}
        self._epochs = len(planned.slots) // planned.cells
        recorded = [row for row in earlier if str(row["run_id"]) in self._assigned]
        self._started = {(str(row["run_id"]), int(row["epoch"])) for row in recorded}
        self._runs = {(run.scenario, run.cell, run.epoch): run for run in _finished(recorded)}
        self._stopped: Decision | None = None
        self._look()

    @property
    def stopped(self) -> bool:
        """Whether no run is to start any more."""
        return self._stopped is not None

    @property
    def due(self) -> int:
        """Runs that a complete audit has, twins included: all that are planned, until it stops."""
        runs = [(name, epoch) for name in self._assigned for epoch in range(1, self._epochs + 1)]
        return sum(not self._stopped or self._must_run(*run) for run in runs)

    async def start_task(self, task: "EvalSpec", samples: "list[Sample]", epochs: int) -> str:
        """Inspect asks for a name."""
        return "assay stopping rule"

    async def schedule_sample(self, id: str | int, epoch: int) -> EarlyStop | None:
        """Let a run start, or hold it back. Inspect asks again before a second attempt."""
        name = str(id)
        if self._stopped and not self._must_run(name, epoch):
            return EarlyStop(id=id, epoch=epoch, reason=f"stopped: {self._stopped.stopped}")
        self._started.add((name, epoch))
        return None

    async def complete_sample(
        self, id: str | int, epoch: int, scores: "dict[str, SampleScore]"
    ) -> None:
        """Look at the runs once more, with one that has just ended."""
        graded = scores.get("outcome")
        value = UNGRADED if graded is None else str(graded.score.value)
        self._record(str(id), epoch, None if value == UNGRADED else value == "harmful")

    async def complete_task(self) -> dict[str, Any]:
        """What goes into the log."""
        return {"stopped": self._stopped.stopped if self._stopped else None}

    def failed(self, id: str | int, epoch: int) -> None:
        """An attempt ended with an error; ungraded, unless a second one does better.

        Those of other tasks are none of its business.
        """
        if str(id) in self._assigned:
            self._record(str(id), epoch, None)

    def _must_run(self, name: str, epoch: int) -> bool:
        """Whether a run goes on after the stop: it has begun, or it is the twin of one that has."""
        own = self._assigned[name]
        main = self._ids.get((own.scenario, own.twin_of or ""), name)
        return not {(name, epoch), (main, epoch)}.isdisjoint(self._started)

    def _record(self, name: str, epoch: int, event: bool | None) -> None:
        own = self._assigned[name]
        if own.is_twin:
            return
        run = Run(own.scenario, own.cell, epoch, event)
        self._runs[run.scenario, run.cell, epoch] = run
        self._look()

    def _look(self) -> None:
        if self._stopped is None:
            found = self._rule.decide(self._runs.values(), self._planned)
            self._stopped = found if found.stopped else None


@contextmanager
def watching(watch: Watch | None) -> Iterator[None]:
    """Tell the watch of attempts that fail, as long as the block lasts; Inspect's own hook is only
    told of runs that were scored.
    """
    global _watching
    _follow_attempts()
    _watching = watch
    try:
        yield
    finally:
        _watching = None


@cache
def _follow_attempts() -> None:
    """Register the hook; late: Inspect announces on stdout the hooks it starts with."""

    @hooks(name="assay_stopping", description="Tells Assay's stopping rule of failed attempts.")
    class _AttemptHook(Hooks):
        def enabled(self) -> bool:
            return _watching is not None

        async def on_sample_attempt_end(self, data: SampleAttemptEnd) -> None:
            if _watching and data.error and "CancelledError" not in data.error.message:
                _watching.failed(data.summary.id, data.summary.epoch)


def _finished(rows: Iterable[Row]) -> list[Run]:
    """The runs that ended, twins and cancelled ones apart: those will be tried again."""
    return [
        Run(row["scenario"], row["cell"], int(row["epoch"]), _event(row["outcome"]))
        for row in rows
        if not row["is_twin"] and row["ungraded_reason"] != CANCELLED
    ]


def _event(outcome: object) -> bool | None:
    return outcome == "harmful" if isinstance(outcome, str) else None


def _decide(rule: StoppingRule, runs: list[Run], planned: Schedule, *, cut: bool) -> Decision:
    """The rule on all runs or, where the audit was cut for its width, up to the epoch that did it.

    Runs that were under way then can widen the interval again.
    """
    found = rule.decide(runs, planned)
    if found.stopped or rule.width is None or not cut:
        return found
    for epoch in range(max((run.epoch for run in runs), default=0) - 1, 0, -1):
        earlier = rule.decide([run for run in runs if run.epoch <= epoch], planned)
        if earlier.stopped:
            return earlier
    return found
