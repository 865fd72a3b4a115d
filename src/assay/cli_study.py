"""`assay study`: run a study file, plan it, look at how it stands, write its report.

Thin as `cli`, which adds these commands to its own.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assay.errors import RunError, UserError

if TYPE_CHECKING:
    from assay.study.cost import Rates
    from assay.study.run import Run

study_app = typer.Typer(
    help="Train arms over seeds, assess and compare them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _lockable(out: Path | None) -> Path | None:
    if out and ":/" in str(out):  # what is left of a URL's "://" in a path
        raise UserError(
            f"{str(out)!r} is a URL, and a study needs a directory that all its nodes can lock; "
            "name one on a disk or a shared file system with --out."
        )
    return out


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Named = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A study that ships, or a file.")]
Out = Annotated[
    Path | None,
    typer.Option(
        callback=_lockable, help="The study's directory; one that was begun is continued."
    ),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Steps at the same time; default: one for each core.")
]
Price = Annotated[
    str | None,
    typer.Option(
        metavar="GPU/CORE", help="USD for an hour of a GPU, and of a core; as in 2.5/0.04."
    ),
]
Began = Annotated[Path, typer.Argument(metavar="DIR", help="A study's directory.")]


@study_app.command("run")
def study_run(
    study: Named,
    out: Out = None,
    workers: Workers = None,
    engine: Annotated[str, typer.Option(help="Where steps run: local or ray.")] = "local",
    address: Annotated[
        str | None, typer.Option(help="Of a Ray cluster; default: one on this machine.")
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Begin no step beyond so many USD with --price, else hours of GPUs, or of cores.",
        ),
    ] = None,
    price: Price = None,
    as_json: Json = False,
) -> None:
    """Run a study, or go on with it: what is done is not done again."""
    from assay.study.cost import Rates, account

    rates = Rates.parse(price) if price else None
    run = run_steps(study, out, workers, engine=engine, address=address, budget=budget, rates=rates)
    result = {
        **run.result,
        "cost": account(run.directory, rates),
        "report": str(page) if (page := report_of(run.directory.path)) else None,
    }
    if as_json:
        print(json.dumps(result))
    else:
        from assay.console_study import print_result

        print_result(result)
    exit_for_failures(run)


@study_app.command("plan")
def study_plan(study: Named, out: Out = None, price: Price = None, as_json: Json = False) -> None:
    """The steps of a study, what is done, what the rest takes and costs."""
    from assay.engines.choice import chosen
    from assay.engines.engine import capacity
    from assay.study.cost import Rates
    from assay.study.run import planned, prepare

    rates = Rates.parse(price) if price else None
    with chosen("local", None, None) as here:
        found = planned(prepare(study, out), capacity(here), rates)
    if as_json:
        print(json.dumps(found))
        return
    from assay.console_study import print_plan

    print_plan(found)


@study_app.command("status")
def study_status(directory: Began, as_json: Json = False) -> None:
    """How a study stands: steps done, running, cut, failed."""
    from assay.study.run import standing

    found = standing(directory)
    if as_json:
        print(json.dumps(found))
        return
    from assay.console_study import print_status

    print_status(found)


@study_app.command("report")
def study_report(directory: Began, as_json: Json = False) -> None:
    """Write the report of a study from what is done."""
    page = report_of(directory)
    if page is None:
        raise RunError(
            f"Nothing has been assessed in {str(directory)!r} yet; `assay study status` shows why."
        )
    print(json.dumps({"report": str(page)}) if as_json else page)


def run_steps(
    study: str,
    out: Path | None,
    workers: int | None = None,
    *,
    engine: str = "local",
    address: str | None = None,
    budget: float | None = None,
    rates: "Rates | None" = None,
) -> "Run":
    """Run what is not done of a study, and show how it goes.

    Args:
        budget: What it may take in all; see `cost.Budget`.
        rates: USD for an hour.

    Raises:
        UserError: Something in the file is wrong, or the disk is full.
        typer.Exit: It was interrupted.
    """
    from assay.engines.choice import chosen
    from assay.engines.engine import Ended, capacity
    from assay.study.cost import Budget, taking
    from assay.study.engine import Progress, execute
    from assay.study.progress import Display, say
    from assay.study.run import check, prepare, recorded

    run = prepare(study, out)
    check(run)
    directory = run.directory
    try:
        with chosen(engine, workers, address) as place:
            most = capacity(place)
            takes = taking(run.study, most)
            gpus = any(takes(step).gpus for step in run.graph.steps)
            allowed = Budget(budget, rates, gpus=gpus) if budget is not None else None
            with (
                recorded(run, most.cpus) as clock,
                Display(run.graph, directory, most.cpus) as display,
            ):
                if clock.note:
                    say(clock.note)

                def show(progress: Progress, ended: Ended | None) -> None:
                    display.show(progress, ended)
                    if ended is not None:
                        clock.strike()

                run.progress = execute(run.graph, directory, place, show, takes, allowed)
    except KeyboardInterrupt:
        say(f"\nStopped. The same command goes on where it was, in {directory.path}.")
        raise typer.Exit(130) from None
    if run.progress.held_back:
        say(
            f"The budget of {allowed} is spent; {len(run.progress.held_back)} steps were not "
            "begun. The same command with a larger --budget goes on."
        )
    return run


def report_of(directory: Path) -> Path | None:
    """Collect the tables of a study and write its page; None as long as there is nothing to say."""
    from assay.study.results import collect

    if collect(directory).assessments.empty:
        return None
    from assay.report.study import write

    return Path(str(write(directory)))


def exit_for_failures(run: "Run") -> None:
    """Return if every step is done.

    Raises:
        UserError: Steps failed, each for something that the person can mend.
        typer.Exit: Steps failed.
    """
    failed: dict[str, Any] = run.result["failed"]
    if not failed:
        return
    if run.progress and run.progress.user:
        first, message = next(iter(failed.items()))
        raise UserError(
            f"{len(failed)} of {len(run.graph.steps)} steps failed. {first}: {message}."
        )
    raise typer.Exit(1)
