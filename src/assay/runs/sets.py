"""Runs tasks on Inspect's `eval_set`, so that a run that was cut can be gone on with."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay.errors import UserError
from assay.store import writing

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.log import EvalLog
    from inspect_ai.model import Model

_CONNECTION_RETRIES = 7  # with the waits between them about five minutes


def run_set(
    tasks: "list[Task]",
    logs: UPath,
    model: "Model",
    roles: "Mapping[str, Model]",
    max_samples: int | None,
    *,
    max_connections: int | None = None,
    max_sandboxes: int | None = None,
) -> "list[EvalLog]":
    """Run what is not finished in a directory of logs; every log, also of what was finished.

    Args:
        tasks: What runs.
        logs: Their directory.
        model: The target.
        roles: The other models by role.
        max_samples: Runs at the same time; None for Inspect's own choice.
        max_connections: Requests at the same time; None likewise.
        max_sandboxes: Sandboxes at the same time; None likewise.

    Raises:
        UserError: It broke off, as when there is no room for a log; what had finished is kept.
    """
    from inspect_ai import eval_set

    asked: dict[str, Any] = {"max_connections": max_connections} if max_connections else {}
    with writing(logs):
        _, found = eval_set(
            tasks,
            log_dir=str(logs),
            model=model,
            model_roles=dict(roles) or None,
            display="none",
            log_level="error",
            log_realtime=False,
            log_dir_allow_dirty=True,
            score_display=False,
            fail_on_error=True,  # with the next: a sample's error fails the log, at its end ...
            continue_on_fail=True,  # ... so that the same command runs that sample again
            retry_on_error=1,
            retry_attempts=0,
            retry_immediate=False,
            max_samples=max_samples,
            max_retries=_CONNECTION_RETRIES,
            max_sandboxes=max_sandboxes,
            **asked,
        )
    for log in found:
        if log.error is not None:  # of the whole; that of a sample stands with the sample
            reason = log.error.traceback.strip().splitlines()[-1].rstrip(".")
            raise UserError(
                f"The run in {str(logs.parent)!r} broke off: {reason}. What had finished is kept, "
                "and the same command goes on."
            )
    return found


def was_stopped(logs: "list[EvalLog]", due: int) -> bool:
    """Whether somebody stopped the run: Inspect takes Ctrl-C for itself and returns what it has.

    Args:
        logs: Of the run.
        due: How many runs there are in all.
    """
    from inspect_ai.log import read_eval_log_sample_summaries

    runs = [run for log in logs for run in read_eval_log_sample_summaries(log.location)]
    cancelled = any("CancelledError" in (run.error or "") for run in runs)
    return cancelled or len(runs) < due
