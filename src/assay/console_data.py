"""What `assay data` prints for people, at 80 columns."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

if TYPE_CHECKING:
    from assay.recipes.estimating import Estimate
    from assay.recipes.making import Made
    from assay.recipes.quality import Report
    from assay.recipes.recipe import Recipe


class Bar:
    """A line for every stage, on standard error; nothing where that is no terminal."""

    def __init__(self) -> None:
        """Shows nothing until a stage begins."""
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            console=console, disable=not console.is_terminal,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def tell(self, stage: str, done: int, of: int) -> None:
        """So many of so many items are through a stage."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=of)
        self._bar.update(self._tasks[stage], completed=done)


def print_recipes(found: "Sequence[Recipe]") -> None:
    """Name, what it makes, its stages."""
    table = Table("recipe", "makes", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for recipe in found:
        stages = " > ".join(stage.name for stage in recipe.stages)
        reads = f"\n[dim]changes --input FILE ({', '.join(recipe.begins_with)})[/]"
        about = f"{escape(recipe.about)}\n[dim]{escape(stages)}[/]"
        table.add_row(recipe.name, about + (reads if recipe.begins_with else ""))
    Console(highlight=False).print(table)


def print_made(made: "Made", out: Path) -> None:
    """What became of the items, stage by stage, and what it cost."""
    ledger = made.ledger
    names = ("done", "dropped", "refused", "truncated", "malformed", "failed")
    shown = [name for name in names if any(stage.counts.get(name) for stage in ledger.stages)]
    table = Table("stage", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in (*shown, "calls", "tokens"):
        table.add_column(name, justify="right")
    for stage in ledger.stages:
        counts = [str(stage.counts.get(name, 0) or "") for name in shown]
        tokens = stage.input_tokens + stage.output_tokens
        table.add_row(stage.stage, *counts, str(stage.calls or ""), f"{tokens:,}" if tokens else "")
    console = Console(highlight=False)
    console.print(table)
    for stage in ledger.stages:
        for name, levels in stage.by_stratum.items():
            most = ", ".join(f"{escape(level)} {count}" for level, count in [*levels.items()][:3])
            console.print(f"[dim]Refused at {stage.stage}, by {name}: {most}[/]")
        for reason, count in [*stage.reasons.items()][:2]:
            console.print(f"[dim]{count} at {stage.stage}: {escape(reason)}[/]")
    learned = (
        f", {ledger.supervised_tokens:,} supervised tokens" if ledger.supervised_tokens else ""
    )
    counting = f" ({ledger.tokenizer}'s tokenizer)" if learned else ""
    cost = f", {ledger.cost:.2f} USD" if ledger.cost is not None else ""
    console.print(f"\n{ledger.accepted} of {ledger.begun} begun{learned}{counting}{cost}.")
    for note in ledger.notes:
        console.print(note)
    if made.status == "budget":
        console.print("Stopped at the budget; the same command with a larger one goes on.")
    if made.failed:
        console.print(f"{made.failed} could not be asked; the same command tries them again.")
    print(f"Data: {out / made.dataset.name}")


def print_estimate(found: "Estimate") -> None:
    """Calls and tokens by stage."""
    table = Table("stage", "model", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("calls", "tokens read", "written"):
        table.add_column(name, justify="right")
    for one in found.stages:
        table.add_row(
            one.stage, escape(one.role), f"{one.items:,}",
            f"{one.input_tokens:,}", f"{one.output_tokens:,}",
        )  # fmt: skip
    console = Console(highlight=False)
    console.print(table)
    cost = (
        f", {found.cost:,.2f} USD"
        if found.cost is not None
        else "; --price READ/WRITTEN adds money"
    )
    console.print(f"\nAt most about {found.tokens:,} tokens{cost}.")


def print_report(found: "Report") -> None:
    """Faults first to see, figures after."""
    console = Console(highlight=False)
    middle, low, high = found.words
    console.print(
        f"{found.n:,} rows; {middle:g} words an answer (90 % between {low:g} and {high:g}).\n"
    )
    for one in found.findings:
        mark = "[red]fault[/]" if one.is_fault else "[dim]   ok[/]"
        console.print(f"{mark}  {escape(one.sentence)} [dim](limit {one.limit:.1%})[/]")
        if one.is_fault:
            for example in one.examples:
                console.print(f"       [dim]{escape(example)}[/]")
    varied = found.diversity
    console.print(
        f"\nVariety: distinct words {varied.distinct_1:.0%}, pairs {varied.distinct_2:.0%}; "
        f"compressed {varied.compression:.1f} times; Vendi {varied.vendi:.0f} of "
        f"{varied.looked_at:,} rows."
    )
    habits = sorted(varied.habits.items(), key=lambda habit: -habit[1])
    console.print("Habits: " + ", ".join(f"{name} {share:.0%}" for name, share in habits[:4]) + ".")
    if found.distances:
        _print_distances(console, found)


def _print_distances(console: Console, found: "Report") -> None:
    table = Table("evaluation", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("passages", "nearest", "among rows", "told apart", "tools"):
        table.add_column(name, justify="right")
    for one in found.distances:
        table.add_row(
            escape(one.evaluation), str(one.overlapping), f"{one.nearest:.2f}", f"{one.floor:.2f}",
            "" if one.auc is None else f"{one.auc:.2f}",
            f"{one.tools[0]:.0%} / {one.tools[1]:.0%}",
        )  # fmt: skip
    console.print()
    console.print(table)
    console.print(
        "[dim]nearest: cosine of its prompts to the nearest row; among rows: row to row;\n"
        "told apart: AUC of a classifier; tools: in the data / in the evaluation.[/]"
    )
