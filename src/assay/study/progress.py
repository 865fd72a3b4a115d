"""How a study stands, on stderr: a line for every running step, the count, the time that is left.

In a terminal it is redrawn; elsewhere every step that ends has a line of its own.
"""

import sys
import time
from collections.abc import Container, Mapping
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from assay.engines.engine import Ended
from assay.study.directory import Directory, record
from assay.study.engine import Progress
from assay.study.graph import Graph, Step


class Durations:
    """How long steps take, from those that have been measured.

    Kinds that were never run in this directory are looked for in the ones beside it, in studies of
    the same kind of model.
    """

    def __init__(self, graph: Graph, directory: Directory) -> None:
        """Read what finished steps say."""
        self._by_step: dict[tuple[str, int | None], list[float]] = {}
        for path in directory.done().values():
            self._read(path)
        lacking = {step.kind for step in graph.steps} - {kind for kind, _ in self._by_step}
        models = {_family(step.model) for step in graph.steps}
        if lacking and directory.path.parent.is_dir():
            for path in directory.path.parent.glob("*/steps/[!.]*/step.json"):
                self._read(path.parent, kinds=lacking, models=models)

    def _read(
        self, path: Path, *, kinds: Container[str] | None = None, models: Container[str] = ()
    ) -> None:
        found = record(path)
        if not found or found.get("attempt", 1) > 1:  # it was cut: the last part says too little
            return
        if kinds is None or (found["kind"] in kinds and _family(found.get("model", "")) in models):
            length = found["settings"].get("steps")
            self._by_step.setdefault((found["kind"], length), []).append(found["seconds"])

    def add(self, step: Step, seconds: float) -> None:
        """One more step was measured."""
        self._by_step.setdefault((step.kind, step.length), []).append(seconds)

    def of(self, step: Step) -> float | None:
        """Seconds that a step is likely to take; None if nothing like it was measured."""
        if same := self._by_step.get((step.kind, step.length)):
            return median(same)
        if step.length is None:
            return None
        rates = [
            seconds / length
            for (kind, length), measured in self._by_step.items()
            if kind == step.kind and length
            for seconds in measured
        ]
        return median(rates) * step.length if rates else None


def _family(model: str) -> str:
    return model.partition("/")[0]


class Display:
    """Shows a run of a study; a context manager."""

    def __init__(
        self, graph: Graph, directory: Directory, workers: int, console: Console | None = None
    ) -> None:
        """Nothing is shown before the context is entered."""
        self._console = console or Console(stderr=True, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._directory, self._workers = directory, workers
        self._total = len(graph.steps)
        self._durations = Durations(graph, directory)
        self._began: dict[str, float] = {}

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, progress: Progress, ended: Ended | None) -> None:
        """Bring what is shown up to date."""
        now = time.monotonic()
        for key in progress.running:
            self._began.setdefault(key, now)
        if ended is not None:
            self._tell(progress, ended)
        if self._console.is_terminal:
            self._live.update(self._drawn(progress, now), refresh=True)

    def _tell(self, progress: Progress, ended: Ended) -> None:
        count = progress.kept + len(progress.done)
        if ended.error is None:
            step, seconds = progress.done[-1]
            self._durations.add(step, seconds)
            text = f"[{count}/{self._total}] {step.name} done in {duration(seconds)}"
        else:
            step = next(one for one in progress.wanted if one.short == ended.key)
            again = "" if step.key in progress.failed else " It is begun again."
            word = "failed" if not again else "was lost"
            text = f"[{count}/{self._total}] {step.name} {word}: {ended.error}.{again}"
        self._console.print(Text(text, overflow="fold"))

    def _drawn(self, progress: Progress, now: float) -> RenderableType:
        rows = Table.grid(padding=(0, 1), expand=True)
        rows.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        rows.add_column(width=16)
        rows.add_column(justify="right", no_wrap=True, width=11)
        rows.add_column(justify="right", no_wrap=True, width=14)
        for key, step in progress.running.items():
            at = self._directory.progress(key)
            whole = step.length
            bar = ProgressBar(total=whole or 1, completed=min(at or 0, whole or 1), width=16)
            count = f"{at or 0}/{whole}" if whole else ""
            rows.add_row(Text(step.name), bar, count, duration(now - self._began[key]))
        finished = progress.kept + len(progress.done)
        left = self._left(progress, now)
        rows.add_row(
            Text(f"{finished} of {self._total} steps", style="bold"),
            ProgressBar(total=self._total, completed=finished, width=16),
            f"{len(progress.failed)} failed" if progress.failed else "",
            f"~{duration(left)} left" if left is not None else "",
        )
        return Group(rows)

    def _left(self, progress: Progress, now: float) -> float | None:
        """Seconds until all is done; None as long as that is anybody's guess."""
        work, longest = 0.0, 0.0
        for key, step in progress.running.items():
            spent = now - self._began[key]
            at = self._directory.progress(key)
            whole = self._durations.of(step)
            if at and step.length:
                whole = spent * step.length / at
            if whole is None:
                return None
            work += max(whole - spent, 0.0)
            longest = max(longest, whole - spent)
        for step in progress.waiting:
            whole = self._durations.of(step)
            if whole is None:
                return None
            work += whole
        return max(work / self._workers, longest)


def estimate(steps: list[Step], durations: Durations) -> tuple[float, Mapping[str, int]]:
    """Seconds of work in some steps, and by kind how many of them nobody can tell yet."""
    total = 0.0
    unknown: dict[str, int] = {}
    for step in steps:
        seconds = durations.of(step)
        if seconds is None:
            unknown[step.kind] = unknown.get(step.kind, 0) + 1
        else:
            total += seconds
    return total, unknown


def duration(seconds: float) -> str:
    """Seconds as a person would say them: 8 s, 3 min 20 s, 2 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{max(whole, 0)} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def say(text: str) -> None:
    """A line on stderr."""
    print(text, file=sys.stderr)
