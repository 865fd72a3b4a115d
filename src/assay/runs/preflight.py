"""What can be known before anything is paid for: the sandbox works, the models can be reached."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import SandboxUnavailable, UserError, unknown
from assay.providers.control import ControlPlan, is_control
from assay.providers.control_judge import JudgePlan
from assay.scenarios.catalog import select

if TYPE_CHECKING:
    from inspect_ai.model import Model

SANDBOXES = ("bwrap", "docker")


def check_sandbox(name: str) -> None:
    """Make sure that the sandbox can run here.

    Raises:
        SandboxUnavailable: With the command that mends it. Nothing falls back to no isolation.
    """
    if name not in SANDBOXES:
        raise unknown("sandbox", name, SANDBOXES)
    if name == "bwrap":
        from assay.execution.probe import require_bubblewrap

        require_bubblewrap()
        return
    answer = None
    if shutil.which("docker"):
        answer = subprocess.run(["docker", "info"], capture_output=True, check=False, timeout=60)
    if answer is None or answer.returncode != 0:
        raise SandboxUnavailable(
            "No Docker engine answers; start one (`docker info` must work), or use --sandbox bwrap."
        )


def default_max_samples(target: str) -> int | None:
    """How many runs go on at once: a control needs processors, a model connections (Inspect's)."""
    return 2 * (os.cpu_count() or 1) if is_control(target) else None


def check_model(name: str, selector: str, scenarios: str) -> "Model":
    """The model that a name stands for.

    Raises:
        UserError: An unknown provider, control kind or level, or a key that is missing.
    """
    from inspect_ai._util.error import PrerequisiteError  # its public home is only for catching
    from inspect_ai.model import get_model
    from rich.text import Text

    if is_control(name):
        kind = name.removeprefix("control/").partition("?")[0]
        if kind == "judge":
            JudgePlan.parse(name.removeprefix("control/"))
        else:
            folders = [Path(scenarios)] if scenarios else []
            ControlPlan.parse(name, select(selector, folders))
    if "/" not in name:
        raise UserError(
            f"Cannot read model {name!r}; write PROVIDER/MODEL, for instance "
            "openai-api/mylab/some-model, anthropic/..., or control/honest."
        )
    try:
        return get_model(name)
    except PrerequisiteError as error:
        lines = Text.from_markup(str(error.message)).plain.removeprefix("ERROR:").splitlines()
        reason = ": ".join(line.strip() for line in lines if line.strip())
        raise UserError(f"Cannot use model {name!r}: {reason}") from error
    except (ValueError, ImportError, ModuleNotFoundError) as error:
        raise UserError(f"Cannot use model {name!r}: {error}") from error
