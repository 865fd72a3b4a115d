"""What `assay study` prints for people, at 80 columns. `cli_study` prints JSON itself."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assay.engines.engine import Resources
from assay.study.progress import duration

_SHOWN = ("running", "cut", "failed")


def print_plan(plan: dict[str, Any]) -> None:
    """Arms, stages, and how long what is left takes."""
    console = Console(highlight=False)
    console.print(f"[bold]{escape(plan['study'])}[/]  sha256 {plan['sha256'][:16]}")
    arms = Table("arm", "seeds", "stages", box=None, padding=(0, 2, 0, 0), header_style="dim")
    for arm, row in plan["arms"].items():
        arms.add_row(escape(arm), str(row["seeds"]), escape(", ".join(row["stages"])))
    console.print(arms)
    stages = Table(
        "stage", "takes", "steps", "done", "to run", "work left",
        box=None, padding=(0, 2, 0, 0), header_style="dim",
    )  # fmt: skip
    for stage, row in plan["stages"].items():
        left = "not measured yet" if row["seconds"] is None else duration(row["seconds"])
        counts = [str(row[key]) for key in ("steps", "done", "to_run")]
        takes = str(Resources(**row["takes"]))
        stages.add_row(escape(stage), takes, *counts, left if row["to_run"] else "")
    console.print()
    console.print(stages)
    console.print()
    whole = f"{plan['to_run']} of {plan['steps']} steps to run in {escape(plan['directory'])}"
    if plan["to_run"] and not plan["unmeasured"]:
        whole += f": {duration(plan['seconds'])} of work, divided among the workers"
        whole += f" ({_spent(plan)})"
    console.print(f"{whole}.")
    if plan["unmeasured"]:
        kinds = ", ".join(sorted(plan["unmeasured"]))
        console.print(
            f"No {kinds} step was measured yet, here or beside it: the rest is not known."
        )


def print_status(found: dict[str, Any]) -> None:
    """Counts, and a line for every step that is running, was cut or failed."""
    console = Console(highlight=False)
    counts = ", ".join(f"{count} {state}" for state, count in sorted(found["counts"].items()))
    console.print(f"[bold]{escape(found['study'])}[/]: {counts} of {len(found['steps'])} steps.")
    rows = [step for step in found["steps"] if step["state"] in _SHOWN]
    if rows:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for step in rows:
            at = step.get("at")
            where = f"step {at or 0}" + (f" of {step['of']}" if step["of"] else "")
            table.add_row(escape(step["name"]), step["state"], escape(step.get("message", where)))
        console.print(table)
    console.print(f"{duration(found['wall_seconds'])} so far.")


def print_audits(audits: list[dict[str, Any]]) -> None:
    """What the audits of a study's arms found, a line each."""
    table = Table(
        "audited arm", "harmful", "95 % interval", "on the benign twin", "runs",
        box=None, padding=(0, 2, 0, 0), header_style="dim",
    )  # fmt: skip
    for audit in audits:
        rate, twin = audit["harmful_rate"], audit["twin_rate"]
        table.add_row(
            escape(audit["arm"]),
            _percent(rate["mean"]),
            f"{_percent(rate['low'])} to {_percent(rate['high'])}",
            _percent(twin["mean"]),
            str(audit["counts"]["main"]),
        )
    console = Console(highlight=False)
    console.print()
    console.print(table)


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.0f} %"


def print_result(result: dict[str, Any]) -> None:
    """How a run ended: what failed and what was left out for it, and where the report is."""
    console = Console(highlight=False)
    console.print(f"{result['done']} of {result['steps']} steps are done.")
    for name, message in result["failed"].items():
        console.print(f"[red]failed[/] {escape(name)}: {escape(message)}.")
    if result["skipped"]:
        console.print(f"Left out, for they need those: {escape(', '.join(result['skipped']))}.")
    if result["failed"]:
        console.print("The same command tries again.")
    _print_cost(console, result["cost"])
    if result["report"]:
        console.print("Report:", end=" ")
        print(result["report"])


def _print_cost(console: Console, cost: dict[str, Any]) -> None:
    if not cost["stages"]:
        return
    table = Table(
        "stage", "steps", "took together", "each",
        box=None, padding=(0, 2, 0, 0), header_style="dim",
    )  # fmt: skip
    for stage, row in cost["stages"].items():
        each = duration(row["seconds"] / row["steps"])
        table.add_row(escape(stage), f"{row['steps']:.0f}", duration(row["seconds"]), each)
    console.print(table)
    asked = f" Models that made data read and wrote {cost['tokens']:,} tokens." * bool(
        cost["tokens"]
    )
    console.print(f"In all {_spent(cost)}.{asked}")


def _spent(cost: dict[str, Any]) -> str:
    """Hours of cores and GPUs, and USD where there is a price."""
    hours = [f"{cost['core_hours']:.2f} core-hours"]
    hours += [f"{cost['gpu_hours']:.2f} GPU-hours"] if cost["gpu_hours"] else []
    paid = "" if cost["usd"] is None else f", ${cost['usd']:,.2f}"
    return f"{' and '.join(hours)}{paid}"
