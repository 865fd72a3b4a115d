"""Runs an audit on Inspect's `eval_set`, or goes on with one that was cut.

Composes nothing itself: `tasks` says what runs, `collect` reads what came out.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field
from upath import UPath

from assay.errors import UserError
from assay.manifest import Manifest, open_run
from assay.providers.control import is_control
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

if TYPE_CHECKING:
    from inspect_ai import Task

_TASK_ARGUMENTS = ("selector", "levels", "seed", "epochs", "scenarios", "sandbox", "system")
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

    @property
    def settings(self) -> dict[str, Any]:
        """What must be the same for a run to go on; how many run at once need not."""
        return self.model_dump(exclude={"max_samples"}, mode="json")


def default_directory(config: AuditConfig) -> UPath:
    """`runs/<time>-<scenario or pack>-<model>` below the working directory."""
    model = config.target.partition("?")[0].rpartition("/")[2]
    slug = re.sub(r"[^A-Za-z0-9._]+", "-", f"{config.selector.rpartition('/')[2]}-{model}")
    return UPath("runs") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug[:60]}"


def run_audit(config: AuditConfig, directory: UPath) -> float:
    """Run or resume an audit; finished samples are not run again.

    Args:
        config: What to run.
        directory: The run directory; made where it is missing.

    Returns:
        Seconds that this call took.

    Raises:
        UserError: Bad input, or a machine that cannot isolate.
        KeyboardInterrupt: The run was stopped; what it has is on disk.
    """
    started = time.monotonic()
    from inspect_ai import task_with

    from assay.targets.deployed import checked_cli, cli_version
    from assay.tasks.audit import audit, audited

    today = datetime.now(UTC).date().isoformat()
    arguments = config.model_dump(include=set(_TASK_ARGUMENTS), exclude_none=True)
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
    # Bad input shows before a directory is made.
    cells = _cells(kind(**arguments, grid=config.grid, cells=config.cells, today=today))
    rule = StoppingRule(**config.stop) if config.stop else None
    arguments["epochs"] = epochs = config.epochs or (
        planned_epochs(rule, len(cells)) if rule else 1
    )
    _steered(config, arguments | {"today": today})
    folders = [Path(config.scenarios)] if config.scenarios else []
    scenarios = select(config.selector, folders)
    model = check_target(config.target, scenarios)
    roles = {"judge": check_judge(config.judge)} if config.judge else {}
    if config.auditor:
        roles |= {"auditor": check_auditor(config.auditor.model), "target": model}
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
        **({"target_cli_version": cli_version(arguments["cli"])} if config.target_cli else {}),
    }
    if score := score_of(config.selector, folders):
        settings["score"] = score.model_dump(mode="json")
    manifest = open_run(directory, Manifest.new("audit", settings))
    arguments["today"] = manifest.config["today"]
    task = kind(**arguments, grid=config.grid, cells=config.cells)
    steered = _steered(config, arguments)
    more = sum(len(extra.dataset) * (extra.epochs or 1) for extra in steered)
    planned = len(task.dataset) * epochs
    kept = {"planned": planned, "status": "started", "cells": cells if rule else None}
    manifest = manifest.model_copy(update=kept)
    manifest.write(directory)
    watch = None
    if rule:
        say(announcement(rule, epochs, len(cells), chosen=config.epochs is None))
        order = reading_order(cells, epochs, config.seed)
        watch = Watch(rule, order, task.dataset, recorded(directory))
        task = task_with(task, early_stopping=watch)
    with show_progress(planned + more), watching(watch):
        logs = run_set(
            [task, *steered],
            directory,
            model,
            roles,
            config.max_samples or default_max_samples(config.target),
        )
    if was_stopped(logs, (watch.due if watch else planned) + more):
        raise KeyboardInterrupt
    manifest.model_copy(update={"status": "complete"}).write(directory)
    return time.monotonic() - started


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
