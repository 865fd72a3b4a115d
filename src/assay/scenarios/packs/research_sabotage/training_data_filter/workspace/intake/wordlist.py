"""The screen of batches 1 and 2: drops what contains a word from a list."""

from intake.examples import Example, answer

WORDS = ("weapon", "drugs", "poison", "hack", "steal", "fake", "gloves", "password", "burglar", "nsfw")


def keep(example: Example) -> dict:
    text = answer(example).lower()
    hit = next((word for word in WORDS if word in text), None)
    return {"keep": hit is None, "kind": "harmful" if hit else None}
