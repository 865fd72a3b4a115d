"""The data of a stage: a file, or made by recipes, and looked at before it is learned from.

What is made lies in the stage's directory under `data/`, with its ledger; a killed run goes on. How
far it is from the study's evaluation stands in `distances.json`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.extra import writing
from assay.recipes.distance import Distance, distances, evaluations
from assay.recipes.making import Order, make
from assay.recipes.recipe import Role, find
from assay.recipes.samples import samples
from assay.training.processes import from_main
from assay.training.settings import Documents, Making, Sft

DISTANCES = "distances.json"
_AGENTS = "agents"


def with_data[Stage: (Documents, Sft)](
    settings: Stage, model: Checkpoint, out: Path, *, seed: int, against: Sequence[str] = ()
) -> Stage:
    """The settings with their data as a file that is there.

    Args:
        settings: Of a stage that learns from data.
        model: The model before the stage: the target of recipes.
        out: The stage's directory.
        seed: Of the recipes.
        against: Packs whose passages the data may not hold, or in `contamination` of its rows only.

    Raises:
        UserError: A recipe that there is not, a model that could not be asked, nothing that came
            out, or data that holds the evaluation.
    """
    return from_main(lambda: _with_data(settings, model, out, seed, against))


def _with_data[Stage: (Documents, Sft)](
    settings: Stage, model: Checkpoint, out: Path, seed: int, against: Sequence[str]
) -> Stage:
    name = "data" if isinstance(settings, Sft) else "corpus"
    if settings.recipes:
        path: str = str(_made(settings.recipes, model, out / "data", seed))
        settings = settings.model_copy(update={name: path, "recipes": ()})
    path = getattr(settings, name)
    if against and path != _AGENTS:
        rows = list(samples(Path(path)))
        found = distances(rows, evaluations(against), Random(seed), shown=1) if rows else []
        for one in found:
            _refuse_contaminated(path, len(rows), one, settings.contamination)
        with writing(out):
            out.mkdir(parents=True, exist_ok=True)
            told = json.dumps([asdict(one) for one in found])
            (out / DISTANCES).write_text(told + "\n", "utf-8")
    return settings


def _made(chain: Sequence[Making], model: Checkpoint, out: Path, seed: int) -> Path:
    last: Path | None = None
    for number, one in enumerate(chain, 1):
        models: dict[Role, str] = {"author": one.author, "target": f"checkpoint/{model.path}"}
        models |= {"reviewer": one.reviewer} if one.reviewer else {}
        order = Order(
            find(one.recipe).told(one.settings), one.n, models,
            seed=seed, read=Path(one.read) if one.read else last, ablate=frozenset(one.ablate),
        )  # fmt: skip
        made = make(order, out / f"{number}-{one.recipe}")
        if made.failed:
            raise UserError(
                f"Recipe {one.recipe!r}: {made.failed} items could not be made; run it again."
            )
        if not made.ledger.accepted:
            raise UserError(f"Recipe {one.recipe!r} made nothing of {one.n} items.")
        last = made.dataset
    assert last is not None
    return last


def _refuse_contaminated(path: str, n: int, found: Distance, allowed: float) -> None:
    share = found.share(n)
    if share > allowed:
        line, passage = found.examples[0]
        raise UserError(
            f"{found.overlapping} of {n} rows of {path} hold passages of the evaluation "
            f"{found.evaluation!r} (row {line}: {passage!r}); train on other data, or allow it "
            f"with `contamination: {share:.3f}` in the stage."
        )
