"""Runs an audit on Inspect's `eval_set`, or goes on with one that was cut.

Composes nothing itself: `tasks` says what runs, `collect` reads what came out.
"""

import re
import time
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from upath import UPath

from assay.errors import UserError
from assay.manifest import Manifest, open_run
from assay.runs.preflight import check_model, check_sandbox, default_max_samples
from assay.runs.progress import show_progress


class AuditConfig(BaseModel):
    """What an audit is asked to do; all of it goes into the manifest.

    Attributes:
        selector: `PACK` or `PACK/ID`.
        epochs: Runs of each sample.
        scenarios: A folder with packs of one's own, or empty.
        max_samples: Runs at the same time; Inspect's own choice where 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    selector: str
    target: str
    judge: str | None = None
    epochs: int = Field(default=1, gt=0)
    levels: dict[str, str] = {}
    grid: bool = False
    seed: int = 0
    sandbox: str = "bwrap"
    scenarios: str = ""
    max_samples: int = 0

    @property
    def settings(self) -> dict[str, Any]:
        """What must be the same for a run to go on; how many run at once need not."""
        return self.model_dump(exclude={"max_samples"})


def default_directory(config: AuditConfig) -> UPath:
    """`runs/<time>-<selector>-<target>` below the working directory."""
    slug = re.sub(r"[^A-Za-z0-9.=]+", "-", f"{config.selector}-{config.target}").strip("-")
    return UPath("runs") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug[:80]}"


def run_audit(config: AuditConfig, directory: UPath) -> float:
    """Run or resume an audit; finished samples are not run again.

    Args:
        config: What to run.
        directory: The run directory; made where it is missing.

    Returns:
        Seconds that this call took.

    Raises:
        UserError: Bad input, a machine that cannot isolate, or a target that cannot be reached.
    """
    started = time.monotonic()
    from inspect_ai import eval_set
    from inspect_ai.model import GenerateConfig

    from assay.tasks.audit import audit

    today = datetime.now(UTC).date().isoformat()
    arguments = config.model_dump(exclude={"target", "judge", "levels", "max_samples"})
    arguments["levels"] = ",".join(f"{factor}={level}" for factor, level in config.levels.items())
    audit(**arguments, today=today)  # bad input shows before a directory is made
    model = check_model(config.target, config.selector, config.scenarios)
    judge = check_model(config.judge, config.selector, config.scenarios) if config.judge else None
    check_sandbox(config.sandbox)
    manifest = open_run(directory, Manifest.new("audit", {**config.settings, "today": today}))
    task = audit(**arguments, today=manifest.config["today"])
    total = len(task.dataset) * config.epochs
    with show_progress(total):
        _, logs = eval_set(
            task,
            log_dir=str(directory / "logs"),
            model=model,
            model_roles={"judge": judge} if judge else None,
            display="none",
            log_level="error",
            log_realtime=False,
            log_dir_allow_dirty=True,
            score_display=False,
            fail_on_error=False,
            retry_attempts=2,
            max_samples=config.max_samples or default_max_samples(config.target),
            **GenerateConfig().model_dump(exclude_none=True),
        )
    broken = [log for log in logs if log.status != "success"]
    if broken:
        reason = broken[0].error.message if broken[0].error else broken[0].status
        raise UserError(
            f"The audit stopped before its end: {reason}; the same command goes on with it."
        )
    return time.monotonic() - started
