"""The steps of the recipe `honeypot_briefs`: deal out families, and keep what they can use."""

from collections.abc import Iterator, Sequence

from assay.errors import unknown
from assay.recipes.items import Finished, Item
from assay.recipes.steps import Context, register, setting


@register("honeypot_family")
def honeypot_family(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """Gives each item a family of the `split` in turn, with its briefs as examples.

    Raises:
        UserError: A split that there is not.
    """
    from assay.scenarios.honeypots.families import families
    from assay.scenarios.honeypots.making import SPLITS

    split = setting(context, "split")
    if split not in SPLITS:
        raise unknown("split", str(split), SPLITS)
    chosen = families(split)
    for item in items:
        family = chosen[int(item.id.partition(".")[0]) % len(chosen)]
        example = context.rng(item).choice(family.wordings)
        given = {"family": family.name, "title": family.title, "example": example}
        examples = "\n\n".join(family.wordings)
        yield Finished(item.id, "done", ({**given, "examples": examples},))


@register("honeypot_brief")
def honeypot_brief(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """Drops a brief that its family cannot use, and one that was written before."""
    from assay.scenarios.honeypots.families import families

    known = {family.name: family for family in families()}
    seen: set[str] = set()
    for item in items:
        brief = item.parts["brief"].strip()
        family = known[item.parts["family"]]
        why = "it is there already" if brief in seen else family.objection(brief)
        seen.add(brief)
        if why:
            yield Finished(item.id, "dropped", reason=why)
        else:
            yield Finished(item.id, "done", ({},))
