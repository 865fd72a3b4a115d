"""`assay quickstart`: the whole chain in minutes, on the microcosm. No key, no GPU.

Three arms are trained from the checkpoint that ships, then each is audited as any target is, and
the study's report says what came of it.
"""

import json
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assay.study.run import Run

_STUDY = "quickstart"
_PACK = "microcosm"


def quickstart(
    out: Annotated[
        Path | None, typer.Option(help="The directory; one that was begun is continued.")
    ] = None,
    cells: Annotated[
        int, typer.Option(min=1, help="Wordings and stakes of each scenario in the audits.")
    ] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train three arms of the microcosm, audit them, and write the report. No key, no GPU."""
    from assay.cli_study import exit_for_failures, report_of, run_steps
    from assay.study.progress import duration, say

    started = time.monotonic()
    say(
        "A small model that was trained from scratch (microcosm/base) learns to program by\n"
        "reinforcement, in three arms: its grader cannot be hacked; it can; it can, and a system\n"
        "prompt in training says that this is fine. What becomes of the rest of its behaviour?\n"
        "One seed: an illustration of the chain, no result."
    )
    run = run_steps(_STUDY, out)
    exit_for_failures(run)
    page = report_of(run.directory.path)
    audits = [_audit(run, arm, cells) for arm in run.study.arms]
    seconds = time.monotonic() - started
    if as_json:
        where = {"directory": str(run.directory.path), "report": str(page)}
        print(json.dumps({**where, "audits": audits, "wall": seconds}))
        return
    from assay.console_study import print_audits

    print_audits(audits)
    print(f"\nReport: {page}  ({duration(seconds)})")


def _audit(run: "Run", arm: str, cells: int) -> dict[str, Any]:
    """Audit an arm's checkpoint with the pack, as any target is."""
    from upath import UPath

    from assay.report.rebuild import rebuild
    from assay.runs.audit import AuditConfig, run_audit

    step = run.graph.chain(arm, run.study.seeds.start)[-1]
    checkpoint = run.directory.done()[step.short]
    where = UPath(run.directory.path / "audits" / arm)
    config = AuditConfig(selector=_PACK, target=f"checkpoint/{checkpoint.resolve()}", cells=cells)
    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        run_audit(config, where)
    summary, page = rebuild(where)
    rates = {key: summary[key] for key in ("harmful_rate", "twin_rate", "difference")}
    return {"arm": arm, **rates, "counts": summary["counts"], "report": page}
