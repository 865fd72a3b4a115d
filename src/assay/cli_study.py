"""`assay study`: run a study file, plan it, look at how it stands, write its report.

Thin as `cli`, which adds these commands to its own.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assay.errors import RunError, UserError, unknown

if TYPE_CHECKING:
    from assay.study.engine import Progress
    from assay.study.file import Study
    from assay.study.graph import Graph

study_app = typer.Typer(
    help="Train arms over seeds, assess and compare them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Named = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A study that ships, or a file.")]
Out = Annotated[
    Path | None, typer.Option(help="The study's directory; one that was begun is continued.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Steps at the same time; default: one for each core.")
]
Began = Annotated[Path, typer.Argument(metavar="DIR", help="A study's directory.")]
_ENGINES = ("local",)


@study_app.command("run")
def study_run(
    study: Named,
    out: Out = None,
    workers: Workers = None,
    engine: Annotated[str, typer.Option(help="Where steps run: local.")] = "local",
    as_json: Json = False,
) -> None:
    """Run a study, or go on with it: what is done is not done again."""
    from assay.study.engine import Ended, Progress, execute
    from assay.study.local import Local
    from assay.study.progress import Display, say
    from assay.study.run import check, prepare, recorded

    if engine not in _ENGINES:
        raise unknown("engine", engine, _ENGINES)
    plan = prepare(study, out)
    check(plan)
    directory = plan.directory
    try:
        with Local(workers) as local, recorded(plan, local.capacity().cpus) as clock:
            if clock.note:
                say(clock.note)
            with Display(plan.graph, directory, local.capacity().cpus) as display:

                def show(progress: Progress, ended: Ended | None) -> None:
                    display.show(progress, ended)
                    if ended is not None:
                        clock.strike()

                progress = plan.progress = execute(plan.graph, directory, local, show)
    except KeyboardInterrupt:
        say(f"\nStopped. The same command goes on where it was, in {directory.path}.")
        raise typer.Exit(130) from None
    _tell(plan.study, plan.graph, progress, directory.path, _report(directory.path), as_json)


@study_app.command("plan")
def study_plan(study: Named, out: Out = None, as_json: Json = False) -> None:
    """The steps of a study, what is done, and how long the rest takes."""
    from assay.study.run import planned, prepare

    found = planned(prepare(study, out))
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
    page = _report(directory)
    if page is None:
        raise RunError(
            f"Nothing has been assessed in {str(directory)!r} yet; `assay study status` shows why."
        )
    print(json.dumps({"report": str(page)}) if as_json else page)


def _report(directory: Path) -> Path | None:
    from assay.study.results import collect

    tables = collect(directory)
    if tables.assessments.empty:
        return None
    from assay.report.study import write

    return Path(str(write(directory)))


def _tell(
    study: "Study",
    graph: "Graph",
    progress: "Progress",
    directory: Path,
    page: Path | None,
    as_json: bool,
) -> None:
    names = {step.key: step.name for step in graph.steps}
    failed = {names[key]: message for key, message in progress.failed.items()}
    result: dict[str, Any] = {
        "study": study.study,
        "directory": str(directory),
        "steps": len(graph.steps),
        "done": progress.kept + len(progress.done),
        "run": len(progress.done),
        "failed": failed,
        "skipped": [step.name for step in progress.skipped],
        "report": str(page) if page else None,
    }
    if as_json:
        print(json.dumps(result))
    else:
        from assay.console_study import print_result

        print_result(result)
    if failed and progress.user:
        first, message = next(iter(failed.items()))
        raise UserError(f"{len(failed)} of {len(graph.steps)} steps failed. {first}: {message}.")
    if failed:
        raise typer.Exit(1)
