"""Asks a model about one item and reads the reply: the parts between tags, a score, or all of it.

Runs on Inspect's model layer, which retries, limits connections, caches and batches. `making` calls
this for many items at once.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assay.recipes.items import Finished, Item
from assay.recipes.recipe import Recipe, Stage, fill
from assay.recipes.scans import scan

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, Model, ModelOutput

_TRIES = 2  # of a reply that is cut short or lacks its tags; who refuses is not asked again
_SCORE = re.compile(r"<score>\s*(\d+(?:\.\d+)?)\s*</score>", re.IGNORECASE)
_SHOWN = 120
REFERENCE = "Reference: {recipe}/{stage}/{item}"
"""The last line of every prompt: it keeps two items with equal parts apart in caches."""


async def ask(recipe: Recipe, stage: Stage, item: Item, model: "Model", seed: int) -> Finished:
    """Ask until the reply can be used, twice at most.

    Raises:
        Exception: Whatever the provider raises when its retries are at their end.
    """
    calls = 0
    tokens = [0, 0, 0]
    found = Finished(item.id, "failed")
    while calls < _TRIES:
        output = await _reply(recipe, stage, item, model, seed + calls)
        calls += 1
        if output.usage is not None:
            tokens[0] += output.usage.input_tokens
            tokens[1] += output.usage.output_tokens
            tokens[2] += output.usage.input_tokens_cache_read or 0
        found = read(stage, item, output)
        if found.status not in ("truncated", "malformed"):
            break
    return Finished(found.id, found.status, found.parts, found.reason, calls, *tokens)


def prompt(recipe: Recipe, stage: Stage, item: Item) -> "list[ChatMessage]":
    """The messages that a model is sent. A conversation is sent as it is, without a word more."""
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser

    if stage.say:
        *system, user = (item.parts[part] for part in stage.say)
        shown = [ChatMessageSystem(content=text) for text in system if text.strip()]
        return [*shown, ChatMessageUser(content=user)]
    text = fill(recipe.prompts[stage.name], {**recipe.document_texts, **item.parts})
    reference = REFERENCE.format(recipe=recipe.name, stage=stage.name, item=item.id)
    return [ChatMessageUser(content=f"{text.strip()}\n\n{reference}")]


async def _reply(
    recipe: Recipe, stage: Stage, item: Item, model: "Model", seed: int
) -> "ModelOutput":
    from inspect_ai.model import GenerateConfig

    config = GenerateConfig(temperature=stage.temperature, seed=seed % 2**31)
    return await model.generate(prompt(recipe, stage, item), config=config)


def read(stage: Stage, item: Item, output: "ModelOutput") -> Finished:
    """What a reply amounts to; a reply that cannot be used is never taken for less than it is."""
    text = output.completion.strip()
    if output.stop_reason == "content_filter":
        return Finished(item.id, "refused", reason="stopped by the provider's filter")
    if output.stop_reason in ("max_tokens", "model_length"):
        return Finished(item.id, "truncated", reason=f"cut after {len(text)} characters")
    if stage.say:
        # What a target says is its answer, a refusal too.
        return _given(item, text, [{stage.gives[0]: text}] if text else [])
    if stage.keep is not None:
        return _scored(stage, item, text)
    if stage.each:
        name = stage.gives[0]
        return _given(item, text, [{name: found} for found in _tagged(text, name)])
    parts = {name: (_tagged(text, name) or [""])[0] for name in stage.gives}
    return _given(item, text, [parts] if all(parts.values()) else [])


def _given(item: Item, text: str, parts: Sequence[dict[str, str]]) -> Finished:
    if parts:
        return Finished(item.id, "done", tuple(parts))
    if scan("refusal").pattern.match(text):
        return Finished(item.id, "refused", reason=_short(text))
    return Finished(item.id, "malformed", reason=_short(text) or "an empty reply")


def _scored(stage: Stage, item: Item, text: str) -> Finished:
    found = {float(score) for score in _SCORE.findall(text)}
    if len(found) != 1 or not 1 <= (score := found.pop()) <= 5:
        return _given(item, text, [])
    assert stage.keep is not None
    if score < stage.keep:
        return Finished(item.id, "dropped", reason=f"score {score:g}, wanted {stage.keep:g}")
    return Finished(item.id, "done", ({},))


def _tagged(text: str, name: str) -> list[str]:
    pattern = rf"<{re.escape(name)}>\s*(.*?)\s*</{re.escape(name)}>"
    return [found for found in re.findall(pattern, text, re.DOTALL) if found]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."
