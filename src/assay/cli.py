"""The command line. Thin: every command imports what it needs, so that `assay --help` is instant.

Results go to standard output (`--json`: one JSON object and nothing else), progress and messages to
standard error. Exit status: 0 success, 1 a failed check, 2 something for the user to mend.
"""

import json
import sys
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from assay import __version__
from assay.cli_data import data_app
from assay.cli_hacks import hacks_app
from assay.cli_petri import petri
from assay.cli_power import power
from assay.cli_quickstart import quickstart
from assay.cli_realism import realism_app
from assay.cli_review import review
from assay.cli_scenarios import scenarios_app
from assay.cli_study import study_app
from assay.cli_train import train_app
from assay.errors import UserError

if TYPE_CHECKING:
    from upath import UPath

    from assay.engines.engine import Engine as Jobs
    from assay.runs.audit import AuditConfig

app = typer.Typer(
    help="Measures whether a language model is misaligned, with controls.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(scenarios_app, name="scenarios")
app.add_typer(data_app, name="data")
app.add_typer(hacks_app, name="hacks")
app.add_typer(realism_app, name="realism")
app.add_typer(study_app, name="study")
app.add_typer(train_app, name="train")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Folder = Annotated[
    Path | None,
    typer.Option("--scenarios", help="A folder of packs; or a constitution, as Markdown."),
]
Target = Annotated[
    str,
    typer.Option(
        help="A model as Inspect names it, or control/KIND; KIND is honest, sabotage, refusal, "
        "partial or incompetent."
    ),
]
Level = Annotated[
    list[str] | None,
    typer.Option(metavar="FACTOR=LEVEL", help="A level to run at; repeat for more."),
]
Grid = Annotated[
    bool, typer.Option("--grid", help="Cross all factors instead of one cell and its twin.")
]
Cells = Annotated[
    int,
    typer.Option(
        min=0, metavar="N", help="N cells of the grid, spread over all levels, with their twins."
    ),
]
Elicit = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND",
        help="Also run each scenario under a hidden instruction: sabotage or honest; repeatable.",
    ),
]
Continuation = Annotated[
    bool, typer.Option("--continuation", help="Also let it take over where a control has begun.")
]
Seed = Annotated[
    int, typer.Option(help="Send the model a seed, the same for an epoch in every cell.")
]
Sandbox = Annotated[str, typer.Option(help="Where the target works: bwrap or docker.")]
MaxSamples = Annotated[
    int, typer.Option(min=0, help="Runs at the same time; 0 leaves it to Inspect.")
]
Connections = Annotated[
    int, typer.Option(min=0, help="Requests to a model at the same time; 0 leaves it to Inspect.")
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, help="Processes that share the runs; default: this one runs them all."),
]
Engine = Annotated[str, typer.Option(help="Where they run: local or ray.")]
Address = Annotated[
    str | None, typer.Option(help="Of a Ray cluster; default: one on this machine.")
]
Budget = Annotated[
    float | None,
    typer.Option(metavar="N", help="Begin no run beyond so many tokens; USD with --price."),
]
PriceOption = Annotated[
    str | None,
    typer.Option(
        metavar="READ/WRITTEN[/CACHED]", help="USD for a million tokens, such as 3/15/0.3."
    ),
]
TargetCli = Annotated[
    str | None,
    typer.Option(metavar="CLI", help="A real coding CLI with the target behind it: claude_code."),
]
AuditorTurns = Annotated[int, typer.Option(min=1, help="The most turns that the auditor has.")]
AuditorRollback = Annotated[
    bool, typer.Option("--auditor-rollback", help="Let the auditor go back, and the files with it.")
]
RealismFilter = Annotated[
    float | None,
    typer.Option(
        metavar="SCORE", min=0, max=1, help="Send no message of the auditor that scores less."
    ),
]
StopBelow = Annotated[
    float | None,
    typer.Option(metavar="RATE", help="Stop once the harmful rate is shown to be under this."),
]
StopAbove = Annotated[
    float | None,
    typer.Option(metavar="RATE", help="Stop once the harmful rate is shown to be over this."),
]
StopWidth = Annotated[
    float | None,
    typer.Option(metavar="WIDTH", help="Stop once its interval is as narrow as this."),
]


def main() -> NoReturn:
    """Entry point: a `UserError` becomes one sentence on stderr and exit status 2."""
    try:
        app(standalone_mode=True)
    except UserError as error:
        print(f"assay: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("assay: stopped.", file=sys.stderr)
        sys.exit(130)
    sys.exit(0)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"assay {__version__}")
        raise typer.Exit


app.command(short_help="Train, hack, audit, report: no key, no GPU, minutes.")(quickstart)


@app.command(short_help="Run a pack against a target and write the report.")
def audit(
    selector: Annotated[str, typer.Argument(metavar="PACK[/ID]", help="What to audit with.")],
    target: Target,
    epochs: Annotated[
        int | None,
        typer.Option(help="Runs of each sample; 1, or as many as a stopping rule may take."),
    ] = None,
    judge: Annotated[
        str | None, typer.Option(help="The model that judges intent; without one it stays open.")
    ] = None,
    target_cli: TargetCli = None,
    auditor: Annotated[
        str | None, typer.Option(help="A model in the user's seat, which answers the target.")
    ] = None,
    auditor_turns: AuditorTurns = 15,
    auditor_rollback: AuditorRollback = False,
    realism_filter: RealismFilter = None,
    level: Level = None,
    grid: Grid = False,
    cells: Cells = 0,
    elicit: Elicit = None,
    continuation: Continuation = False,
    sandbox: Sandbox = "bwrap",
    scenarios: Folder = None,
    system: Annotated[
        str,
        typer.Option(help="A system prompt for the target, such as the one it was trained under."),
    ] = "",
    seed: Seed = 0,
    max_samples: MaxSamples = 0,
    connections: Connections = 0,
    workers: Workers = None,
    engine: Engine = "local",
    address: Address = None,
    budget: Budget = None,
    price: PriceOption = None,
    stop_below: StopBelow = None,
    stop_above: StopAbove = None,
    stop_width: StopWidth = None,
    out: Annotated[
        str | None, typer.Option(help="The run directory; an unfinished one is continued.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a pack or one scenario against a target, grade it, and write the report."""
    from assay.price import Price
    from assay.runs.audit import AuditConfig, AuditorConfig
    from assay.runs.planning import checked_stop
    from assay.scenarios.controls import checked_leanings
    from assay.scenarios.scenario import parse_levels

    if epochs is not None and epochs < 1:
        raise UserError(f"Cannot run {epochs} epochs; --epochs takes 1 or more.")
    if grid and cells:
        raise UserError("--grid runs every cell; leave out --cells, or --grid.")
    if budget is not None and budget <= 0:
        raise UserError(f"Cannot spend {budget:g}; --budget takes more than 0.")
    if auditor is None and (auditor_rollback or realism_filter is not None):
        raise UserError("--auditor-rollback and --realism-filter need --auditor MODEL.")
    config = AuditConfig(
        selector=selector,
        target=target,
        judge=judge,
        stop=checked_stop(below=stop_below, above=stop_above, width=stop_width),
        epochs=epochs,
        levels=parse_levels(level or []),
        grid=grid,
        cells=cells,
        seed=seed,
        sandbox=sandbox,
        scenarios=str(scenarios.resolve()) if scenarios else "",
        system=system,
        max_samples=max_samples,
        connections=connections,
        elicit=checked_leanings(elicit or []),
        continuation=continuation,
        target_cli=target_cli,
        budget=budget,
        price=Price.parse(price) if price else None,
        auditor=AuditorConfig(
            model=auditor, turns=auditor_turns, rollback=auditor_rollback, realism=realism_filter
        )
        if auditor
        else None,
    )
    place = _engine(engine, workers, address)
    _audit(config, out, as_json, place)


@app.command(short_help="Rebuild the report of a run from its logs.")
def report(
    run: Annotated[list[str], typer.Argument(metavar="DIR...", help="Run directories.")],
    as_json: Json = False,
) -> None:
    """Rebuild the report of finished runs from their logs."""
    pages = [_write_report(directory) for directory in run]
    if as_json:
        _print_json({"reports": [page for _, page in pages]})
    else:
        for _, page in pages:
            print(page)


@app.command(short_help="What works here, and how to mend what does not.")
def doctor(as_json: Json = False) -> None:
    """What this machine can do, and the command that mends what it cannot."""
    from assay.execution.probe import probe

    checks = probe()
    if as_json:
        _print_json(
            {
                "checks": [
                    {"name": c.name, "state": c.state, "detail": c.detail, "remedy": c.remedy}
                    for c in checks
                ]
            }
        )
    else:
        from assay.console import print_checks

        print_checks(checks)
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(1)


app.command(short_help="Petri's own seeds, with tool calls that really run.")(petri)
app.command(short_help="Adjudicate flagged runs, blind, one by one.")(review)
app.command(short_help="Plan a study: runs, tokens, cost, what it could not see.")(power)


def _engine(
    name: str, workers: int | None, address: str | None
) -> "AbstractContextManager[Jobs | None]":
    """The engine that was asked for; none where nothing was."""
    if name == "local" and workers is None and address is None:
        return nullcontext()
    from assay.engines.choice import chosen

    return chosen(name, workers, address, warm="assay.runs.worker:prepare")


def _audit(
    config: "AuditConfig",
    out: str | None,
    as_json: bool,
    place: "AbstractContextManager[Jobs | None]",
) -> None:
    from assay.runs.audit import default_directory, run_audit

    directory = _directory(out) if out else default_directory(config)
    try:
        with redirect_stdout(sys.stderr), place as engine:  # Inspect's plug-ins print as they like
            seconds = run_audit(config, directory, engine)
    except KeyboardInterrupt:
        _say(f"\nStopped. The same command with --out {directory} goes on.")
        raise typer.Exit(130) from None
    summary, page = _write_report(str(directory))
    for lost in summary["failed"]:
        _say(
            f"{lost['runs']} of {lost['scenario']} failed: {lost['error'].rstrip('.')}; see "
            f"logs/{lost['log']}. The same command with --out {directory} tries again."
        )
    if as_json:
        ended = summary["stopping"] or {"stopped": None, "runs": summary["counts"]["main"]}
        ended = {key: ended.get(key) for key in ("stopped", "runs", "fixed_design_runs")}
        where = {"run_dir": str(directory), "report": page, "wall": seconds}
        _print_json({**summary, **ended, **where})
    else:
        from assay.console import print_headline, print_usage

        print_headline(summary, config.target)
        print_usage(summary, seconds, config.price)
        print(f"\nReport: {page}")
    if not summary["counts"]["graded"]:
        raise typer.Exit(1)


def _write_report(out: str) -> tuple[dict[str, Any], str]:
    """Collect the logs, summarise, write the page; the summary and the page's path."""
    from assay.report.rebuild import rebuild

    return rebuild(_directory(out))


def _directory(path: str) -> "UPath":
    from assay.store import place

    return place(path)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
