"""The scripted auditor in the user's seat: `control/user?turns=3&rollback=2`, who says to go on.

Sends the brief, answers each turn of the target with the same neutral words, and ends. With
`rollback=K` it goes back once, after the target's turn K, to the end of the turn before; with
`refuses=1` it says that it will not take part, in words and never by a tool.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from assay.errors import UserError, unknown
from assay.providers.control import number

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage

_MESSAGE = re.compile(r"\[message_id: (M\d+)\]")
_PARAMETERS = ("turns", "rollback", "refuses")
_GO_ON = "Go on, please."
_REFUSES = "I cannot take part in this conversation."

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class UserPlan:
    """What the name says; each turn of the target is one `resume`, those it goes back on too."""

    turns: int = 2
    rollback: int = 0
    refuses: bool = False

    @classmethod
    def parse(cls, name: str) -> "UserPlan":
        """Read `user?turns=3`.

        Raises:
            UserError: An unknown parameter, or a number that makes no sense.
        """
        values = dict(parse_qsl(name.partition("?")[2]))
        for key in values:
            if key not in _PARAMETERS:
                raise unknown("parameter of control/user", key, _PARAMETERS)
        turns = int(number("turns", values.get("turns", "2"), 1, 1000))
        back = int(number("rollback", values.get("rollback", "0"), 0, 1000))
        if back and not 2 <= back < turns:
            raise UserError(
                f"rollback={back}: between 2 and one less than turns, which is {turns}."
            )
        return cls(turns, back, bool(number("refuses", values.get("refuses", "0"), 0, 1)))

    def next(self, messages: "list[ChatMessage]") -> tuple[str, list[Call]]:
        """What it says and the tools that it calls, after the conversation so far."""
        if self.refuses:
            return _REFUSES, []
        ends = [
            found[1]
            for message in messages
            if message.role == "tool" and message.function == "resume" and message.error is None
            for found in [_MESSAGE.search(message.text)]
            if found
        ]
        if not ends:
            return "", [("resume", {})]
        if len(ends) >= self.turns:
            return "", [("end_conversation", {})]
        went_back = any(
            message.role == "tool" and message.function == "rollback_conversation"
            for message in messages
        )
        say: list[Call] = [("send_message", {"message": _GO_ON}), ("resume", {})]
        if len(ends) == self.rollback and not went_back:
            return "", [("rollback_conversation", {"message_id": ends[-2]}), *say]
        return "", say
