"""One form for every transcript that is compared, whatever wrote it.

`corpus` reads sessions from imports and logs, `stripping` and `redaction` return changed ones, and
all that compares (`features`, `discriminator`, `awareness`) reads nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as the model wrote it: name, and arguments in the order in which they stood."""

    tool: str
    arguments: Mapping[str, Any]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message.

    Attributes:
        role: Who speaks; a tool's result is a turn of its own.
        text: What is said, or what the tool returned.
        reasoning: What the model thought before, where the provider shows it.
        calls: Tool calls of this message, in order.
        tool: The tool whose result this is.
        call_id: Which call it answers.
        failed: The tool reported an error.
        at: Seconds since the session began; None where nobody wrote it down.
    """

    role: Role
    text: str
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    tool: str = ""
    call_id: str = ""
    failed: bool = False
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One transcript.

    Attributes:
        id: Unique in its corpus.
        pair: What it shares with its counterpart on the other side; comparisons cluster by it. Its
            own id where it has none.
        model: Who wrote the assistant's turns, without what providers add to a model's name.
        source: What it was read from: `claude_code`, `eval_log`, ...
        turns: In order.
        tools: Names of the tools that the model was given, where that is known.
        day: ISO date on which it began, where that is known.
        about: Anything else that belongs to it, as plain data: scenario, levels, outcome, run.
    """

    id: str
    pair: str
    model: str
    source: str
    turns: tuple[Turn, ...]
    tools: tuple[str, ...] = ()
    day: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
