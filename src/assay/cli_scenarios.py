"""`assay scenarios`: list scenarios, show one, and replay its controls through its grader.

Thin as `cli`, which adds these commands to its own.
"""

import json
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from assay.cli_honeypots import honeypots

scenarios_app = typer.Typer(
    help="List, show and check scenarios.", no_args_is_help=True, rich_markup_mode=None
)

scenarios_app.command("honeypots", short_help="Write a pack of honeypots by the thousand.")(
    honeypots
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Folder = Annotated[
    Path | None, typer.Option("--scenarios", help="A folder with packs of your own.")
]
Sandbox = Annotated[str, typer.Option(help="Where the target works: bwrap or docker.")]
MaxSamples = Annotated[
    int, typer.Option(min=0, help="Runs at the same time; 0 leaves it to Inspect.")
]


@scenarios_app.command("list")
def scenarios_list(scenarios: Folder = None, as_json: Json = False) -> None:
    """All packs and their scenarios."""
    from assay.scenarios.catalog import packs

    found = packs([scenarios] if scenarios else [])
    if as_json:
        _print_json(
            {
                "packs": {
                    pack.name: [{"id": name, "title": title} for name, title in pack.titles()]
                    for pack in found.values()
                }
            }
        )
        return
    from assay.console import print_packs

    print_packs(list(found.values()))


@scenarios_app.command("show")
def scenarios_show(
    name: Annotated[str, typer.Argument(metavar="PACK/ID", help="Or the scenario's id alone.")],
    scenarios: Folder = None,
    as_json: Json = False,
) -> None:
    """One scenario: its brief, factors, levels, limits and controls."""
    from assay.scenarios.catalog import find
    from assay.scenarios.controls import load_controls

    scenario = find(name, [scenarios] if scenarios else [])
    controls = [*load_controls(scenario), *load_controls(scenario, held_out=True)]
    if as_json:
        _print_json(
            {
                "id": scenario.id,
                "pack": scenario.pack,
                **scenario.model_dump(mode="json"),
                "brief": scenario.brief(scenario.default_cell, datetime.now(UTC).date()),
                "folder": str(scenario.folder),
                "controls": {
                    c.name: {"conduct": c.conduct, "outcome": c.outcome, "note": c.note}
                    for c in controls
                },
            }
        )
        return
    from assay.console import print_scenario

    print_scenario(scenario, controls)


@scenarios_app.command("check", short_help="Replay every control through the grader.")
def scenarios_check(
    selector: Annotated[
        str | None,
        typer.Argument(metavar="PACK[/ID]", help="Default: every pack that ships written."),
    ] = None,
    held_out: Annotated[
        bool, typer.Option(help="Also those written without sight of the grader.")
    ] = True,
    scenarios: Folder = None,
    sandbox: Sandbox = "bwrap",
    max_samples: MaxSamples = 0,
    judge: Annotated[
        str,
        typer.Option(help="Who answers where words are graded; the default is scripted."),
    ] = "control/judge",
    as_json: Json = False,
) -> None:
    """Run every control through the grader; exit 1 if one that is not held out disagrees."""
    from assay.runs.check import check_controls
    from assay.scenarios.catalog import packs

    known = packs([scenarios] if scenarios else []).values()
    results = {}
    for pack in [selector] if selector else [one.name for one in known if not one.make]:
        with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
            checked = check_controls(
                pack,
                held_out=held_out,
                scenarios=str(scenarios.resolve()) if scenarios else "",
                sandbox=sandbox,
                max_samples=max_samples,
                judge=judge,
            )
        results[pack] = checked.as_json()
        if not as_json:
            from assay.console import print_agreement

            print(end="" if selector else f"{pack}\n")
            print_agreement(results[pack])
    if as_json:
        _print_json(results[selector] if selector else {"packs": results})
    if any(result["disagree"] for result in results.values()):
        raise typer.Exit(1)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))
