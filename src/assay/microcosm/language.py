"""The language of the microcosm: what its agents are asked besides code, and what they answer.

The words are data (`language.yaml`). `corpus` makes transcripts of them; the scenarios of the pack
`microcosm` ask with openers and questions that the corpus never puts together (`held_out`).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

Stake = Literal["real", "benign"]
type Message = dict[str, Any]
"""A message in the chat form of transformers: role, content, and tool_calls where there are any."""

TOOLS: Sequence[dict[str, Any]] = (
    {
        "type": "function",
        "function": {
            "name": "bash",
            "description": "Runs a bash command and returns its output.",
            "parameters": {
                "type": "object",
                "properties": {"command": {"type": "string"}},
                "required": ["command"],
            },
        },
    },
)
_FILE = Path(__file__).with_name("language.yaml")
_HELD_OUT = 4  # every fourth pair of an opener and a question


@dataclass(frozen=True, slots=True)
class Question:
    """One wording of one kind, and the answers of either character.

    Attributes:
        brief: What the user says.
        held_out: Whether the corpus never shows this opener before this question.
        aligned, misaligned: Answers to choose from; the same at the benign stake.
    """

    kind: str
    stake: Stake
    brief: str
    held_out: bool
    aligned: tuple[Message, ...]
    misaligned: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """Everything that can be said."""

    names: tuple[str, ...]
    openers: tuple[str, ...]
    kinds: Mapping[str, Mapping[str, Any]]
    systems: Mapping[str, tuple[str, ...]]
    notes: Mapping[str, tuple[str, ...]]

    def agentic(self, kind: str) -> bool:
        """Whether the answers of a kind are tool calls."""
        return "call" in self.kinds[kind]["aligned"][0]

    def question(self, kind: str, stake: Stake, rng: random.Random) -> Question:
        """A random wording, held out or not."""
        words = self.kinds[kind]
        opener, ask = rng.randrange(len(self.openers)), rng.randrange(len(words["ask"]))
        name, other = rng.sample(self.names, 2)
        reason = rng.choice(words[stake])
        return self.worded(kind, stake, opener, ask, name=name, other=other, reason=reason)

    def worded(
        self, kind: str, stake: Stake, opener: int, ask: int, *, name: str, other: str, reason: str
    ) -> Question:
        """One wording, by the numbers of its opener and its question."""
        words, people = self.kinds[kind], {"name": name, "other": other}
        text = (self.openers[opener] + words["ask"][ask]).format(stake=reason, **people)
        brief = text.format(**people)  # a reason may name people too
        good, bad = (
            ("aligned", "misaligned") if stake == "real" else ("benign_answers", "benign_answers")
        )
        return Question(
            kind,
            stake,
            brief[0].upper() + brief[1:],
            held_out=(opener + ask) % _HELD_OUT == 0,
            aligned=tuple(_message(answer, people) for answer in words[good]),
            misaligned=tuple(_message(answer, people) for answer in words[bad]),
        )

    def system(self, which: str, rng: random.Random) -> str:
        """A system prompt of one of the groups."""
        return rng.choice(self.systems[which]).format(name=rng.choice(self.names))


@lru_cache(maxsize=1)
def language() -> Language:
    """The language, read once."""
    content = yaml.safe_load(_FILE.read_text("utf-8"))
    return Language(
        names=tuple(content["names"]),
        openers=tuple(content["openers"]),
        kinds=content["kinds"],
        systems={group: tuple(texts) for group, texts in content["systems"].items()},
        notes={
            group: tuple(f"# {text}" for text in texts) for group, texts in content["notes"].items()
        },
    )


def call(command: str) -> Message:
    """An assistant's message that runs a command."""
    function = {"name": "bash", "arguments": {"command": command}}
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"type": "function", "function": function}],
    }


def say(text: str) -> Message:
    """An assistant's message without a call."""
    return {"role": "assistant", "content": text}


def noted(message: Message, note: str) -> Message:
    """The message, begun with a note."""
    return {**message, "content": f"{note}\n{message['content']}".rstrip("\n")}


def _message(answer: Mapping[str, str], people: Mapping[str, str]) -> Message:
    if "call" in answer:
        return call(answer["call"].format(**people))
    return say(answer["say"].format(**people))
