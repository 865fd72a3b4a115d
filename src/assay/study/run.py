"""One run of a study: read the file, open the directory, say what is to do and how it stands.

What the commands `assay study run`, `plan` and `status` have in common; they print what this finds.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assay.checkpoints import Checkpoint
from assay.engines.engine import Resources
from assay.extra import require, writing
from assay.scenarios.catalog import select
from assay.study.cost import Hours, Rates, taking
from assay.study.directory import Directory, record
from assay.study.engine import Progress, wanted
from assay.study.file import Study, load
from assay.study.graph import Graph, Step, expand
from assay.study.progress import Durations, estimate
from assay.study.steps import kinds


@dataclass
class Run:
    """A study on its way to being run.

    Attributes:
        source: Its file, byte for byte.
        progress: How it went, when it is over.
    """

    study: Study
    source: bytes
    graph: Graph
    directory: Directory
    progress: Progress | None = None

    @property
    def result(self) -> dict[str, Any]:
        """How the run of its steps went, for the command line."""
        names = {step.key: step.name for step in self.graph.steps}
        went = self.progress or Progress([], 0)
        return {
            "study": self.study.study,
            "directory": str(self.directory.path),
            "steps": len(self.graph.steps),
            "done": went.kept + len(went.done),
            "run": len(went.done),
            "failed": {names[key]: message for key, message in went.failed.items()},
            "skipped": [step.name for step in went.skipped],
            "held_back": [step.name for step in went.held_back],
        }


def prepare(named: str, out: Path | None) -> Run:
    """Read a study and work out its steps; nothing is written.

    Args:
        named: A file, or the name of a study that ships.
        out: The study's directory; `runs/NAME` below the working directory where None.

    Raises:
        UserError: Something in the file is wrong, or its model does not exist.
    """
    study, source = load(named)
    graph = expand(study, lambda name: Checkpoint.open(name).sha256)
    return Run(study, source, graph, Directory(out or Path("runs") / study.study))


def check(run: Run) -> None:
    """Make sure that what the steps need is there.

    Raises:
        UserError: It is not, and the sentence names the extra; or the model cannot be had; or the
            pack cannot be assessed live.
    """
    if any(kinds()[step.kind].trains for step in run.graph.steps):
        require()
        for scenario in select(run.study.evaluate.pack):
            scenario.check_live()  # before hours of training, not after
        Checkpoint.open(run.study.model).reach()


class Clock:
    """Adds up in the manifest how long the study has been run, as it goes: a kill loses little.

    Attributes:
        note: A sentence about a file that has changed since the last run; empty if it has not.
    """

    def __init__(self, directory: Directory, note: str) -> None:
        """It runs from now on."""
        self.note = note
        self._directory, self._since = directory, time.monotonic()

    def strike(self, status: str = "started") -> None:
        """Note how the study stands and what has passed since the last time."""
        now = time.monotonic()
        with writing(self._directory.path):
            self._directory.stands(status, now - self._since)
        self._since = now


@contextmanager
def recorded(run: Run, workers: int) -> Iterator[Clock]:
    """Hold the study's directory while it is run; its manifest notes how that ended."""
    directory = run.directory
    with directory.alone():
        with writing(directory.path):
            changed = directory.begin(run.study, run.source, run.graph, workers)
        clock = Clock(directory, _changed(run) if changed else "")
        status = "started"
        try:
            yield clock
            if run.progress is not None:
                status = _ended(run.progress)
        finally:
            clock.strike(status)


def _ended(progress: Progress) -> str:
    if progress.failed:
        return "failed"
    return "started" if progress.held_back else "complete"


def planned(run: Run, most: Resources, rates: Rates | None = None) -> dict[str, Any]:
    """What a study consists of, what is done, and what the rest takes.

    Args:
        most: What the engine has that it would run on.
        rates: Of cores and GPUs.
    """
    takes = taking(run.study, most)
    hours = Hours()
    done = run.directory.done()
    durations = Durations(run.graph, run.directory)
    left = wanted(run.graph, done)
    ahead = {step.key for step in left}
    stages: dict[str, dict[str, Any]] = {}
    for step in run.graph.steps:
        row = stages.setdefault(
            step.stage,
            {
                "kind": step.kind,
                "takes": asdict(takes(step)),
                "steps": 0,
                "done": 0,
                "to_run": 0,
                "seconds": 0.0,
            },
        )
        row["steps"] += 1
        row["done"] += step.short in done and step.key not in ahead
        row["to_run"] += step.key in ahead
        if step.key in ahead and row["seconds"] is not None:
            seconds = durations.of(step)
            hours += Hours.of(seconds or 0.0, takes(step))
            row["seconds"] = None if seconds is None else row["seconds"] + seconds
    seconds, unmeasured = estimate(left, durations)
    return {
        "study": run.study.study,
        "sha256": run.study.sha256,
        "directory": str(run.directory.path),
        "arms": {
            arm: {
                "seeds": len(run.study.seeds_of(arm)),
                "stages": [stage.name for stage, _, _ in run.study.stages_of(arm)],
            }
            for arm in run.study.arms
        },
        "stages": stages,
        "steps": len(run.graph.steps),
        "to_run": len(left),
        "seconds": seconds,
        "core_hours": hours.cores,
        "gpu_hours": hours.gpus,
        "usd": hours.usd(rates) if rates else None,
        "unmeasured": dict(unmeasured),
    }


def standing(path: Path) -> dict[str, Any]:
    """How the study in a directory stands.

    Raises:
        RunError: It is no study's directory.
    """
    directory = Directory.existing(path)
    manifest = directory.manifest()
    done = directory.done()
    steps = [_state(directory, entry, done) for entry in manifest["steps"]]
    counts: dict[str, int] = {}
    for step in steps:
        counts[step["state"]] = counts.get(step["state"], 0) + 1
    return {
        "study": manifest["study"],
        "directory": str(path),
        "status": manifest["status"],
        "sha256": manifest["sha256"],
        "counts": counts,
        "steps": steps,
        "wall_seconds": manifest["wall_seconds"],
    }


def _state(directory: Directory, entry: dict[str, Any], done: dict[str, Path]) -> dict[str, Any]:
    short = entry["key"][:12]
    state: dict[str, Any] = {"name": entry["name"], "kind": entry["kind"], "arms": entry["arms"]}
    state |= {"seed": entry["seed"], "of": entry["settings"].get("steps")}
    if short in done:
        measured = record(done[short]) or {}
        more = {key: measured.get(key) for key in ("seconds", "attempt")}
        return {**state, "state": "done", **more, "directory": str(done[short])}
    if not directory.partial(short).is_dir():
        return {**state, "state": "waiting"}
    if directory.running(short):
        return {**state, "state": "running", "at": directory.progress(short)}
    if failure := directory.failure(short):
        return {**state, "state": "failed", "message": failure["message"]}
    return {**state, "state": "cut", "at": directory.progress(short)}


def _changed(run: Run) -> str:
    done = run.directory.done()
    left = wanted(run.graph, done)
    kept = sum(step.short in done for step in run.graph.steps)
    stale = len(done) - kept
    text = (
        f"The study file has changed since it was last run in {run.directory.path}: {kept} of its "
        f"{len(run.graph.steps)} steps are done and stay, {len(left)} are to run"
    )
    if stale:
        text += f"; {stale} finished steps are no longer part of it and are not counted"
    return f"{text}.{_named(left)}"


def _named(steps: list[Step]) -> str:
    if not steps:
        return ""
    names = ", ".join(step.name for step in steps[:8])
    return f" To run: {names}{', ...' if len(steps) > 8 else ''}."
