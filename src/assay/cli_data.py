"""`assay data`: make training data by a recipe, and look at what came out.

Thin as `cli`, which adds these commands to its own.
"""

import json
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml

from assay.errors import UserError

if TYPE_CHECKING:
    from assay.recipes.making import Order
    from assay.recipes.recipe import Role

data_app = typer.Typer(
    help="Make training data by a recipe; look at what came out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Own = Annotated[Path | None, typer.Option("--recipes", help="A folder with recipes of your own.")]


@data_app.command("list")
def data_list(recipes: Own = None, as_json: Json = False) -> None:
    """All recipes: what each makes, and its stages."""
    from assay.recipes.recipe import Recipe
    from assay.recipes.recipe import recipes as known

    found = [Recipe.load(folder) for folder in known(recipes).values()]
    if as_json:
        rows = [
            {
                "name": one.name, "about": one.about, "source": one.source,
                "reads": [*one.begins_with], "stages": [stage.name for stage in one.stages],
            }
            for one in found
        ]  # fmt: skip
        print(json.dumps({"recipes": rows}))
        return
    from assay.console_data import print_recipes

    print_recipes(found)


@data_app.command("make", short_help="Make a data set, or go on with one.")
def data_make(
    recipe: Annotated[str, typer.Argument(help="`assay data list` shows them.")],
    n: Annotated[int, typer.Option("--n", min=1, help="Items to begin with.")] = 100,
    author: Annotated[
        str, typer.Option(help="The model that writes; embedded/author needs none: templates.")
    ] = "embedded/author",
    reviewer: Annotated[str | None, typer.Option(help="Default: the author.")] = None,
    target: Annotated[str | None, typer.Option(help="Default: the author.")] = None,
    read: Annotated[
        Path | None, typer.Option("--input", help="JSON lines to change, where a recipe does.")
    ] = None,
    document: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="A document in place of the recipe's own."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="STAGE.KEY=VALUE", help="What a stage of code is told."),
    ] = None,
    ablate: Annotated[
        list[str] | None, typer.Option(metavar="STAGE", help="This stage does nothing.")
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what it would take, and make nothing.")
    ] = False,
    price: Annotated[
        str | None,
        typer.Option(metavar="READ/WRITTEN", help="USD for a million tokens, such as 3/15."),
    ] = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Stop at so many USD; tokens without --price.")
    ] = None,
    connections: Annotated[int | None, typer.Option(min=1, help="Open requests at most.")] = None,
    cache: Annotated[bool, typer.Option("--cache", help="Use replies that Inspect kept.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="Use the provider's batches.")] = False,
    tokenizer: Annotated[
        str | None, typer.Option(help="Count tokens as this model's; default the microcosm's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Everything random follows from it.")] = 0,
    recipes: Own = None,
    out: Annotated[
        Path | None, typer.Option(help="The directory; one that was begun is continued.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a data set stage by stage; what is finished is on disk, and is not paid for again."""
    from assay.price import Price
    from assay.recipes.making import Order
    from assay.recipes.recipe import find

    documents = {name: Path(file) for name, file in (_pair(one) for one in document or [])}
    chosen = find(recipe, recipes, documents).told(_settings(settings or []))
    named: dict[Role, str] = {"author": author}
    named |= {"reviewer": reviewer} if reviewer else {}
    named |= {"target": target} if target else {}
    order = Order(
        chosen, n, named, seed=seed, read=read, ablate=frozenset(ablate or ()),
        price=Price.parse(price) if price else None, budget=budget, connections=connections,
        cache=cache, batch=batch,
    )  # fmt: skip
    if estimate:
        _estimate(order, as_json)
        return
    _make(
        order,
        out or Path("data") / f"{recipe}-{datetime.now(UTC):%Y%m%d-%H%M%S}",
        tokenizer,
        as_json,
    )


@data_app.command("report", short_help="Look at a data set: duplicates, habits, distance.")
def data_report(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines: messages or text.")],
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="PACK[/ID]", help="An evaluation to compare with; default: all."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws rows where some are enough.")] = 0,
    as_json: Json = False,
) -> None:
    """Duplicates, variety, habits, scans, distance to every evaluation; exit 1 on a fault."""
    from assay.recipes.quality import report
    from assay.scenarios.catalog import packs

    evaluated = [name for name, pack in packs().items() if pack.sheet.split == "eval"]
    found = report(file, against or sorted(evaluated), seed=seed)
    if as_json:
        print(json.dumps(found.as_json()))
    else:
        from assay.console_data import print_report

        print_report(found)
    if found.faults:
        raise typer.Exit(1)


def _make(order: "Order", out: Path, tokenizer: str | None, as_json: bool) -> None:
    from assay.console_data import Bar, print_made
    from assay.recipes.counting import counted
    from assay.recipes.making import make

    try:
        with redirect_stdout(sys.stderr), Bar() as bar:  # Inspect prints as it likes
            made = counted(make(order, out, bar.tell), tokenizer)
    except KeyboardInterrupt:
        print(f"\nStopped. The same command with --out {out} goes on.", file=sys.stderr)
        raise typer.Exit(130) from None
    if as_json:
        said = {"status": made.status, "failed": made.failed, "dataset": str(made.dataset)}
        print(json.dumps({**said, **made.ledger.as_json()}))
    else:
        print_made(made, out)
    if made.failed:
        raise typer.Exit(1)


def _estimate(order: "Order", as_json: bool) -> None:
    from assay.recipes.estimating import estimated

    found = estimated(order)
    if as_json:
        print(json.dumps(found.as_json()))
        return
    from assay.console_data import print_estimate

    print_estimate(found)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UserError(f"Cannot read {text!r}; write NAME=VALUE.")
    return name, value


def _settings(pairs: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for text in pairs:
        name, value = _pair(text)
        stage, dot, key = name.partition(".")
        if not dot:
            raise UserError(f"Cannot read {text!r}; write STAGE.KEY=VALUE.")
        found.setdefault(stage, {})[key] = yaml.safe_load(value)
    return found
