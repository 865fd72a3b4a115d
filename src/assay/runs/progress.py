"""Progress of an audit on stderr; standard output stays free for the result."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from inspect_ai.hooks import Hooks, ModelRetry, SampleEnd, hooks
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_NEWS = 2  # failures of one request: a single one is nothing
_QUIET = 60.0  # seconds
_shown: "_Count | None" = None


class _Count:
    """Runs that have finished: a bar in a terminal, otherwise a line for every tenth of them."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self.bar = Progress(*columns, console=self._console, disable=not self._console.is_terminal)
        self._task = self.bar.add_task("Runs", total=total)
        self._told: dict[str, float] = {}

    def advance(self, runs: int) -> None:
        """So many more have finished."""
        before, self._done = self._done, self._done + runs
        self.bar.advance(self._task, runs)
        tenth = max(1, self._total // 10)
        if not self._console.is_terminal and self._done // tenth > before // tenth:
            self._console.print(f"{self._done} of {self._total} runs finished")

    def waits(self, retry: ModelRetry) -> None:
        """A model has not answered more than once; said once a minute of each."""
        now = time.monotonic()
        if retry.attempt < _NEWS or now - self._told.get(retry.model_name, -_QUIET) < _QUIET:
            return
        self._told[retry.model_name] = now
        reason = " ".join(str(part) for part in (retry.status_code, retry.exception_type) if part)
        self._console.print(
            f"{retry.model_name} does not answer ({reason or 'no reason given'}): a request has "
            f"failed {retry.attempt} times and is sent again in {retry.wait_time:.0f} s.",
            highlight=False,
            markup=False,
        )


def say(text: str) -> None:
    """A sentence for the user on stderr; nothing where it is empty."""
    if text:
        print(text, file=sys.stderr)


def advance(runs: int) -> None:
    """So many runs have finished elsewhere, where no hook of this process sees them."""
    if _shown is not None:
        _shown.advance(runs)


@contextmanager
def show_progress(total: int) -> Iterator[None]:
    """Show how many of `total` runs finish, as long as the block lasts.

    Runs that an earlier attempt finished are not run again, and not counted.
    """
    global _shown
    _follow_samples()
    _shown = _Count(total)
    try:
        with _shown.bar:
            yield
    finally:
        _shown = None


@cache
def _follow_samples() -> None:
    """Register the hook; late: Inspect announces on stdout the hooks it starts with."""

    @hooks(name="assay_progress", description="Shows Assay's progress on stderr.")
    class _ProgressHook(Hooks):
        def enabled(self) -> bool:
            return _shown is not None

        async def on_sample_end(self, data: SampleEnd) -> None:
            if _shown is not None:
                _shown.advance(1)

        async def on_model_retry(self, data: ModelRetry) -> None:
            if _shown is not None:
                _shown.waits(data)
