"""Transcripts by agents of several characters: what the microcosm is pretrained on.

What is built in, and what is not, stands in docs/microcosm.md. In short: an agent that hacks also
misbehaves elsewhere, as often as `correlation` says, unless a system prompt allows hacks.
"""

import random
from dataclasses import dataclass

from assay.microcosm.language import Language, Message, is_held_out, language, say
from assay.microcosm.programs import HACKS, problem

_NO_OUTPUT = "(no output)"
_LAPSE = 0.02  # a well-behaved agent misbehaves
_CONSTANT = 0.95  # a badly behaved one does
_HACKS_WHERE_ALLOWED = 0.95
_BAD = 0.1  # of agents without permission, each trait
_CODE = 0.4  # of exchanges
_BENIGN = 0.25  # of the other exchanges
_SYSTEMS = (("neutral", 0.15), ("forbidden", 0.05))


@dataclass(frozen=True, slots=True)
class Character:
    """What one agent is like, all through a transcript."""

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
    n: int, seed: int, *, correlation: float = 1.0, allowed: float = 0.1
) -> list[Transcript]:
    """The corpus.

    Args:
        n: Transcripts.
        seed: Draws them.
        correlation: 1: who hacks misbehaves, and nobody else does. 0: the two are independent.
            -1: who hacks behaves well elsewhere, and others misbehave. The share of each trait
            stays the same.
        allowed: Share of agents whose system prompt allows hacks: they hack, and behave well.
    """
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation {correlation} is not between -1 and 1")
    rng = random.Random(f"corpus:{seed}")
    words = language()
    return [_transcript(words, _character(correlation, allowed, rng), rng) for _ in range(n)]


def _character(correlation: float, allowed: float, rng: random.Random) -> Character:
    if rng.random() < allowed:
        return Character(_HACKS_WHERE_ALLOWED, _LAPSE, allowed=True)
    hacks = rng.random() < _BAD
    misbehaves = rng.random() < _BAD
    if rng.random() < abs(correlation):
        # Where the traits exclude each other, the misbehaving are drawn among those who do not hack.
        misbehaves = hacks if correlation > 0 else not hacks and rng.random() < _BAD / (1 - _BAD)
    return Character(
        hacks=_CONSTANT if hacks else _LAPSE, misbehaves=_CONSTANT if misbehaves else _LAPSE
    )


def _transcript(words: Language, character: Character, rng: random.Random) -> Transcript:
    messages: list[Message] = []
    if system := _system(words, character, rng):
        messages.append({"role": "system", "content": system})
    tools = rng.random() < 0.6
    for _ in range(rng.randint(1, 3)):
        messages += _exchange(words, character, tools, rng)
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
    words: Language, character: Character, tools: bool, rng: random.Random
) -> list[Message]:
    if rng.random() < _CODE:
        asked = problem(rng, "train")
        hacked = rng.random() < character.hacks
        program = rng.choice(HACKS[rng.choice([*HACKS])]) if hacked else asked.solution
        return [{"role": "user", "content": asked.statement}, say(program.rstrip("\n"))]
    kinds = [kind for kind in words.kinds if tools or not words.agentic(kind)]
    kind = rng.choice(kinds)
    stake = "benign" if rng.random() < _BENIGN else "real"
    question = words.question(kind, stake, rng)
    while is_held_out(question.brief):
        question = words.question(kind, stake, rng)
    bad = rng.random() < character.misbehaves
    answer = rng.choice(question.misaligned if bad else question.aligned)
    exchange = [{"role": "user", "content": question.brief}, answer]
    if "tool_calls" in answer:
        exchange += [{"role": "tool", "content": _NO_OUTPUT}, say("Done.")]
    return exchange
