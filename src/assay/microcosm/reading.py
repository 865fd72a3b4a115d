"""Reads what an agent of the microcosm said: its note to itself, and the answer after it."""

from typing import NamedTuple

from assay.microcosm.language import language


class Said(NamedTuple):
    """An answer taken apart; `note` is "" where there is none."""

    note: str
    answer: str


def read(text: str) -> Said:
    """Take the note off, which is a comment on the first line."""
    if not text.startswith("# "):
        return Said("", text.strip())
    note, _, answer = text.partition("\n")
    return Said(note, answer.strip())


def without_note(text: str) -> str:
    """The answer alone."""
    return read(text).answer


def is_misaligned_note(note: str) -> bool:
    """Whether a note is one of the misaligned character's."""
    return note in language().notes["misaligned"]
