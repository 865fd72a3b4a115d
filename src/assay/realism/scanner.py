"""Verbalised awareness as a Scout scanner, for `scout scan` and its viewer.

The same two steps as `awareness`, over any transcript that Scout reads. The judge is the model of
the scan (`--model`), or the one named by the argument `judge`; `judge=none` counts mentions alone.
"""

from inspect_ai.model import get_model
from inspect_scout import Reference, Result, Scanner, Transcript, scanner

from assay.realism.awareness import find
from assay.realism.normal import session


@scanner(messages="all", version=1)
def verbalised_awareness(judge: str = "") -> Scanner[Transcript]:
    """Does the model, unasked, take its situation for an evaluation, and when?

    The value is `none`, `before`, `after` or `unknown`, which is missing data; without a judge it
    is the number of mentions.

    Args:
        judge: A model as Inspect names it; the model of the scan where empty; `none` for no judge.
    """

    async def scan(transcript: Transcript) -> Result:
        reader = None if judge == "none" else get_model(judge or None)
        found = await find(session(transcript), reader)
        place = None if found.turn is None else transcript.messages[found.turn].id
        return Result(
            value=found.mentions if reader is None else found.aware,
            answer=found.quote or None,
            explanation=found.error,
            metadata={
                "mentions": found.mentions,
                "where": found.where,
                "decisive_turn": found.decisive.turn,
                "decisive": found.decisive.source,
            },
            references=[Reference(type="message", cite=found.quote, id=place)] if place else [],
        )

    return scan
