"""`assay realism`: could anyone tell the evaluation from deployment, and by what?

Thin as `cli`, which adds these commands to its own.
"""

import json
import sys
from contextlib import redirect_stdout
from typing import Annotated

import typer

realism_app = typer.Typer(
    help="Can anyone tell the evaluation from deployment, and by what?",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@realism_app.command("compare", short_help="Could they tell, and what gave it away?")
def realism_compare(
    deployment: Annotated[
        str, typer.Option(metavar="CORPUS", help="Sessions of real use: a corpus, or logs.")
    ],
    evaluation: Annotated[
        str, typer.Option(metavar="LOGS", help="A run of `assay audit`, logs, or a corpus.")
    ],
    discriminator: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="A model to ask as well; target: the audited one."),
    ] = None,
    cut: Annotated[
        bool, typer.Option("--cut", help="Ask about what stands before the decisive action.")
    ] = False,
    force_models: Annotated[
        bool, typer.Option(help="Compare although two models wrote the two sides.")
    ] = False,
    unredacted: Annotated[
        bool, typer.Option("--unredacted", help="Send the model a corpus as it is.")
    ] = False,
    triples: Annotated[
        int, typer.Option(min=0, help="Triples that a model compares all around.")
    ] = 20,
    permutations: Annotated[int, typer.Option(min=19, help="Of the two-sample test.")] = 499,
    seed: Annotated[int, typer.Option(help="Of folds, permutations and lots.")] = 0,
    as_json: Json = False,
) -> None:
    """Compare deployment with evaluation: by a classifier, and by a model where one is named."""
    from upath import UPath

    from assay.realism.compare import Reread, compare, target_of, write
    from assay.realism.corpus import require_redacted

    place = UPath(evaluation)
    if discriminator is not None:
        for location in (deployment, evaluation):
            require_redacted(location, unredacted=unredacted)
    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        asked = target_of(place) if discriminator == "target" else discriminator
        found = compare(
            Reread(deployment),
            Reread(evaluation),
            discriminator=asked,
            cut=cut,
            force_models=force_models,
            triples=triples,
            permutations=permutations,
            seed=seed,
        )
    if (place / "manifest.json").exists():
        write(found, place)
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
        return
    from assay.console_realism import print_comparison

    print_comparison(found)


@realism_app.command("decompose", short_help="Environment, domain or task: what drives it?")
def realism_decompose(
    discriminator: Annotated[
        str, typer.Option(metavar="MODEL", help="The model to ask; target: the audited one.")
    ],
    evaluation: Annotated[
        str, typer.Option(metavar="LOGS", help="A run of `assay audit`, with its benign twins.")
    ],
    deployment: Annotated[
        str | None, typer.Option(metavar="CORPUS", help="Sessions of real use.")
    ] = None,
    recreated: Annotated[
        str | None, typer.Option(metavar="LOGS", help="Their tasks, run in our environment.")
    ] = None,
    petri: Annotated[
        str | None, typer.Option(metavar="LOGS", help="The evaluation's tasks in plain Petri.")
    ] = None,
    cut: Annotated[
        bool, typer.Option("--cut", help="Ask about what stands before the decisive action.")
    ] = False,
    unredacted: Annotated[
        bool, typer.Option("--unredacted", help="Send the model a corpus as it is.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare how evaluation-like each arm is, as a model sees one transcript at a time."""
    import anyio
    from upath import UPath

    from assay.realism.compare import target_of
    from assay.realism.corpus import read_sessions, require_redacted
    from assay.realism.decomposition import ask_arms, decompose, ordinary_arms
    from assay.realism.discriminator import Discriminator
    from assay.runs.preflight import check_model

    others = {"deployment": deployment, "recreated": recreated, "petri": petri}
    given = {arm: location for arm, location in others.items() if location}
    for location in (evaluation, *given.values()):
        require_redacted(location, unredacted=unredacted)
    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        arms = ordinary_arms(read_sessions(evaluation))
        arms |= {arm: read_sessions(location) for arm, location in given.items()}
        name = target_of(UPath(evaluation)) if discriminator == "target" else discriminator
        asked = Discriminator(check_model(name), cut=cut)
        found = decompose(arms, anyio.run(ask_arms, asked, arms))
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
        return
    from assay.console_realism import print_decomposition

    print_decomposition(found, name)
