"""Runs the steps of a study that are not done yet, on whatever engine there is.

`execute` decides what runs next; it keeps nothing in memory that a restart would miss, because what
is done is what lies in the directory.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from assay.engines.engine import Ended, Engine, Job, Resources
from assay.errors import UserError
from assay.study.directory import LOG, Directory, has_weights
from assay.study.graph import Graph, Step, as_json
from assay.study.steps import MICROCOSM, Task, kinds


@dataclass
class Progress:
    """How a run of a study stands.

    Attributes:
        wanted: Steps to run in this run, in their order.
        kept: How many steps of the study need not be run.
        running: Short key to step.
        done: Steps that this run has finished, with their seconds.
        failed: Steps that failed, with their sentence.
        lost: How often a step's process was lost, by short key.
        skipped: Steps that need one that failed.
        user: Every failure so far is something that the person can mend.
    """

    wanted: list[Step]
    kept: int
    running: dict[str, Step] = field(default_factory=dict)
    done: list[tuple[Step, float]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)
    skipped: list[Step] = field(default_factory=list)
    user: bool = True

    @property
    def waiting(self) -> list[Step]:
        """Steps that have not begun."""
        over = {step.key for step, _ in self.done} | {step.key for step in self.skipped}
        busy = {step.key for step in self.running.values()} | set(self.failed)
        return [step for step in self.wanted if step.key not in over | busy]


_AGAIN = 2  # times that a step is begun anew whose process was lost
Show = Callable[[Progress, Ended | None], None]
"""Called whenever a job has ended, and every second or so."""


def wanted(graph: Graph, done: Mapping[str, Path]) -> list[Step]:
    """The steps to run: those that measure something and are not done, and what they need.

    Checkpoints of finished steps may be deleted: a step that is to be built upon makes its own
    again.
    """
    needed: set[str] = set()
    missing: set[str] = set()
    known = kinds()
    for step in reversed(graph.steps):
        path = done.get(step.short)
        if path is None:
            lacks = known[step.kind].assesses or step.key in needed
        else:
            lacks = step.key in needed and not has_weights(path)
        if lacks:
            missing.add(step.key)
            needed |= {*step.parents}
    return [step for step in graph.steps if step.key in missing]


def execute(graph: Graph, directory: Directory, engine: Engine, show: Show) -> Progress:
    """Run what is not done, as much at a time as the engine holds.

    A step that fails takes those that need it along; all others are run.

    Returns:
        What was done and what failed.

    Raises:
        UserError: The disk is full.
    """
    done = directory.done()
    progress = Progress(wanted(graph, done), 0)
    for step in progress.wanted:
        if step.short in done:
            directory.reopen(step)
    progress.kept = len(graph.steps) - len(progress.wanted)
    free = engine.capacity()
    while progress.running or progress.waiting:
        free = _start(progress, directory, engine, free)
        show(progress, None)
        if not progress.running:
            raise UserError("No step fits on this machine; its steps want a GPU each.")
        for ended in engine.wait(1.0):
            step = progress.running.pop(ended.key)
            free = free.more(_resources(step, engine.capacity()))
            if ended.full:
                raise UserError(ended.error or "The disk is full.")
            if ended.lost and progress.lost[ended.key] < _AGAIN:
                progress.lost[ended.key] += 1  # it waits again, and goes on from what it saved
            elif ended.error is None:
                progress.done.append((step, ended.seconds))
            else:
                progress.failed[step.key] = ended.error
                progress.user &= ended.user
                lost = graph.dependants(step.key)
                progress.skipped += [one for one in progress.waiting if one.key in lost]
            show(progress, ended)
    return progress


def _start(progress: Progress, directory: Directory, engine: Engine, free: Resources) -> Resources:
    done = directory.done()
    for step in progress.waiting:
        if not free.cpus:
            break
        parents = [done.get(key[:12]) for key in step.parents]
        needs = _resources(step, engine.capacity())
        if not free.holds(needs) or any(parent is None for parent in parents):
            continue
        task = Task(
            settings=step.settings,
            seed=step.seed,
            model=step.model,
            parents=tuple(parent for parent in parents if parent is not None),
            out=directory.partial(step.short),
            evaluate=step.evaluate,
            guard=step.guard,
            cache=directory.cache,
        )
        as_data = {**asdict(task), "out": str(task.out), "cache": str(task.cache)}
        as_data["parents"] = [str(parent) for parent in task.parents]
        engine.submit(
            Job(
                key=step.short,
                perform="assay.study.worker:perform",
                given={
                    "run": kinds()[step.kind].run,
                    "task": as_data,
                    "final": str(directory.final(step)),
                    "record": as_json(step),
                },
                log=str(task.out / LOG),
                resources=needs,
            )
        )
        free = free.less(needs)
        progress.running[step.short] = step
    return free


def _resources(step: Step, capacity: Resources) -> Resources:
    """One core; a GPU too where there is one and the model is more than a microcosm."""
    small = step.model.partition("/")[0] == MICROCOSM
    return Resources(gpus=0 if small or not capacity.gpus else 1)
