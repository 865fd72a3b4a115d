# ruff: noqa: BLE001, PTH109
"""Calls one function of `solution.py` with one input and answers on a channel of its own.

The call comes on stdin, as data. The answer is one line on descriptor 3: a word, a space, and the
value or a message. Then the process ends with status 0, at once: threads, exit handlers and
children of the solution's get no say. Exactly that is an answer; what misses a piece of it, or has
one more, is none. Whatever else the solution prints does not matter.
"""

from __future__ import annotations

import os
import sys

from .values import MAX_BYTES, Unrepresentable, decode, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

CHANNEL = 3
MAX_INPUT = 1 << 26
MAX_ANSWER = MAX_BYTES - 4096  # with the word, still below what is read of it


def main() -> NoReturn:
    """Make the call that stdin describes as `[entry, [argument, ...]]`."""
    process = os.getpid()
    entry, arguments = decode(take_input(), max_bytes=MAX_INPUT)
    try:
        value = function(entry)(*arguments)
        answer = "returned " + encode(value, max_bytes=MAX_ANSWER)
    except Unrepresentable as error:
        answer = f"unrepresentable {error}"
    except BaseException as error:
        answer = "raised " + describe(error)
    finish(process, answer)


def take_input() -> bytes:
    """All of stdin, which is empty and closed for what comes after."""
    parts = []
    while part := os.read(0, 1 << 20):
        parts.append(part)
    nothing, end = os.pipe()
    os.dup2(nothing, 0)
    os.close(nothing)
    os.close(end)
    return b"".join(parts)


def solution() -> Any:
    """The module, imported when first asked for."""
    if "solution" not in sys.modules:
        sys.path.insert(0, os.getcwd())
    return __import__("solution")


def function(entry: str) -> Any:
    """The function that `entry` names; the method of a new instance for `Class.method`."""
    owner, _, name = entry.rpartition(".")
    module = solution()
    return getattr(getattr(module, owner)() if owner else module, name)


def describe(error: BaseException) -> str:
    """An exception in one line."""
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:
        return type(error).__name__[:300]


def finish(process: int, answer: str) -> NoReturn:
    """Send the answer and end, in the process that was asked; its children have none to give."""
    if os.getpid() != process:
        os._exit(1)
    line = answer.encode("ascii", "backslashreplace").replace(b"\n", b"\\n") + b"\n"
    while line:
        line = line[os.write(CHANNEL, line) :]
    os._exit(0)
