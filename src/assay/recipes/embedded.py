"""The embedded author: seeded templates in the microcosm's own language. It is no language model.

It answers a recipe's prompts from `embedded.yaml` in the recipe's folder, so that every recipe runs
offline, through the same stages, and what it makes can be trained on by the microcosm. As
`embedded/author` it is a model like any other; asked in a plain conversation it gives advice.
"""

import random
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from assay.errors import UserError
from assay.recipes.recipe import LIBRARY, SLOT

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, ModelAPI, ModelOutput

_REFERENCE = re.compile(r"^Reference: (\w+)/(\w+)/([\d.]+)$", re.MULTILINE)
_PART = re.compile(r"<(\w+)>\n(.*?)\n</\1>", re.DOTALL)
_WORDS, _TARGET = "words", LIBRARY / "target.yaml"
_DEPTH = 8  # of words within words


def reply(text: str, seed: int) -> str:
    """The embedded author's answer to a prompt, or to what a user says.

    Raises:
        UserError: The recipe has no templates for this stage.
    """
    found = _REFERENCE.search(text)
    if found is None:
        grammar, stage, key = _grammar(_TARGET), "reply", text
    else:
        recipe, stage, key = found[1], found[2], found[0]
        path = LIBRARY / recipe / "embedded.yaml"
        if not path.exists() or stage not in (grammar := _grammar(path)):
            raise UserError(
                f"The embedded author has no templates for stage {stage!r} of {recipe!r}: name a "
                "model with --author."
            )
    parts = {name: value.strip() for name, value in _PART.findall(text)}
    rng = random.Random(f"{seed}:{key}")
    # A word that comes twice in one reply is the same word both times.
    chosen: dict[str, str] = {}
    return _said(rng.choice(grammar[stage]), grammar, parts, chosen, rng, _DEPTH)


def _said(
    template: str,
    grammar: Mapping[str, Any],
    parts: Mapping[str, str],
    chosen: dict[str, str],
    rng: random.Random,
    depth: int,
) -> str:
    def word(match: re.Match[str]) -> str:
        name = match[1]
        if name in parts:
            return parts[name]
        if name not in chosen:
            options = grammar[_WORDS].get(name)
            if not options or not depth:
                raise UserError(f"The embedded author knows no word for {{{name}}}.")
            chosen[name] = _said(str(rng.choice(options)), grammar, parts, chosen, rng, depth - 1)
        return chosen[name]

    return SLOT.sub(word, template)


@cache
def _grammar(path: Path) -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return {_WORDS: {}, **content}


def author_provider() -> "type[ModelAPI]":
    """The provider's class; Inspect is imported only when it is used."""
    from inspect_ai.model import (
        ChatCompletionChoice,
        ChatMessageAssistant,
        GenerateConfig,
        ModelAPI,
        ModelOutput,
        ModelUsage,
    )
    from inspect_ai.tool import ToolChoice, ToolInfo

    class EmbeddedAPI(ModelAPI):
        """Answers from templates; counts four characters of text as one token."""

        async def generate(
            self,
            input: "list[ChatMessage]",
            tools: list[ToolInfo],
            tool_choice: ToolChoice,
            config: GenerateConfig,
        ) -> "ModelOutput":
            text = reply(input[-1].text, config.seed or 0)
            read, wrote = sum(len(message.text) for message in input) // 4, len(text) // 4
            message = ChatMessageAssistant(content=text, source="generate")
            return ModelOutput(
                model=self.model_name,
                choices=[ChatCompletionChoice(message=message, stop_reason="stop")],
                usage=ModelUsage(input_tokens=read, output_tokens=wrote, total_tokens=read + wrote),
            )

        def max_connections(self) -> int:
            return 100

    return EmbeddedAPI
