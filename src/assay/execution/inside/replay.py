# ruff: noqa: BLE001
"""Makes the calls of a test, which runs elsewhere, in the process that has the solution.

stdin: `[[number, function, arguments], ...]`, where the arguments are text of their own, as they
may hold objects (`{"<object>": number}`) that an earlier step has made. Every step is made again
from the first on; what came of the last is answered as in `inside.call`. A function is

    call:NAME    of the solution, or a class: `f`, `Stack`, `Stack.of`
    value:NAME   what that name stands for
    builtin:NAME what it stands for everywhere, e.g. len
    method:NAME  of the first argument
    MODULE:NAME  of the standard library, e.g. operator:getitem, builtins:len
    names:       what the solution has, and of which kind
    operators:   which operators each class of it has
"""

from __future__ import annotations

import builtins
import json
import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO

from .call import MAX_INPUT, describe, finish, solution, take_input
from .operators import defined
from .values import Unrepresentable, decode, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

MAX_PART = 400_000  # bytes of a value, and of the arguments that were changed in place
MAX_DEPTH = 60  # a reply has a few levels of its own
MAX_PRINTED = 20_000


def main() -> NoReturn:
    """Make the steps, answer with the outcome of the last."""
    process = os.getpid()
    *earlier, (_, function, text) = json.loads(take_input())
    made: dict[int, Any] = {}
    for number, name, given in earlier:
        arguments, named = decode(given, max_bytes=MAX_INPUT, named=made.__getitem__)
        try:
            made[number] = perform(name, arguments, named)
        except Exception:  # as it did before, when it was the last
            made.pop(number, None)
    arguments, named = decode(text, max_bytes=MAX_INPUT, named=made.__getitem__)
    given = {**dict(enumerate(arguments)), **named}
    before = {key: written(part) for key, part in given.items()}
    printed = StringIO()
    try:
        with redirect_stdout(printed):
            value = perform(function, arguments, named)
    except Exception as error:
        outcome = f'"raised",{raised(error)}'
    except BaseException as error:  # an exit, or what a test may take for its own
        finish(process, f"raised {describe(error)}")
    else:
        outcome = returned(value)
    changed = {key: part for key, part in given.items() if written(part) not in ("", before[key])}
    shown = encode(printed.getvalue()[:MAX_PRINTED])
    finish(process, f"outcome [{outcome},{encode(changed, max_bytes=MAX_PART)},{shown}]")


def perform(function: str, arguments: list[Any], named: dict[str, Any]) -> Any:
    """One step."""
    kind, _, path = function.partition(":")
    if kind == "method":
        return getattr(arguments[0], path)(*arguments[1:], **named)
    if kind == "names":
        return names()
    if kind == "operators":
        return {n: defined(v) for n, v in vars(solution()).items() if isinstance(v, type)}
    if kind == "builtin":
        return getattr(builtins, path)
    found: Any = solution() if kind in ("call", "value") else import_module(kind)
    for part in path.split("."):
        found = getattr(found, part)
    return found if kind == "value" else found(*arguments, **named)


def written(value: object) -> str:
    """A value as text, or "" where it has none."""
    try:
        return encode(value, max_bytes=MAX_PART, max_depth=MAX_DEPTH)
    except Unrepresentable:
        return ""


def returned(value: object) -> str:
    """`"value",DATA`, or `"object",[classes, methods]` for what stays here."""
    if text := written(value):
        return f'"value",{text}'
    return f'"object",{encode([classes(type(value)), methods(type(value))])}'


def raised(error: Exception) -> str:
    """The exception's classes, the arguments to make it of, and its plain attributes."""
    kind = type(error)
    worded = next(base for base in kind.__mro__ if "__str__" in vars(base))
    plain = worded.__module__ == "builtins" and written(error.args)
    arguments = error.args if plain else (str(error),)
    attributes = {
        name: value
        for name, value in vars(error).items()
        if not name.startswith("__") and written(value)
    }
    return encode([classes(kind), list(arguments), attributes], max_bytes=MAX_PART)


def classes(kind: type) -> list[str]:
    """By name, nearest first, as far as they are built in or the solution's own."""
    mine = vars(solution()) if "solution" in sys.modules else {}
    own = [name for base in kind.__mro__ for name, value in mine.items() if value is base]
    return own + [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"]


def methods(kind: type) -> list[str]:
    """Names of what instances can be asked to do."""
    return [n for n in dir(kind) if not n.startswith("__") and callable(getattr(kind, n, None))]


def names() -> dict[str, Any]:
    """Every name of the solution with its kind and what has to be known of it elsewhere."""
    found: dict[str, Any] = {}
    for name, value in vars(solution()).items():
        if name.startswith("__") and name != "__all__":
            continue
        if isinstance(value, type) and value.__module__ == "solution":
            found[name] = ["class", classes(value), methods(value)]
        elif callable(value):
            found[name] = ["function"]
        elif text := written(value):
            found[name] = ["value", decode(text)]
        else:
            found[name] = ["object"]
    return found
