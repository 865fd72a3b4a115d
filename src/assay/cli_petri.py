"""`assay petri`: Petri's own seeds, with a target whose tool calls really run.

Thin as `cli`, which adds this command to its own.
"""

import json
import sys
from contextlib import redirect_stdout
from typing import Annotated

import typer

from assay.errors import UserError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def petri(
    seeds: Annotated[
        str,
        typer.Option(help="tags:A,B, id:A,B, text:..., or a file or directory of seeds."),
    ] = "",
    target: Annotated[str, typer.Option(help="A model as Inspect names it.")] = "",
    auditor: Annotated[str, typer.Option(help="The model that drives the audit.")] = "",
    judge: Annotated[str, typer.Option(help="The model that scores it.")] = "",
    dimensions: Annotated[
        str, typer.Option(help="NAME,NAME or tags:A,B of the judge's dimensions; all if left out.")
    ] = "",
    turns: Annotated[int, typer.Option(min=1, help="The most turns that the auditor has.")] = 30,
    realism_filter: Annotated[
        float | None,
        typer.Option(
            metavar="SCORE", min=0, max=1, help="Send no message of the auditor that scores less."
        ),
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Audits of each seed.")] = 1,
    sandbox: Annotated[
        str, typer.Option(help="Where the target works: bwrap or docker.")
    ] = "bwrap",
    max_samples: Annotated[
        int, typer.Option(min=0, help="Audits at the same time; 0 leaves it to Inspect.")
    ] = 0,
    out: Annotated[
        str | None, typer.Option(help="The run directory; an unfinished one is continued.")
    ] = None,
    list_seeds: Annotated[bool, typer.Option("--list-seeds", help="List Petri's seeds.")] = False,
    as_json: Json = False,
) -> None:
    """Audit a target with Petri's seeds, and score it on its dimensions, one question at a time."""
    if list_seeds:
        _list_seeds(as_json)
        return
    from assay.report.petri import sentences
    from assay.report.rebuild import rebuild
    from assay.runs.petri import PetriConfig, default_directory, run_petri
    from assay.store import place

    given = {"--seeds": seeds, "--target": target, "--auditor": auditor, "--judge": judge}
    if missing := [name for name, value in given.items() if not value]:
        raise UserError(f"`assay petri` needs {', '.join(missing)}; --list-seeds lists the seeds.")
    config = PetriConfig(
        seeds=seeds,
        target=target,
        auditor=auditor,
        judge=judge,
        dimensions=dimensions,
        turns=turns,
        realism=realism_filter,
        epochs=epochs,
        sandbox=sandbox,
    )
    directory = place(out) if out else default_directory(config)
    try:
        with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
            seconds = run_petri(config, directory, max_samples=max_samples or None)
    except KeyboardInterrupt:
        print(f"\nStopped. The same command with --out {directory} goes on.", file=sys.stderr)
        raise typer.Exit(130) from None
    summary, page = rebuild(directory)
    if as_json:
        where = {"run_dir": str(directory), "report": page, "wall": seconds}
        print(json.dumps({**summary, **where}, ensure_ascii=False))
    else:
        from assay.console import print_dimensions

        print_dimensions(sentences(summary), summary["dimensions"])
        print(f"\nReport: {page}")
    if not summary["graded"]:
        raise typer.Exit(1)


def _list_seeds(as_json: bool) -> None:
    with redirect_stdout(sys.stderr):
        from assay.tasks.petri import seed_list

        found = seed_list()
    if as_json:
        print(json.dumps({"seeds": {name: list(tags) for name, tags in found.items()}}))
        return
    for name, tags in found.items():
        print(f"{name:44} {', '.join(tags)}")
