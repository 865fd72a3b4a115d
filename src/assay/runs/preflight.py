"""What can be known before anything is paid for: the sandbox works, the models can be reached."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assay.checkpoints import Checkpoint
from assay.errors import SandboxUnavailable, UserError, unknown
from assay.providers import vllm
from assay.providers.checkpoint import PREFIX, is_checkpoint
from assay.providers.control import ControlPlan, is_control
from assay.providers.control_judge import JudgePlan
from assay.providers.control_user import UserPlan
from assay.scenarios.controls import load_controls
from assay.scenarios.scenario import Scenario

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


def check_target(name: str, scenarios: Sequence[Scenario]) -> "Model":
    """The model that a target's name stands for.

    Raises:
        UserError: An unknown provider, control kind or level, a kind of control that a scenario
            does not ship, or a key that is missing.
    """
    if is_control(name):
        plan = ControlPlan.parse(name, scenarios)
        if plan.kind == "replay":
            raise UserError("control/replay serves `assay scenarios check`; name a kind instead.")
        for scenario in scenarios:
            if plan.kind not in {control.conduct for control in load_controls(scenario)}:
                raise UserError(f"Scenario {scenario.id!r} ships no control of kind {plan.kind!r}.")
    return check_model(name)


def weights(target: str) -> dict[str, str]:
    """Of a checkpoint, what its weights hash to: a run does not go on with others.

    Behind vLLM also how it is asked: on its base or merged, which differ by rounding.
    """
    if is_checkpoint(target):
        return {"target_sha": Checkpoint.open(target.removeprefix(PREFIX)).sha256}
    if vllm.is_vllm(target) and (checkpoint := vllm.checkpoint_of(target)):
        return {"target_sha": checkpoint.sha256, "target_served": vllm.served(checkpoint).name}
    return {}


def check_judge(name: str) -> "Model":
    """The model that a judge's name stands for.

    Raises:
        UserError: An unknown provider, a key that is missing, or a control that is no judge.
    """
    if is_control(name):
        if name.removeprefix("control/").partition("?")[0] != "judge":
            raise UserError(f"{name!r} cannot judge; the scripted judge is control/judge.")
        JudgePlan.parse(name.removeprefix("control/"))
    return check_model(name)


def check_auditor(name: str) -> "Model":
    """The model that an auditor's name stands for.

    Raises:
        UserError: An unknown provider, a key that is missing, or a control that is no auditor.
    """
    if is_control(name):
        if name.removeprefix("control/").partition("?")[0] != "user":
            raise UserError(f"{name!r} cannot audit; the scripted auditor is control/user.")
        UserPlan.parse(name)
    return check_model(name)


def check_model(name: str) -> "Model":
    """The model that a name stands for.

    Raises:
        UserError: It is no model's name, the provider is unknown, a key is missing, or vLLM is.
    """
    from inspect_ai.model import GenerateConfig, get_model
    from rich.text import Text

    if "/" not in name:
        raise UserError(
            f"Cannot read model {name!r}; write PROVIDER/MODEL, for instance "
            "openai-api/mylab/some-model, anthropic/..., or control/honest."
        )
    options: dict[str, Any] = {}
    if vllm.is_vllm(name):
        checkpoint = vllm.checkpoint_of(name)
        wanted = vllm.served(checkpoint) if checkpoint else None
        vllm.check(name, wanted)
        if wanted:
            config = GenerateConfig(max_connections=wanted.connections)
            name, options = wanted.name, {"config": config, **wanted.arguments}
    try:
        return get_model(name, **options)
    except Exception as error:
        # Inspect's PrerequisiteError has no public home; it is known by its markup.
        if not (isinstance(error, ValueError | ImportError) or hasattr(error, "message")):
            raise
        text = Text.from_markup(str(getattr(error, "message", error))).plain
        lines = text.removeprefix("ERROR:").splitlines()
        reason = " ".join(line.strip() for line in lines if line.strip())
        raise UserError(f"Cannot use model {name!r}: {reason}") from error
