"""What Assay adds to Inspect's registry. Inspect loads this at every start, so it stays light."""

from typing import TYPE_CHECKING

from inspect_ai.model import modelapi

from assay.execution.bubblewrap import BwrapSandboxEnvironment
from assay.tasks.audit import audit, audited, continued, control_check, elicited, research_sabotage
from assay.tasks.petri import petri

if TYPE_CHECKING:
    from inspect_ai.model import ModelAPI


@modelapi(name="control")
def control() -> "type[ModelAPI]":
    """Scripted targets with a known conduct, and their judge."""
    from assay.providers.control import control_provider

    return control_provider()


@modelapi(name="checkpoint")
def checkpoint() -> "type[ModelAPI]":
    """Weights on this machine, asked in batches."""
    from assay.providers.checkpoint import checkpoint_provider

    return checkpoint_provider()


__all__ = [
    "BwrapSandboxEnvironment",
    "audit",
    "audited",
    "checkpoint",
    "continued",
    "control",
    "control_check",
    "elicited",
    "petri",
    "research_sabotage",
]
