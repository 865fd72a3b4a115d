"""Progress of an audit on stderr; standard output stays free for the result."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from inspect_ai.hooks import Hooks, SampleEnd, hooks
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_shown: Progress | None = None


@contextmanager
def show_progress(total: int) -> Iterator[None]:
    """Show how many of `total` runs are finished, as long as the block lasts.

    Samples that an earlier attempt finished are not run again and are counted at once.
    """
    global _shown
    _follow_samples()
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        progress.add_task("Runs", total=total)
        _shown = progress
        if not console.is_terminal:
            console.print(f"Running {total} samples ...")
        try:
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
                _shown.advance(_shown.task_ids[0])
