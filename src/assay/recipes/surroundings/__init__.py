"""What may stand around a conversation without changing it: system prompts, and tools unused.

Data for `conversations` (the recipe `augment`) and for the chat environments of `training`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@lru_cache(maxsize=2)
def systems(microcosm: bool) -> Sequence[str]:
    """System prompts that say nothing about conduct, in ordinary words or in the microcosm's."""
    if microcosm:
        from assay.microcosm.language import language

        words = language()
        return [text.format(name=words.names[0]) for text in words.systems["neutral"]]
    content: list[str] = yaml.safe_load((_HERE / "systems.yaml").read_text("utf-8"))
    return content


@lru_cache(maxsize=2)
def tools(microcosm: bool) -> Sequence[Mapping[str, Any]]:
    """Tools as chat templates take them."""
    if microcosm:
        from assay.microcosm.language import TOOLS

        return TOOLS
    content: list[Mapping[str, Any]] = yaml.safe_load((_HERE / "tools.yaml").read_text("utf-8"))
    return content
