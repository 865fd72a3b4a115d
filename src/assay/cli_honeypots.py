"""`assay scenarios honeypots`: writes a pack of honeypots as large as a person wants it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from assay.errors import unknown


def honeypots(
    out: Annotated[Path, typer.Option(help="The folder to write the pack into.")],
    split: Annotated[str, typer.Option(help="train or eval; a family belongs to one of them.")],
    n: Annotated[int, typer.Option("--n", min=1, help="Items; each has 24 cells.")] = 500,
    seed: Annotated[int, typer.Option(help="Draws names, files and wordings.")] = 0,
    briefs: Annotated[
        Path | None,
        typer.Option(help="Further briefs, as `assay data make honeypot_briefs` writes them."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write n honeypots of a split as a pack, for `--scenarios` and for recipes."""
    from assay.scenarios.honeypots.making import SPLITS, make_pack, pack_name, read_briefs

    chosen = next((one for one in SPLITS if one == split), None)
    if chosen is None:
        raise unknown("split", split, SPLITS)
    folder = out / pack_name(chosen)
    make_pack(chosen, folder, n, seed=seed, briefs=read_briefs(briefs) if briefs else None)
    if as_json:
        print(json.dumps({"pack": pack_name(chosen), "items": n, "folder": str(folder)}))
    else:
        print(f"{n} items in {folder}; `assay audit {folder.name} --scenarios {out}` runs them.")
