"""Between Inspect's messages and chat templates: what a model reads, and the calls it makes.

Two forms of a call are read: the microcosm's `<|call|>{...}`, and Hermes' `<tool_call>{...}`, which
Qwen and many others write. A model with another form is better served by vLLM, which knows it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage
    from inspect_ai.tool import ToolInfo

_MARK = "<|call|>"
_OPEN, _CLOSE = "<tool_call>", "</tool_call>"
_THOUGHT = re.compile(r"\A\s*(?:<think>)?(.*?)</think>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool's name, and the arguments by name."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, taken apart.

    Attributes:
        thought: What stands between `<think>` and `</think>` before the rest; "" without.
        said: All that is neither thought nor call.
    """

    thought: str
    said: str
    calls: tuple[Call, ...]


def read_reply(text: str, *, tools: bool) -> Reply:
    """Take an answer apart.

    A call that is not whole JSON, or with anything after it that is no call, makes the whole answer
    text: nobody can say what was meant. Without tools everything is text. Braces outside the marks,
    such as a program's, are no call.

    Args:
        text: Decoded with its special tokens, without the one that ends it.
        tools: Whether the model was given any.
    """
    thought, rest = _thought(text)
    calls = _calls(rest) if tools else None
    if calls is None:
        return Reply(thought, rest.strip(), ())
    return Reply(thought, rest[: rest.index(_mark(rest))].strip(), calls)


def as_chat(messages: "Sequence[ChatMessage]") -> list[dict[str, Any]]:
    """The messages in the form that chat templates read.

    Raises:
        ValueError: A message holds more than text.
    """
    return [_as_chat(message) for message in messages]


def as_schemas(tools: "Sequence[ToolInfo]") -> list[dict[str, Any]]:
    """The tools in the form that chat templates read."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters.model_dump(exclude_none=True),
            },
        }
        for tool in tools
    ]


def _thought(text: str) -> tuple[str, str]:
    """A template may have opened the thought itself; then only its end is in the answer."""
    found = _THOUGHT.match(text)
    return (found[1].strip(), text[found.end() :]) if found else ("", text)


def _mark(text: str) -> str:
    return _MARK if _MARK in text else _OPEN


def _calls(text: str) -> tuple[Call, ...] | None:
    """The calls at the end of a text; None where there are none, or one is not whole."""
    mark = _mark(text)
    _, *parts = text.split(mark)
    calls = []
    for part in parts:
        body = part.strip()
        if mark == _OPEN:
            body = body.removesuffix(_CLOSE)  # some models leave the last one out
        call = _call(body)
        if call is None:
            return None
        calls.append(call)
    return tuple(calls) or None


def _call(text: str) -> Call | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    tool, arguments = content.get("name"), content.get("arguments", {})
    if not isinstance(tool, str) or not isinstance(arguments, dict):
        return None
    return Call(tool, arguments)


def _as_chat(message: "ChatMessage") -> dict[str, Any]:
    from inspect_ai.model import ContentReasoning, ContentText

    parts = message.content if isinstance(message.content, list) else []
    if not all(isinstance(part, ContentText | ContentReasoning) for part in parts):
        raise ValueError("a checkpoint reads text alone, and a message holds something else")
    chat: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.role == "tool":
        if message.error is not None:
            chat["content"] = message.error.message
        return chat | {"name": message.function, "tool_call_id": message.tool_call_id}
    if message.role == "assistant":
        thoughts = [part.reasoning for part in parts if isinstance(part, ContentReasoning)]
        if thoughts:
            chat["reasoning_content"] = "\n".join(thoughts)
        if message.tool_calls:
            chat["tool_calls"] = [
                {
                    "type": "function",
                    "id": call.id,
                    "function": {"name": call.function, "arguments": call.arguments},
                }
                for call in message.tool_calls
            ]
    return chat
