"""`assay review`: a person's verdicts on flagged runs, one by one and blind.

Thin as `cli`, which adds this command to its own. `runs.cases` says what is reviewed and what is
seen of it, `runs.reviews` keeps the verdicts, `reviewing` asks for them.
"""

import csv
import getpass
import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assay.errors import UserError
from assay.text import printable

if TYPE_CHECKING:
    from upath import UPath

    from assay.runs.cases import Docket


def review(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run directory.")],
    reviewer: Annotated[
        str | None, typer.Option(help="Who you are; else git's user.name, or the login name.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every graded run in random order, flagged or not.")
    ] = False,
    export: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write what persons decided as CSV (id, target)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the queue as JSON.")] = False,
) -> None:
    """Give a verdict on every flagged run: blind to target, level, twin, control and judge.

    Quit at any time; the same command goes on. A verdict that is given again replaces your own.
    """
    from assay.runs.cases import docket
    from assay.store import place

    directory = place(run)
    name, source = _reviewer(reviewer)
    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        found = docket(directory, name, everything=everything)
    for lost in found.lost:
        _say(f"A review by {lost.reviewer} is of a run that is not in the logs: {lost.place}.")
    if export is not None:
        count = _export(found, export)
        _say(f"Wrote what persons decided of {count} {'run' if count == 1 else 'runs'}: {export}")
    if as_json:
        print(json.dumps(_as_json(found, name, run), ensure_ascii=False))
    elif export is None:
        _say(f"Reviewer: {name} ({source})")
        _review(found, name, run)


def _review(found: "Docket", name: str, run: str) -> None:
    """The session, and afterwards the report that it changes."""
    from rich.console import Console

    from assay.reviewing import Quit, Session
    from assay.runs.cases import unlike_the_run
    from assay.screen import Screen

    if not found.cases:
        print(f"No run of {run} is flagged. `assay review {run} --all` reviews every graded run.")
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError(
            "`assay review` asks a person, and this is no terminal; run it in one, or take --json "
            "for the queue."
        )
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a key that is no UTF-8 ends nothing
    if unlike_the_run(found.directory):
        _say(
            "The scenarios have changed since these runs: wording of a level that is gone from "
            "them is not withheld."
        )
    screen = Screen(Console(highlight=False, emoji=False, markup=False), input)
    session = Session(found, name, screen)
    try:
        session.go()
    except (Quit, KeyboardInterrupt, EOFError):
        print()
    finally:  # a log that cannot be read costs no verdict
        _close(found.directory, session.recorded, run)


def _close(directory: "UPath", recorded: int, run: str) -> None:
    """Rewrite the report where verdicts were given, and say what it says now."""
    if not recorded:
        print("No verdict was recorded; nothing has changed.")
        return
    from assay.console import print_headline
    from assay.report.rebuild import rebuild

    _say(
        f"{recorded} {'verdict' if recorded == 1 else 'verdicts'} recorded. Writing the report ..."
    )
    with redirect_stdout(sys.stderr):
        summary, page = rebuild(directory)
    print()
    print_headline(summary, _target(directory))
    print(f"\nReport: {page}")
    if left := summary["adjudication"]["open"]:
        print(f"`assay review {run}` goes on; nobody has seen {left} of the flagged runs.")


def _as_json(found: "Docket", name: str, run: str) -> dict[str, Any]:
    """The queue of a reviewer; nothing in it tells more than a reviewer may know."""
    import numpy as np

    from assay.stats.adjudication import adjudication

    todo = [case for case in found.cases if found.of(case, name) is None]
    told = adjudication(found.rows, np.random.default_rng(0))
    return {
        "run": run,
        "reviewer": name,
        "queue": [{"sample_uuid": case.sample_uuid, "scenario": case.scenario} for case in todo],
        "reviewed": len(found.cases) - len(todo),
        "open": len(todo),
        "disputed": told["disputed"],
        "agreement": told["agreement"],
    }


def _export(found: "Docket", path: str) -> int:
    """Write what persons decided, with the columns that a validation set of Scout has."""
    from upath import UPath

    decided = found.rows[(found.rows["conduct_source"] == "person").to_numpy()]
    labels = list(zip(decided["sample_uuid"], decided["conduct"], strict=True))
    try:
        with UPath(path).open("w", newline="") as file:
            csv.writer(file).writerows([("id", "target"), *labels])
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"Cannot write {path!r}: {reason}; name another --export.") from error
    return len(labels)


def _reviewer(given: str | None) -> tuple[str, str]:
    """Who reviews, and how that is known."""
    if given is not None:
        name, source = given, "as --reviewer says"
    elif name := _git_name():
        source = "git's user.name; --reviewer names another"
    else:
        name, source = _login(), "the login name; --reviewer names another"
    name = printable(" ".join(name.split()))
    if not 0 < len(name) <= 80:
        raise UserError(f"--reviewer {name[:80]!r}: name yourself in 1 to 80 characters.")
    return name, source


def _git_name() -> str:
    try:
        found = subprocess.run(
            ["git", "config", "user.name"], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return found.stdout.strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such variable, and no such user
        return ""


def _target(directory: "UPath") -> str:
    from assay.manifest import Manifest

    return str(Manifest.read(directory).config.get("target", "the target"))


def _say(text: str) -> None:
    print(text, file=sys.stderr)
