"""Runs a pytest file whose `solution` lies elsewhere.

What the tests import from `solution` are stand-ins. To call one sends a line on descriptor 3, and
the outcome is the reply: a value, an exception to raise, or an object that stays there, which then
has a stand-in here. Objects are known by number; each request has all steps that made them, in
order, for nothing is kept there between two of them.

Stand-ins compare equal to nothing but each other: what the solution says of its own objects must
not decide whether one of them is the number 3. Comparison, arithmetic and `in` are asked for only
where the object's class is one that the tests know by name, and has the operator in the reference
solution: else a function written as a class would be its own judge. A list, tuple or dict that
holds such objects is compared here, part by part. What a stand-in keeps lies under names (`<step>`)
that no attribute of the solution's can have.
"""

from __future__ import annotations

import builtins
import os
import sys
import types
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path

from .call import CHANNEL
from .operators import ASKED, BINARY, FREE, ORDER
from .record import Record
from .star import offered
from .values import Unrepresentable, decode, encode, update

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TESTS = "test_solution.py"
OPTIONS = (
    "-q", "--tb=native", "--no-summary", "--assert=plain", "--noconftest", "-c", "pytest.ini",
    "-p", "no:cacheprovider", "-p", "no:faulthandler",
)  # fmt: skip
MAX_LINE = 1 << 26
MAX_DEPTH = 55
MAX_HISTORY = 2000  # steps of one object, all of which each further step makes again

HOLDERS = ("list", "tuple", "dict")


class NoAnswer(BaseException):
    """A call that came to nothing. No `except Exception` of a test's hides it."""


class Elsewhere:
    """What has been done where the solution is."""

    def __init__(self) -> None:
        self.steps: dict[int, str] = {}  # as text, for each is sent many times
        self.related: dict[int, set[int]] = {}
        self.failure = ""  # of a call within the test that runs
        self.trouble = ""  # that all tests have
        self._names: dict[str, Any] | None = None

    def ask(self, *message: object) -> Any:
        """Send one line and wait for the reply."""
        line = encode(list(message), max_bytes=MAX_LINE).encode() + b"\n"
        while line:
            line = line[os.write(CHANNEL, line) :]
        parts = [b""]
        while not parts[-1].endswith(b"\n"):
            parts.append(os.read(CHANNEL, 1 << 20))
            if not parts[-1]:
                os._exit(1)
        return decode(b"".join(parts), max_bytes=MAX_LINE)

    @cached_property
    def operators(self) -> dict[str, list[str]] | None:
        """Those of the reference solution's classes; None where there is no reference."""
        kind, content, *_ = self.ask("operators") or ["nothing", None]
        return content if kind == "value" else {} if content else None

    def names(self) -> dict[str, Any]:
        """What the solution has; empty if it cannot be imported."""
        if self._names is None:
            self._names = {}
            try:
                names = self.step("names:")
                self._names = {name: [kind, *more] for name, (kind, *more) in names.items()}
            except (Exception, NoAnswer) as error:  # noqa: BLE001
                self.trouble = self.failure or f"raised {type(error).__name__}: {error}"
        return self._names

    def step(self, function: str, *arguments: Any, **named: Any) -> Any:
        """Do one thing there; return or raise what came of it."""
        history: set[int] = set()

        def number_of(value: object) -> int | None:
            found = number(value)
            if found is not None:
                history.update(self.related.get(found, {found}))
            return found

        try:
            text = encode([list(arguments), named], max_depth=MAX_DEPTH, name=number_of)
        except Unrepresentable as error:
            raise self.nothing(f"the tests pass what cannot be sent: {error}") from None
        if len(history) > MAX_HISTORY:
            raise self.nothing(f"more than {MAX_HISTORY} steps with one object")
        here = len(self.steps)
        self.steps[here] = encode([here, function, text], max_bytes=MAX_LINE)
        made = ",".join(self.steps[n] for n in (*sorted(history), here))
        kind, content, changed, printed = self.ask("run", f"[{made}]")
        if kind == "nothing":
            raise self.nothing(content)
        if kind == "object" or history:
            history.add(here)
            for n in history:
                self.related[n] = history
        sys.stdout.write(printed)
        for key, value in changed.items():
            update(named[key] if isinstance(key, str) else arguments[key], value)
        if kind == "raised":
            caught = exception(*content)
            if isinstance(caught, StopIteration) and function != "builtins:next":
                # It would end a loop of the tests around the call, e.g. in `map`; as in PEP 479.
                raise RuntimeError("the solution raised StopIteration")
            raise caught
        return stand_in(here, *content) if kind == "object" else content

    def later(self, function: str) -> int:
        """The number of a step that is made when something needs it."""
        here = len(self.steps)
        self.steps[here] = encode([here, function, "[[],{}]"])
        return here

    def nothing(self, reason: str) -> NoAnswer:
        """Fail the test, whatever it does about it."""
        self.failure = self.failure or reason or "no answer"
        return NoAnswer(reason)


there = Elsewhere()


class Kind(type):
    """A class of the solution: called and asked for attributes there."""

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        """Make an instance, there."""
        return there.step(f"call:{path_of(cls)}", *arguments, **named)

    def __getattr__(cls, name: str) -> Any:
        """A class method, or a value."""
        if name.startswith("__"):
            raise AttributeError(name)
        path = f"{path_of(cls)}.{name}"
        return Function(path) if name in vars(cls)["<methods>"] else there.step(f"value:{path}")


class Object:
    """Something that stays where the solution is."""

    def __init__(self, step: int, classes: list[str], methods: list[str]) -> None:
        kind = classes[0] if classes else ""
        vars(self).update({"<step>": step, "<methods>": methods, "<class>": kind})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in vars(self)["<methods>"]:
            return partial(there.step, f"method:{name}", self)
        return there.step("builtins:getattr", self, name)

    def __setattr__(self, name: str, value: object) -> None:
        there.step("builtins:setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        there.step("builtins:delattr", self, name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it."""
        return there.step("operator:call", self, *arguments, **named)

    def __iter__(self) -> Any:
        parts = there.step("builtins:iter", self)
        try:
            length = len(self)
        except TypeError:
            return parts
        said = list(parts)
        if len(said) != length:  # a loop over fewer would check what nobody holds
            raise there.nothing(f"it holds {length} by its own account, and gave {len(said)}")
        return iter(said)

    def __eq__(self, other: object) -> bool:
        if class_of(self) in HOLDERS:
            return same_parts(self, other)
        if not isinstance(other, Object):
            return False
        if not (isinstance(self, Known) and isinstance(other, Known) and has(self, "eq", other)):
            return bool(there.step("operator:is_", self, other))
        return bool(there.step("operator:eq", self, other)) and not equals_anything(self)

    def __deepcopy__(self, _: object) -> Any:
        return there.step("copy:deepcopy", self)

    def __enter__(self) -> Any:
        return there.step("method:__enter__", self)

    def __exit__(self, *_: object) -> Any:
        return there.step("method:__exit__", self, None, None, None)


class Known(Object):
    """An instance of a class that the tests know by name."""

    def __contains__(self, member: object) -> bool:
        if has(self, "contains", member):
            return bool(there.step("operator:contains", self, member))
        return any(part == member for part in iter(self))


def has(this: Object, operator: str, *operands: object) -> bool:
    """Whether it may be asked for an operator; where there is no reference, not about data."""
    if there.operators is None:
        return all(isinstance(operand, Object) for operand in operands)
    kind: Any = type(this)
    return operator in there.operators.get(path_of(kind), ())


def class_of(value: object) -> str:
    """The name of a class, there for what lies there."""
    return str(vars(value)["<class>"]) if isinstance(value, Object) else type(value).__name__


def same_parts(this: Any, other: Any) -> bool:
    """Whether a list, tuple or dict that lies there equals another one, there or here.

    It may say anything of itself, and is equal only where it has said all that the other holds.
    """
    kind = class_of(this)
    if class_of(other) != kind:
        return False
    if kind != "dict":
        return len(this) == len(other) and all(this[n] == other[n] for n in range(len(other)))
    keys = list(there.step("builtins:list", this))
    if len(keys) != len(other) or len(set(keys)) != len(keys):
        return False
    return all(key in other and this[key] == other[key] for key in keys)


def operation(path: str) -> Any:
    """A method that asks for a function of the operands."""
    return lambda self, *operands: there.step(path, self, *operands)


def asked(name: str, path: str, *, right: bool = False) -> Any:
    """The same for an operator that not every object has; `right`: of what stands there."""

    def method(self: Known, *operands: object) -> Any:
        if has(self, name, *operands):
            return there.step(path, *operands, self) if right else there.step(path, self, *operands)
        if there.operators is None:
            raise there.nothing(
                f"the tests ask an object for `{name}` with data, and the problem has no reference"
            )
        if name in (*BINARY, *ORDER, "divmod"):
            return NotImplemented
        raise TypeError(f"the reference solution has no `{name}` for it")

    return method


for _name, _path in FREE.items():
    if _name != "iter":
        setattr(Object, f"__{_name}__", operation(_path))
for _name, _path in ASKED.items():
    setattr(Known, f"__{_name}__", asked(_name, _path))
for _name in BINARY:
    setattr(Known, f"__i{_name}__", asked(_name, f"operator:__i{_name}__"))
for _name in (*BINARY, "divmod"):
    setattr(Known, f"__r{_name}__", asked(_name, ASKED[_name], right=True))


def equals_anything(this: Object) -> bool:
    """Whether a class says that its objects equal what they have nothing to do with."""
    with suppress(Exception):  # it expects another of its kind
        return bool(there.step("operator:eq", this, there.step("builtins:object")))
    return False


class Function:
    """A function of the solution."""

    def __init__(self, path: str) -> None:
        vars(self)["<path>"] = path
        self.__name__ = path.rpartition(".")[2]

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it there."""
        return there.step(f"call:{path_of(self)}", *arguments, **named)


def path_of(value: Function | Kind) -> str:
    """The name of a function or class, there."""
    if "<path>" not in vars(value):
        raise there.nothing("the tests derive a class from one of the solution's")
    return str(vars(value)["<path>"])


class Solution(types.ModuleType):
    """The module `solution`, as far as it is asked for."""

    def __getattr__(self, name: str) -> Any:
        names = there.names()
        if name == "__all__":
            listed: Any = [name for name in names if not name.startswith("_")]
            match names.get(name):
                case ["value", list(listed)]:
                    pass
            plain = [n for n in listed if names.get(n, [""])[0] in ("function", "class", "value")]
            return offered(plain, Path(TESTS).read_text())
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in names:
            there.trouble = there.trouble or f"the solution has no {name}"
            return Function(name)
        kind, *content = names[name]
        value: Any = Function(name)
        if kind == "class":
            value = known(name)
        elif kind == "value":
            [value] = content
        elif kind == "object":
            value = there.step(f"value:{name}")
        setattr(self, name, value)
        return value


SOLUTION = Solution("solution")


def number(value: object) -> int | None:
    """The number of what a stand-in stands for."""
    if isinstance(value, Object):
        return int(vars(value)["<step>"])
    if isinstance(value, Function | Kind):
        return there.later(f"value:{path_of(value)}")
    name = getattr(value, "__name__", None)
    if isinstance(name, str) and vars(builtins).get(name) is value:
        return there.later(f"builtin:{name}")
    return None


def stand_in(step: int, classes: list[str], methods: list[str]) -> Object:
    """For a new object, of the nearest class that the tests know."""
    for name in classes:
        kind = vars(SOLUTION).get(name)
        if isinstance(kind, Kind):
            made: Object = type.__call__(
                kind, step, classes, methods
            )  # `kind()` is a call of the solution
            return made
    return Object(step, classes, methods)


def known(name: str) -> Any:
    """A stand-in for a class; a real exception class for one that is an exception."""
    _, (_, *bases), methods = there.names()[name]
    for base in bases:
        builtin = vars(builtins).get(base)
        if isinstance(builtin, type) and issubclass(builtin, Exception):
            parents = [b for b in bases if there.names().get(b, [""])[0] == "class"]
            return type(name, (getattr(SOLUTION, parents[0]) if parents else builtin,), {})
    return Kind(name, (Known,), {"<path>": name, "<methods>": methods})


def exception(classes: list[str], arguments: list[Any], attributes: dict[str, Any]) -> Exception:
    """To raise: of the nearest class that is known here."""
    for name in classes:
        kind = vars(SOLUTION).get(name) or vars(builtins).get(name)
        if isinstance(kind, type) and issubclass(kind, Exception):
            error = kind.__new__(kind, *arguments)
            vars(error).update(attributes)
            return error
    return Exception(*arguments)


def main() -> None:
    """Run the tests."""
    import pytest

    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.modules["solution"] = SOLUTION
    pytest.main([*OPTIONS, *sys.argv[1:], TESTS], plugins=[Record(there)])
