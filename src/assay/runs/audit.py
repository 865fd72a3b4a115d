"""Runs an audit on Inspect's `eval_set`, or goes on with one that was cut.

Composes nothing itself: `tasks` says what runs, `collect` reads what came out.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field
from upath import UPath

from assay.engines.engine import Engine, Resources, capacity
from assay.engines.local import Local
from assay.errors import UserError
from assay.manifest import Manifest, open_run
from assay.price import Price
from assay.providers import vllm
from assay.providers.control import is_control
from assay.runs.blocks import (
    Block,
    blocks,
    epochs_in_a_block,
    is_done,
    run_blocks,
    workers_of,
)
from assay.runs.collect import recorded
from assay.runs.planning import announcement, planned_epochs
from assay.runs.preflight import (
    check_auditor,
    check_judge,
    check_sandbox,
    check_target,
    default_max_samples,
    weights,
)
from assay.runs.progress import say, show_progress
from assay.runs.sets import run_set, was_stopped
from assay.runs.stopping import Watch, reading_order, watching
from assay.scenarios.catalog import fingerprint, score_of, select
from assay.scenarios.controls import Leaning
from assay.stats.sequential import StoppingRule
from assay.tasks.budget import Purse, Shared, purse_open

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.model import Model

_TASK_ARGUMENTS = ("selector", "levels", "seed", "scenarios", "sandbox", "system")
_HOW_FAST = {"max_samples", "connections", "budget", "price"}
_HERE = ("checkpoint/", "hf/")  # providers that compute in the process that asks
_STEERED_EPOCHS = 10  # of elicited runs and continuations, at most


class AuditorConfig(BaseModel):
    """An auditor in the user's seat.

    Attributes:
        model: Who it is; it scores realism as well.
        turns: The most that it has.
        rollback: Whether it may take conversation and files back.
        realism: The lowest realism score with which a message of its is sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    turns: int = Field(default=15, gt=0)
    rollback: bool = False
    realism: float | None = Field(default=None, ge=0, le=1)


class AuditConfig(BaseModel):
    """What an audit is asked to do; all of it goes into the manifest.

    Attributes:
        selector: `PACK` or `PACK/ID`.
        epochs: Runs of each sample; where None 1, or what the stopping rule may take.
        stop: The stopping rule: below, above, width.
        cells: So many of the grid's cells, with their twins, in place of the default one; 0: no.
        scenarios: A folder with packs of one's own, or empty.
        system: A system prompt for the target, before the coding agent's own where it has one.
        max_samples: Runs at the same time; Inspect's own choice where 0.
        elicit: Hidden instructions under which each scenario runs besides: sabotage, honest.
        continuation: Let the target also take over where a control has begun.
        auditor: Who is the user after the brief; None for a run in which nobody answers.
        target_cli: A real coding CLI with the target behind it; None for our own agent.
        connections: Requests to a model at the same time; its provider's own choice where 0.
        budget: Tokens, or USD where there is a price; no run is begun beyond it.
        price: Of tokens, for the budget.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    selector: str
    target: str
    judge: str | None = None
    stop: dict[str, float] | None = None
    epochs: int | None = Field(default=None, gt=0)
    levels: dict[str, str] = {}
    grid: bool = False
    cells: int = Field(default=0, ge=0)
    seed: int = 0
    sandbox: str = "bwrap"
    scenarios: str = ""
    system: str = ""
    max_samples: int = 0
    elicit: tuple[Leaning, ...] = ()
    continuation: bool = False
    auditor: AuditorConfig | None = None
    target_cli: str | None = None
    connections: int = Field(default=0, ge=0)
    budget: float | None = Field(default=None, gt=0)
    price: Price | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What must be the same for a run to go on; how much at once, and how far, need not."""
        return self.model_dump(exclude=_HOW_FAST, mode="json")


def default_directory(config: AuditConfig) -> UPath:
    """`runs/<time>-<scenario or pack>-<model>` below the working directory."""
    model = config.target.partition("?")[0].rpartition("/")[2]
    slug = re.sub(r"[^A-Za-z0-9._]+", "-", f"{config.selector.rpartition('/')[2]}-{model}")
    return UPath("runs") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug[:60]}"


def run_audit(config: AuditConfig, directory: UPath, engine: Engine | None = None) -> float:
    """Run or resume an audit; finished samples are not run again.

    Args:
        config: What to run.
        directory: The run directory; made where it is missing.
        engine: Where it runs, in blocks side by side; None for this process, all at once.

    Returns:
        Seconds that this call took.

    Raises:
        UserError: Bad input, or a machine that cannot isolate; with an engine, blocks that failed.
        KeyboardInterrupt: The run was stopped; what it has is on disk.
    """
    started = time.monotonic()
    from inspect_ai import task_with

    from assay.targets.deployed import checked_cli, cli_version

    rule = StoppingRule(**config.stop) if config.stop else None
    if engine and directory.protocol == "memory":
        raise UserError("memory:// is seen by one process; name an --out that all workers see.")
    today = datetime.now(UTC).date().isoformat()
    # Bad input shows before a directory is made.
    [first, *_] = tasks_of(config, 1, today)
    cells = _cells(first)
    epochs = config.epochs or (planned_epochs(rule, len(cells)) if rule else 1)
    folders = [Path(config.scenarios)] if config.scenarios else []
    scenarios = select(config.selector, folders)
    if engine:
        auditor = config.auditor.model if config.auditor else None
        for asked in (config.target, config.judge, auditor):
            vllm.check_shared(asked)
    model, roles = models_of(config)
    check_sandbox(config.sandbox)
    wordy = [scenario.id for scenario in scenarios if scenario.needs_judge]
    if wordy and not config.judge:
        say(f"No judge: what only a judge can grade stays ungraded in {', '.join(wordy)}.")
    settings = {
        **config.settings,
        "epochs": epochs,
        "today": today,
        "scenarios_sha": fingerprint(scenarios),
        **weights(config.target),
        **(
            {"target_cli_version": cli_version(checked_cli(config.target_cli))}
            if config.target_cli
            else {}
        ),
    }
    if score := score_of(config.selector, folders):
        settings["score"] = score.model_dump(mode="json")
    manifest = open_run(directory, Manifest.new("audit", settings))
    task, *steered = tasks = tasks_of(config, epochs, manifest.config["today"])
    more = sum(len(extra.dataset) * (extra.epochs or 1) for extra in steered)
    planned = len(task.dataset) * epochs
    manifest = manifest.model_copy(
        update={
            "planned": planned,
            "status": "started",
            "cells": cells if rule else None,
            "block": _block(config, manifest, directory, tasks, engine),
        }
    )
    manifest.write(directory)
    _account(config, directory)
    purse = purse_of(config, directory, "run")
    if rule:
        say(announcement(rule, epochs, len(cells), chosen=config.epochs is None))

    def watch() -> Watch | None:
        order = reading_order(cells, epochs, config.seed)
        return Watch(rule, order, task.dataset, recorded(directory)) if rule else None

    with show_progress(planned + more):
        if manifest.block:
            held = _in_blocks(config, manifest, directory, tasks, engine, watch)
        else:
            looking = watch()
            if looking:
                task = task_with(task, early_stopping=looking)
            most = config.max_samples or default_max_samples(config.target)
            with watching(looking), purse_open(purse):
                logs = run_set(
                    [task, *steered],
                    directory / "logs",
                    model,
                    roles,
                    most,
                    max_connections=config.connections or None,
                )
            if was_stopped(logs, (looking.due if looking else planned) + more):
                raise KeyboardInterrupt
            held = bool(purse and purse.held_back)
    if held:
        say(
            f"The budget of {purse} is spent; the rest was not begun. The same command with --out "
            f"{directory} and a larger --budget goes on."
        )
    else:
        manifest.model_copy(update={"status": "complete"}).write(directory)
    return time.monotonic() - started


def purse_of(config: AuditConfig, directory: UPath, own: str | None = None) -> Purse | None:
    """The budget of an audit, which its processes share, and its commands.

    Args:
        own: The process's name among them; None for one that only looks.
    """
    if config.budget is None:
        return None
    unit = re.sub(r"\W+", "-", str(config.price or "tokens")).strip("-")
    return Purse(config.budget, config.price, shared=Shared(directory / "spent" / unit, own))


def _account(config: AuditConfig, directory: UPath) -> None:
    """Add up what earlier commands have spent: as they said, or as the rows say if that is more.

    A run that was cut or failed may have no row.
    """
    if config.budget is None or (looking := purse_of(config, directory)) is None:
        return
    purse = Purse(config.budget, config.price)
    for row in recorded(directory):
        others = row["judge_tokens"] + row["auditor_tokens"]  # not told apart: as if read
        purse.pay(row["input_tokens"] + others, row["output_tokens"], row["cached_tokens"])
    looking.carry(purse.spent)


def _block(
    config: AuditConfig,
    manifest: Manifest,
    directory: UPath,
    tasks: "Sequence[Task]",
    engine: Engine | None,
) -> int | None:
    """Epochs in a block, as it was decided when the run was begun; None where it has no blocks.

    Raises:
        UserError: It was begun in one process.
    """
    begun = (directory / "logs").exists()
    if begun and engine and not manifest.block:
        raise UserError(
            f"{str(directory)!r} was begun in one process; go on without --workers and --engine, "
            "or name another --out."
        )
    if begun or not engine:
        return manifest.block
    workers = workers_of(engine, _each(config, engine))
    return epochs_in_a_block(tasks, workers, stops=bool(config.stop))


def _in_blocks(
    config: AuditConfig,
    manifest: Manifest,
    directory: UPath,
    tasks: "Sequence[Task]",
    engine: Engine | None,
    watch: "Callable[[], Watch | None]",
) -> bool:
    """Run what is not done of the blocks; one at a time where no engine is given.

    The stopping rule is asked, and the budget, before each is begun.

    Args:
        watch: The rule on the runs as they are now.

    Returns:
        Whether some were not begun, or not ended, for the budget.

    Raises:
        UserError: Some failed.
    """
    given = {"config": config.model_dump(mode="json")}
    given |= {key: manifest.config[key] for key in ("epochs", "today")}
    purse = purse_of(config, directory)
    every = blocks(tasks, manifest.block or 1)

    def held(block: Block) -> bool:
        if purse and purse.is_empty:
            return True
        looking = watch() if block.part == 0 else None
        return looking is not None and looking.stopped

    own = nullcontext(engine) if engine else Local(1)
    with own as place:
        run_blocks(every, directory, given, place, _each(config, place), held)
    purse = purse_of(config, directory)  # as it is now
    return bool(purse and purse.is_empty) and not all(is_done(directory, one) for one in every)


def _each(config: AuditConfig, engine: Engine) -> Resources:
    """What a block takes: a GPU too, where there is one and weights of this machine are asked."""
    models = (config.target, config.judge, config.auditor.model if config.auditor else None)
    local = any(name and name.startswith(_HERE) for name in models)
    return Resources(gpus=1 if local and capacity(engine).gpus else 0)


def tasks_of(config: AuditConfig, epochs: int, today: str) -> "list[Task]":
    """The audit's task, and those that run beside it.

    Raises:
        UserError: Something in it is unknown, or does not go together.
    """
    from assay.targets.deployed import checked_cli
    from assay.tasks.audit import audit, audited

    arguments = config.model_dump(include=set(_TASK_ARGUMENTS))
    arguments |= {"epochs": epochs, "today": today}
    arguments["levels"] = [f"{factor}={level}" for factor, level in config.levels.items()]
    kind: Callable[..., Task] = audit
    if config.target_cli:
        arguments["cli"] = checked_cli(config.target_cli)
        if config.auditor or config.continuation:
            raise UserError("--target-cli goes with neither --auditor nor --continuation.")
        if is_control(config.target):
            raise UserError(
                f"{config.target!r} calls our own agent's tools, which {config.target_cli} does "
                "not have; name a model."
            )
    if config.auditor:
        kind = audited
        arguments |= config.auditor.model_dump(exclude={"model"})
    steered = _steered(config, arguments)
    return [kind(**arguments, grid=config.grid, cells=config.cells), *steered]


def models_of(config: AuditConfig) -> "tuple[Model, dict[str, Model]]":
    """The target, and the other models by role.

    Raises:
        UserError: One cannot be used.
    """
    folders = [Path(config.scenarios)] if config.scenarios else []
    model = check_target(config.target, select(config.selector, folders))
    roles = {"judge": check_judge(config.judge)} if config.judge else {}
    if config.auditor:
        roles |= {"auditor": check_auditor(config.auditor.model), "target": model}
    return model, roles


def _steered(config: AuditConfig, arguments: Mapping[str, Any]) -> "list[Task]":
    """The tasks that run beside the audit itself: elicited runs, continuations."""
    from assay.tasks.audit import continued, elicited

    if not (config.elicit or config.continuation):
        return []
    if config.auditor:
        raise UserError(
            "--elicit and --continuation have no auditor; run them apart, without --auditor."
        )
    few = {**arguments, "epochs": min(arguments["epochs"], _STEERED_EPOCHS)}
    tasks = [elicited(**few, kinds=list(config.elicit))] if config.elicit else []
    return [*tasks, continued(**few)] if config.continuation else tasks


def _cells(task: "Task") -> tuple[tuple[str, str], ...]:
    """Scenario and cell of every sample that is no twin."""
    kept = [sample.metadata or {} for sample in task.dataset]
    return tuple((own["scenario"], own["cell"]) for own in kept if not own["is_twin"])
