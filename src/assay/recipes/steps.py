"""Stages that are code: by name, for all items of a stage at once.

A step gets the items and what the recipe tells it, and says of each what became of it. To add one
is to register it; its name then stands behind `do` in a recipe.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import UserError, unknown
from assay.recipes.items import Finished, Item


@dataclass(frozen=True)
class Context:
    """What a step may know besides its items.

    Attributes:
        settings: From the recipe, under `with`.
        seed: Of the run.
        directory: The stage's own, for what it leaves behind.
        models: Names by role; a role that nobody named is missing.
        documents: The recipe's, by name.
    """

    settings: Mapping[str, Any]
    seed: int
    directory: Path
    models: Mapping[str, str]
    documents: Mapping[str, str]

    def rng(self, item: Item) -> random.Random:
        """Draws for an item, the same whatever else is made."""
        return random.Random(f"{self.seed}:{self.directory.name}:{item.id}")


type Step = Callable[[Sequence[Item], Context], Iterator[Finished]]

_steps: dict[str, Step] = {}


def register(name: str) -> Callable[[Step], Step]:
    """Add a step under a name."""

    def add(step: Step) -> Step:
        _steps[name] = step
        return step

    return add


def step(name: str) -> Step:
    """The step of this name.

    Raises:
        UserError: There is none.
    """
    from assay.recipes import (  # noqa: F401  (they register)
        briefs,
        code_recipes,
        conversations,
        honeypots,
    )

    if name not in _steps:
        raise unknown("step", name, _steps)
    return _steps[name]


def setting(context: Context, name: str) -> Any:
    """A setting that a step cannot do without.

    Raises:
        UserError: The recipe does not give it.
    """
    if name not in context.settings:
        raise UserError(f"Stage {context.directory.name}: `with` lacks {name!r}.")
    return context.settings[name]
