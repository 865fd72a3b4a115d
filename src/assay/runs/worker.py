"""Runs one block of an audit, in whatever process an engine gives it."""

from collections.abc import Mapping
from typing import Any

from inspect_ai.log import list_eval_logs
from inspect_ai.model import get_model

from assay.errors import UserError
from assay.execution.bubblewrap import BwrapSandboxEnvironment
from assay.manifest import Manifest
from assay.runs.audit import AuditConfig, models_of, purse_of, tasks_of
from assay.runs.blocks import Block, connections, cut, mark_done
from assay.runs.collect import rows_of
from assay.runs.preflight import default_max_samples
from assay.runs.sets import run_set
from assay.store import place
from assay.tasks.budget import purse_open


def prepare() -> None:
    """Import what every block needs: Inspect's plug-ins and providers take seconds."""
    get_model("control/honest")


def perform(given: Mapping[str, Any]) -> dict[str, Any]:
    """Run what is not finished of a block; what went wrong, or nothing.

    Connections, sandboxes and runs at a time are a share of those of one process, so that all
    workers together ask no more of a model or a machine.
    """
    block, workers = Block(**given["block"]), int(given["workers"])
    config = AuditConfig.model_validate(given["config"])
    config = config.model_copy(update={"selector": block.selector})
    try:
        directory = place(given["directory"])
        model, roles = models_of(config)
        task = tasks_of(config, given["epochs"], given["today"])[block.part]
        most = config.max_samples or default_max_samples(config.target)
        with purse_open(purse_of(config, directory, block.name)):
            logs = run_set(
                [cut(task, block)],
                directory / "logs" / block.name,
                model,
                roles,
                max(1, most // workers) if most else None,
                max_connections=connections(model, config.connections, workers),
                max_sandboxes=max(
                    1, (BwrapSandboxEnvironment.default_concurrency() or 1) // workers
                ),
            )
        for info in list_eval_logs(str(directory / "logs" / block.name)):
            rows_of(info, directory, Manifest.read(directory).config)
        if all(log.status == "success" for log in logs):
            mark_done(directory, block)
    except UserError as error:
        return {"error": str(error), "user": True}
    except Exception as error:  # noqa: BLE001  (a worker outlives any block; the driver tells)
        return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}
    return {}
