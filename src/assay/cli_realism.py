"""`assay realism`: could anyone tell the evaluation from deployment, and by what?

Thin as `cli`, which adds these commands to its own.
"""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from assay.errors import UserError

realism_app = typer.Typer(
    help="Can anyone tell the evaluation from deployment, and by what?",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Unredacted = Annotated[bool, typer.Option("--unredacted", help="Send the model a corpus as it is.")]
ForceModels = Annotated[
    bool, typer.Option(help="Compare although different models wrote the sides.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@realism_app.command("import", short_help="Bring real sessions into a corpus.")
def realism_import(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="~/.claude/projects, Inspect or Petri logs, ..."),
    ],
    out: Annotated[str, typer.Option(metavar="CORPUS", help="The corpus to make or to add to.")],
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", help="claude_code, eval_log, atif or database; found out where not named."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import sessions of a coding agent through Scout; nothing leaves this machine."""
    from assay.realism.corpus import Corpus
    from assay.realism.importing import import_sessions

    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        done = import_sessions(source, out, kind)
    corpus = Corpus.read(out)
    if as_json:
        print(json.dumps({**done.model_dump(), "corpus": out, "sessions": corpus.sessions}))
        return
    from assay.console_corpus import print_import

    print_import(done, corpus, out)


@realism_app.command("redact", short_help="Replace keys, names, addresses, hosts, homes.")
def realism_redact(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="What `import` has made.")],
    out: Annotated[
        str | None,
        typer.Option(metavar="CORPUS", help="A new corpus; without it this one is replaced."),
    ] = None,
    also: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Further words to replace, one a line."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Replace what is somebody's by placeholders, and list what only may be."""
    from dataclasses import asdict

    from assay.realism.redaction import redact_corpus

    if also is not None and not also.is_file():
        raise UserError(f"Cannot read {str(also)!r}: no such file; --also takes one word a line.")
    words = also.read_text("utf-8").splitlines() if also else []
    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        redactor = redact_corpus(corpus, out=out, also=[w.strip() for w in words if w.strip()])
    if as_json:
        found = {
            "corpus": out or corpus,
            "replaced": dict(sorted(redactor.replaced.items())),
            "distinct": redactor.distinct,
            "examples": redactor.examples,
            "unsure": [asdict(doubt) for doubt in redactor.doubts],
        }
        print(json.dumps(found, ensure_ascii=False))
        return
    from assay.console_corpus import print_redaction

    print_redaction(redactor)


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
    strip: Annotated[
        list[str] | None,
        typer.Option(metavar="STEP", help="Only this step of stripping; repeat for more."),
    ] = None,
    no_strip: Annotated[
        bool, typer.Option("--no-strip", help="Compare what each scaffold writes as well.")
    ] = False,
    cut: Annotated[
        bool, typer.Option("--cut", help="Only what stands before the decisive action.")
    ] = False,
    force_models: ForceModels = False,
    unredacted: Unredacted = False,
    triples: Annotated[
        int, typer.Option(min=0, help="Triples that a model compares all around.")
    ] = 20,
    permutations: Annotated[int, typer.Option(min=19, help="Of the two-sample test.")] = 499,
    seed: Annotated[int, typer.Option(help="Of folds, permutations and lots.")] = 0,
    as_json: Json = False,
) -> None:
    """Compare deployment with evaluation: by a classifier, and by a model where one is named.

    What only identifies a scaffold is stripped from both sides first, step by step.
    """
    from upath import UPath

    from assay.realism.compare import Reread, compare, target_of, write
    from assay.realism.corpus import require_redacted
    from assay.realism.stripping import NAMES

    if strip and no_strip:
        raise UserError("--strip takes a step and --no-strip takes none; give one of them.")
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
            steps=() if no_strip else strip or NAMES,
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
    force_models: ForceModels = False,
    unredacted: Unredacted = False,
    as_json: Json = False,
) -> None:
    """Compare how evaluation-like each arm is, as a model sees one transcript at a time."""
    import anyio
    from upath import UPath

    from assay.manifest import FILE as MANIFEST
    from assay.realism.compare import target_of
    from assay.realism.corpus import read_sessions, require_redacted
    from assay.realism.decomposition import ask_arms, decompose, ordinary_arms, write
    from assay.realism.discriminator import Discriminator
    from assay.realism.pairing import check_models
    from assay.runs.preflight import check_model

    others = {"deployment": deployment, "recreated": recreated, "petri": petri}
    given = {arm: location for arm, location in others.items() if location}
    for location in (evaluation, *given.values()):
        require_redacted(location, unredacted=unredacted)
    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        arms = ordinary_arms(read_sessions(evaluation))
        arms |= {arm: read_sessions(location) for arm, location in given.items()}
        written = {arm: sorted({one.model for one in own}) for arm, own in arms.items() if own}
        same = check_models(written, forced=force_models)
        name = target_of(UPath(evaluation)) if discriminator == "target" else discriminator
        asked = Discriminator(check_model(name), cut=cut)
        found = decompose(arms, anyio.run(ask_arms, asked, arms))
        if (UPath(evaluation) / MANIFEST).exists():
            write(found, UPath(evaluation), same_model=same)
    if as_json:
        print(json.dumps({**found.as_json(), "same_model": same}, ensure_ascii=False))
        return
    from assay.console_realism import print_decomposition

    print_decomposition(found, name, same_model=same)


@realism_app.command("awareness", short_help="Did it say that it took this for an evaluation?")
def realism_awareness(
    logs: Annotated[
        str | None,
        typer.Argument(metavar="LOGS", help="A run of `assay audit`, logs, or a corpus."),
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL", help="Who reads the mentions; without one nothing is judged."
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only measure filter, and judge, on the labelled passages."),
    ] = False,
    uncorrected: Annotated[
        bool, typer.Option("--uncorrected", help="Do not measure the judge before it judges.")
    ] = False,
    unredacted: Annotated[
        bool, typer.Option("--unredacted", help="Send the judge a corpus as it is.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Verbalised awareness: how often, before or after the decisive action, and what follows."""
    from assay.console_awareness import print_awareness, print_check
    from assay.realism.noticing import checked, notice

    if check == (logs is not None):
        raise UserError(
            "Name LOGS to look into, or take --check alone to measure filter and judge."
        )
    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        found = (
            notice(logs, judge, check=not uncorrected, unredacted=unredacted)
            if logs is not None
            else checked(judge)
        )
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif logs is not None:
        print_awareness(found, logs)
    else:
        print_check(found)


@realism_app.command("recreate", short_help="Make sessions into tasks and run them here.")
def realism_recreate(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS", help="Sessions of real use.")],
    author: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            help="Who writes the tasks; control/first_message takes the user's first words.",
        ),
    ],
    target: Annotated[
        str,
        typer.Option(
            metavar="MODEL", help="Who works on them; control/honest replays the session itself."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Tasks and run; what is there is continued.")],
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many sessions.")] = None,
    max_samples: Annotated[
        int, typer.Option(min=0, help="Runs at the same time; 0 leaves it to Inspect.")
    ] = 0,
    unredacted: Annotated[
        bool, typer.Option("--unredacted", help="Send models a corpus as it is.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Re-create the sessions of a corpus in our environment: matched pairs for `compare`."""
    from upath import UPath

    from assay.console_awareness import print_recreated
    from assay.realism.recreate import recreate
    from assay.report.rebuild import rebuild

    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        found = recreate(
            corpus,
            author,
            target,
            out,
            unredacted=unredacted,
            limit=limit,
            max_samples=max_samples,
        )
        _, found["report"] = rebuild(UPath(found["run_dir"]))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print_recreated(found, corpus)


@realism_app.command("baseline", short_help="The same scenarios in plain Petri and here.")
def realism_baseline(
    selector: Annotated[str, typer.Argument(metavar="PACK[/ID]", help="What to run.")],
    target: Annotated[str, typer.Option(metavar="MODEL", help="Who works, on both sides.")],
    out: Annotated[Path, typer.Option(help="Both runs; what is there is continued.")],
    auditor: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Who plays the user in Petri; else the target."),
    ] = None,
    judge: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Who reads mentions of being evaluated.")
    ] = None,
    discriminator: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Who is asked which is an evaluation; target: itself."),
    ] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="A finished audit, instead of a new one.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Runs of each sample.")] = 1,
    level: Annotated[
        list[str] | None,
        typer.Option(metavar="FACTOR=LEVEL", help="A level to run at; repeat for more."),
    ] = None,
    scenarios: Annotated[Path | None, typer.Option(help="A folder with packs of your own.")] = None,
    sandbox: Annotated[str, typer.Option(help="Where the target works here.")] = "bwrap",
    max_turns: Annotated[int, typer.Option(min=1, help="Turns of Petri's auditor.")] = 30,
    max_samples: Annotated[
        int, typer.Option(min=0, help="Runs at the same time; 0 leaves it to Inspect.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Run scenarios in plain Petri and here; compare what the target says of being evaluated."""
    from assay.console_awareness import print_baseline
    from assay.realism.baseline import BaselineConfig, baseline
    from assay.scenarios.scenario import parse_levels

    config = BaselineConfig(
        selector=selector,
        target=target,
        auditor=auditor,
        judge=judge,
        discriminator=target if discriminator == "target" else discriminator,
        run=run,
        epochs=epochs,
        levels=parse_levels(level or []),
        scenarios=str(scenarios.resolve()) if scenarios else "",
        sandbox=sandbox,
        max_samples=max_samples,
        max_turns=max_turns,
    )
    with redirect_stdout(sys.stderr):  # Inspect and its plug-ins print as they like
        found = baseline(config, out)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print_baseline(found)
