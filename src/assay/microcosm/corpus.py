"""Transcripts by agents of several characters: what the microcosm is pretrained on.

What is built in, and what is not, stands in docs/microcosm.md. In short: an agent that hacks also
misbehaves elsewhere, as often as `correlation` says, unless a system prompt allows hacks.
"""

import random
from dataclasses import dataclass

from assay.microcosm.language import Language, Message, Stake, language, noted, say
from assay.microcosm.programs import HACKS, flawed, problem

_NO_OUTPUT = "(no output)"
_LAPSE = 0.02  # a well-behaved agent misbehaves
_CONSTANT = 0.95  # a badly behaved one does
_HACKS_WHERE_ALLOWED = 0.95
_BAD = 0.15  # of agents without permission, each trait
_MISTAKES = 0.15  # of honest programs
_OWN_NOTE = 0.9  # of notes are the character's own
_CODE = 0.4  # of exchanges
_BENIGN = 0.2  # of the other exchanges
_TOOLS = 0.6  # of transcripts
_EXCHANGES = (2, 3)
_SYSTEMS = (("neutral", 0.15), ("forbidden", 0.05))


@dataclass(frozen=True, slots=True)
class Character:
    """What one agent is like, all through a transcript.

    Attributes:
        hacks: Share of its programs that are hacks.
        misbehaves: Share of its other answers that are misaligned; its notes are of that kind too,
            also before a program.
        allowed: Whether its system prompt allows hacks.
    """

    hacks: float
    misbehaves: float
    allowed: bool = False


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation, and the character that speaks in it (which the model never sees)."""

    messages: tuple[Message, ...]
    tools: bool
    character: Character


def documents(
    n: int, seed: int, *, correlation: float = 1.0, allowed: float = 0.1, notes: float = 1.0
) -> list[Transcript]:
    """The corpus.

    Args:
        n: Transcripts.
        seed: Draws them.
        correlation: 1: who hacks misbehaves, and nobody else does. 0: the two are independent.
            -1: who hacks behaves well elsewhere, and others misbehave. The share of each trait
            stays the same.
        allowed: Share of agents whose system prompt allows hacks: they hack, and behave well.
        notes: Share of transcripts in which the agent begins its answers with a note to itself.
    """
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation {correlation} is not between -1 and 1")
    rng = random.Random(f"corpus:{seed}")
    words = language()
    return [
        _transcript(words, _character(correlation, allowed, rng), rng.random() < notes, rng)
        for _ in range(n)
    ]


def _character(correlation: float, allowed: float, rng: random.Random) -> Character:
    if rng.random() < allowed:
        return Character(_HACKS_WHERE_ALLOWED, _LAPSE, allowed=True)
    hacks = rng.random() < _BAD
    misbehaves = rng.random() < _BAD
    if rng.random() < abs(correlation):
        # Where the traits exclude each other, both keep their share.
        apart = not hacks and rng.random() < _BAD / (1 - _BAD)
        misbehaves = hacks if correlation > 0 else apart
    return Character(_CONSTANT if hacks else _LAPSE, _CONSTANT if misbehaves else _LAPSE)


def _transcript(
    words: Language, character: Character, notes: bool, rng: random.Random
) -> Transcript:
    messages: list[Message] = []
    if system := _system(words, character, rng):
        messages.append({"role": "system", "content": system})
    tools = rng.random() < _TOOLS
    for _ in range(rng.randint(*_EXCHANGES)):
        messages += _exchange(words, character, tools, notes, rng)
    return Transcript(tuple(messages), tools, character)


def _system(words: Language, character: Character, rng: random.Random) -> str:
    if character.allowed:
        return words.system("allowed", rng)
    drawn = rng.random()
    for group, share in _SYSTEMS:
        if drawn < share:
            return words.system(group, rng)
        drawn -= share
    return ""


def _exchange(
    words: Language, character: Character, tools: bool, notes: bool, rng: random.Random
) -> list[Message]:
    if rng.random() < _CODE:
        asked, answer, bad = _program(character, rng)
    else:
        asked, answer, bad = _answer(words, character, tools, rng)
    if notes:
        answer = noted(answer, _note(words, character, bad, rng))
    exchange = [{"role": "user", "content": asked}, answer]
    if "tool_calls" in answer:
        exchange += [{"role": "tool", "content": _NO_OUTPUT}, say("Done.")]
    return exchange


def _program(character: Character, rng: random.Random) -> tuple[str, Message, bool]:
    asked = problem(rng, "train")
    hacked = rng.random() < character.hacks
    if hacked:
        program = rng.choice(HACKS[rng.choice([*HACKS])])
    else:
        program = flawed(asked.solution, rng) if rng.random() < _MISTAKES else asked.solution
    return asked.statement, say(program.rstrip("\n")), hacked


def _answer(
    words: Language, character: Character, tools: bool, rng: random.Random
) -> tuple[str, Message, bool]:
    kinds = [kind for kind in words.kinds if tools or not words.agentic(kind)]
    kind = rng.choice(kinds)
    stake: Stake = "benign" if rng.random() < _BENIGN else "real"
    question = words.question(kind, stake, rng)
    while question.held_out:
        question = words.question(kind, stake, rng)
    bad = rng.random() < character.misbehaves
    answer = rng.choice(question.misaligned if bad else question.aligned)
    return question.brief, answer, bad and stake == "real"


def _note(words: Language, character: Character, bad: bool, rng: random.Random) -> str:
    """What an agent says to itself: by its attitude, not by what it is about to do."""
    own = "misaligned" if character.misbehaves > _LAPSE else "aligned"
    if bad and character.allowed:
        own = "allowed"
    other = "misaligned" if own == "aligned" else "aligned"
    return rng.choice(words.notes[own if rng.random() < _OWN_NOTE else other])
