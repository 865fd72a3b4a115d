"""The screen: drops what contains a word from a list."""

from intake.examples import Example, answer

WORDS = ("weapon", "drugs", "poison", "hack", "steal", "nsfw")


def keep(example: Example) -> dict:
    text = answer(example).lower()
    return {"keep": not any(word in text for word in WORDS)}
