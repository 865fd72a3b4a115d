"""Runs the steps of a study that are not done yet, on whatever engine there is.

`execute` decides what runs next; it keeps nothing in memory that a restart would miss, because what
is done is what lies in the directory.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from assay.engines.engine import NOTHING, Ended, Engine, Job, Resources
from assay.errors import UserError
from assay.study.cost import Budget, Hours, Takes, spent
from assay.study.directory import LOG, Directory, has_weights
from assay.study.graph import Graph, Step, as_json
from assay.study.steps import Task, kinds


@dataclass
class Progress:
    """How a run of a study stands.

    Attributes:
        wanted: Steps to run in this run, in their order.
        kept: How many steps of the study need not be run.
        running: Short key to step.
        done: Steps that this run has finished, with their seconds.
        failed: Steps that failed, with their sentence.
        began: When, by short key, on the monotonic clock.
        lost: How often a step's process was lost, by short key.
        skipped: Steps that need one that failed.
        wasted: What attempts have taken that came to nothing.
        held_back: Steps that were not begun because the budget was spent.
        user: Every failure so far is something that the person can mend.
    """

    wanted: list[Step]
    kept: int
    running: dict[str, Step] = field(default_factory=dict)
    done: list[tuple[Step, float]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)
    skipped: list[Step] = field(default_factory=list)
    wasted: Hours = field(default_factory=Hours)
    held_back: list[Step] = field(default_factory=list)
    user: bool = True

    @property
    def waiting(self) -> list[Step]:
        """Steps that have not begun."""
        over = {step.key for step, _ in self.done}
        over |= {step.key for step in self.skipped + self.held_back}
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


def execute(
    graph: Graph,
    directory: Directory,
    engine: Engine,
    show: Show,
    takes: Takes,
    budget: Budget | None = None,
) -> Progress:
    """Run what is not done, as much at a time as the engine holds.

    A step that fails takes those that need it along; all others are run.

    Args:
        takes: What each step takes.
        budget: No step is begun beyond it; what has begun goes on.

    Returns:
        What was done, what failed, and what was not begun.

    Raises:
        UserError: The disk is full, or a step takes more than any machine of the engine has.
    """
    done = directory.done()
    progress = Progress(wanted(graph, done), 0)
    progress.kept = len(graph.steps) - len(progress.wanted)
    _check_fit(progress.waiting, engine, takes)
    while progress.running or progress.waiting:
        if budget and budget.spent(_taken(graph, directory, progress, takes)) >= budget.most:
            progress.held_back += progress.waiting
        else:
            _start(progress, directory, engine, takes)
        show(progress, None)
        if progress.waiting and not progress.running:
            _check_fit(progress.waiting, engine, takes)
        for ended in engine.wait(1.0) if progress.running else ():
            step = progress.running.pop(ended.key)
            if ended.error is not None:
                seconds = time.monotonic() - progress.began[ended.key]
                progress.wasted += Hours.of(seconds, takes(step))
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


def _check_fit(steps: list[Step], engine: Engine, takes: Takes) -> None:
    """Raise a UserError for a step that can never run here."""
    nodes = engine.nodes()
    for step in steps:
        if not any(node.holds(takes(step)) for node in nodes):
            most = max(nodes, key=lambda node: (node.gpus, node.cpus), default=NOTHING)
            raise UserError(
                f"Step {step.name} takes {takes(step)}, and the largest machine has {most}; "
                "change `resources` of the study, or run it elsewhere."
            )


def _taken(graph: Graph, directory: Directory, progress: Progress, takes: Takes) -> Hours:
    """By what is finished, and so far by what runs."""
    now = time.monotonic()
    hours = spent(directory, graph.steps) + progress.wasted
    for key, step in progress.running.items():
        hours += Hours.of(now - progress.began[key], takes(step))
    return hours


def _start(progress: Progress, directory: Directory, engine: Engine, takes: Takes) -> None:
    free = engine.nodes()  # which come and go
    for step in progress.running.values():
        _take(free, takes(step))
    done = directory.done()
    unready = {step.key for step in (*progress.waiting, *progress.running.values())}
    for step in progress.waiting:
        if unready & set(step.parents):
            continue
        parents = [done.get(key[:12]) for key in step.parents]
        needs = takes(step)
        if any(parent is None for parent in parents) or not _take(free, needs):
            continue
        if step.short in done:  # its checkpoint was deleted, and somebody builds on it
            directory.reopen(done[step.short], step.short)
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
                    "record": {**as_json(step), "resources": asdict(needs)},
                    "processes": step.needs.together if step.needs else 1,
                    "accelerate": step.needs.accelerate if step.needs else None,
                },
                log=str(task.out / LOG),
                resources=needs,
            )
        )
        progress.running[step.short] = step
        progress.began[step.short] = time.monotonic()


def _take(free: list[Resources], needs: Resources) -> bool:
    """Set it aside on the first machine that has so much; whether there was one."""
    for place, node in enumerate(free):
        if node.holds(needs):
            free[place] = node.less(needs)
            return True
    return False
