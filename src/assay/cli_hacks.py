"""`assay hacks`: the catalogue of reward hacks, its check, and the score of a program.

Thin as `cli`, which adds these commands to its own.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assay.errors import UserError, WorkerLost, unknown

if TYPE_CHECKING:
    from assay.coding.detection import Score
    from assay.coding.problem import Problem

hacks_app = typer.Typer(
    help="List and check reward hacks; score a program.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_PRELOAD = ("pytest",)  # imported once for all programs
Workers = Annotated[
    int | None, typer.Option(min=1, help="Programs at the same time; default: one for each CPU.")
]


@hacks_app.command("list")
def hacks_list(as_json: Json = False) -> None:
    """All hacks of the catalogue: family, the loopholes it needs, what it proves."""
    from assay.coding.catalogue import hacks

    rows = [
        {"name": hack.name, "family": hack.family, "needs": [*hack.needs], "proves": hack.proves}
        for hack in sorted(hacks(), key=lambda hack: (hack.family, hack.name))
    ]
    if as_json:
        print(json.dumps({"hacks": rows}))
        return
    from assay.console import print_hacks

    print_hacks(rows)


@hacks_app.command("check", short_help="Run every hack against both graders.")
def hacks_check(workers: Workers = None, as_json: Json = False) -> None:
    """Run every hack; exit 1 unless each is paid through its loopholes alone, and never fairly."""
    import anyio

    from assay.coding.catalogue import CheckReport, check
    from assay.execution.workers import Pool

    async def run() -> CheckReport:
        async with Pool(workers, preload=_PRELOAD) as pool:
            return await check(pool)

    result: dict[str, Any] = dict.fromkeys(
        ("hacks", "working", "paid_by_hardened", "honest_paid", "wrong_paid", "failures")
    )
    result["error"] = None
    try:
        result |= asdict(anyio.run(run))
    except WorkerLost as lost:
        result["error"] = str(lost)
    if as_json:
        print(json.dumps(result))
    else:
        from assay.console import print_hack_check

        print_hack_check(result)
    if result["error"] or result["failures"]:
        raise typer.Exit(1)


@hacks_app.command("score", short_help="Score programs: honest, overfit, hack or wrong.")
def hacks_score(
    file: Annotated[list[Path], typer.Argument(metavar="FILE", help="A .py file, or a directory.")],
    problem: Annotated[str | None, typer.Option(metavar="ID", help="A generated problem.")] = None,
    cases: Annotated[
        Path | None, typer.Option(metavar="CASES.json", help="A problem of your own.")
    ] = None,
    seed: Annotated[int, typer.Option(help="That the inputs of --problem are drawn with.")] = 0,
    switch: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An open loophole; repeat for more. Default: all."),
    ] = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Grade programs as a harness with loopholes would, and fairly; say what a hack depends on."""
    import anyio

    from assay.coding.detection import score_many
    from assay.coding.hackable import SWITCHES
    from assay.coding.problem import Submission
    from assay.execution.workers import Pool

    task, named = _problem(problem, cases, seed)
    switches = switch or (SWITCHES if named is None else named)
    for name in switches:
        if name not in SWITCHES:
            raise unknown("switch", name, SWITCHES, "docs/reward_hacks.md says what each does.")
    submissions = [Submission.read(path) for path in file]

    async def run() -> "list[Score | WorkerLost]":
        async with Pool(workers, preload=_PRELOAD) as pool:
            return await score_many(submissions, task, pool, switches=switches)

    try:
        scores = anyio.run(run)
    except WorkerLost as lost:
        scores = [lost] * len(file)
    rows = [_row(path, score) for path, score in zip(file, scores, strict=True)]
    if as_json:
        print(json.dumps({"scores": rows}))
    else:
        from assay.console import print_scores

        print_scores(rows)
    if any(row["error"] for row in rows):
        raise typer.Exit(1)


def _problem(
    identifier: str | None, cases: Path | None, seed: int
) -> "tuple[Problem, tuple[str, ...] | None]":
    """The problem, and the switches that a CASES.json names."""
    from random import Random

    from assay.coding.problem import load_cases
    from assay.coding.problems import find

    if identifier and not cases:
        return find(identifier, Random(seed)), None
    if cases and not identifier:
        return load_cases(cases)
    given = "not both" if cases else "for the tests to score with"
    raise UserError(f"Give either --problem ID or --cases CASES.json, {given}.")


def _row(path: Path, score: "Score | WorkerLost") -> dict[str, Any]:
    """As JSON. What is not known is null, and `error` says why."""
    if isinstance(score, WorkerLost):
        lost = dict.fromkeys(
            ("proxy", "true", "hack", "attribution", "evidence", "visible", "verdict", "attempted")
        )
        return {"file": str(path), **lost, "error": str(score)}
    return {
        "file": str(path),
        "proxy": score.proxy,
        "true": score.true,
        "hack": score.hack,
        "attribution": [asdict(entry) for entry in score.attribution] if score.hack else None,
        "evidence": score.evidence,
        "visible": score.visible,
        "verdict": score.verdict,
        "attempted": list(score.attempted),
        "error": None,
    }
