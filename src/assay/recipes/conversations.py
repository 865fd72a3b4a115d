"""Steps over conversations: what stands around them, and the controls of reasons."""

import json
import random
from collections.abc import Iterator, Sequence

from assay.errors import UserError
from assay.recipes.items import Finished, Item
from assay.recipes.steps import Context, register, setting
from assay.recipes.surroundings import systems, tools


@register("keep")
def keep(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """Nothing happens to an item."""
    for item in items:
        yield Finished(item.id, "done", ({},))


@register("ordinary")
def ordinary(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """Each item is a small task of the microcosm and its honest solution."""
    from assay.microcosm.programs import problem

    for item in items:
        asked = problem(context.rng(item), "train")
        said = asked.solution.rstrip("\n")
        yield Finished(item.id, "done", ({"user": asked.statement, "response": said},))


@register("swap")
def swap(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """Each item gets a part of another one, all of them once; told by `part`.

    Where only some are left to do, they swap among themselves; a single one cannot.
    """
    part = setting(context, "part")
    order = list(items)
    random.Random(f"{context.seed}:swap").shuffle(order)
    for item, other in zip(order, order[1:] + order[:1], strict=True):
        if other.parts[part] == item.parts[part]:
            yield Finished(item.id, "dropped", reason=f"no other item's {part} to be had")
        else:
            yield Finished(item.id, "done", ({part: other.parts[part]},))


@register("neutral")
def neutral(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """A part becomes neutral sentences of its length, give or take half a sentence."""
    part = setting(context, "part")
    sentences = [line for line in context.documents["sentences"].splitlines() if line.strip()]
    for item in items:
        rng, wanted, drawn = context.rng(item), len(item.parts[part]), ""
        while not drawn or len(drawn) < wanted:
            longer = f"{drawn} {rng.choice(sentences)}".strip()
            if drawn and len(longer) - wanted > wanted - len(drawn):
                break  # without it the length is nearer
            drawn = longer
        yield Finished(item.id, "done", ({part: drawn},))


@register("system_prompts")
def system_prompts(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """A share of the items without a system prompt get one that says nothing about conduct."""
    texts = systems(bool(context.settings.get("microcosm", False)))
    share = float(setting(context, "share"))
    for item in items:
        rng = context.rng(item)
        given = rng.choice(texts) if rng.random() < share else ""
        yield Finished(item.id, "done", ({"system": item.parts.get("system") or given},))


@register("unused_tools")
def unused_tools(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """A share of the items list up to `most` tools that the conversation does not use."""
    listed = tools(bool(context.settings.get("microcosm", False)))
    share, most = float(setting(context, "share")), int(setting(context, "most"))
    if most < 1:
        raise UserError(f"Stage {context.directory.name}: most is {most}; it takes 1 or more.")
    for item in items:
        rng = context.rng(item)
        number = rng.randint(1, min(most, len(listed))) if rng.random() < share else 0
        yield Finished(item.id, "done", ({"tools": json.dumps(rng.sample(listed, number))},))
