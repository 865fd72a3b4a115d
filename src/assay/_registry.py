"""What Assay adds to Inspect's registry. Inspect loads this at every start, so it stays light."""

from typing import TYPE_CHECKING

from inspect_ai.model import modelapi

from assay.execution.bubblewrap import BwrapSandboxEnvironment
from assay.tasks.audit import (
    audit,
    audited,
    constitution,
    continued,
    control_check,
    elicited,
    natural_emergent_misalignment,
    research_sabotage,
)
from assay.tasks.petri import petri
from assay.tasks.public import public_prompts

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


@modelapi(name="embedded")
def embedded() -> "type[ModelAPI]":
    """The embedded author of recipes: templates."""
    from assay.recipes.embedded import author_provider

    return author_provider()


__all__ = [
    "BwrapSandboxEnvironment",
    "audit",
    "audited",
    "checkpoint",
    "constitution",
    "continued",
    "control",
    "control_check",
    "elicited",
    "embedded",
    "natural_emergent_misalignment",
    "petri",
    "public_prompts",
    "research_sabotage",
]
