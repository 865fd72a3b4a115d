"""A coding problem, its test cases, and what a model submits for it.

Made by `problems` (generated) and `loaders` (public formats), or read from a CASES.json here;
paid for by `hackable` and `hardened`.
"""

import json
import keyword
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Literal, Self

from assay.errors import UserError, unknown
from assay.execution.inside import values

type Value = Any  # one of the types that `inside.values` can carry
Kind = Literal["function", "stdin", "pytest"]

SOLUTION = "solution.py"
MAX_DEPTH = 60
"""Levels of a case's values: graders put a few more around them, of `values.MAX_DEPTH` in all."""
_MAX_BYTES = 16 << 20
_MAX_SHOWN = 60
_PLAIN = 10**600  # below 640 digits, so no setting of int's digit limit is in the way
_MAX_FILES = 1000
_MARK = "\ufeff"
_KEYS = ("entry", "visible", "held_out", "switches")


@dataclass(frozen=True, slots=True)
class Case:
    """One input and what a right program makes of it.

    Kind "function": `arguments` and the value that is returned; kind "stdin": `stdin` and, as
    `expected`, the text on standard output.
    """

    arguments: tuple[Value, ...] = ()
    expected: Value = None
    stdin: str = ""

    def __repr__(self) -> str:
        """As of any dataclass, but of numbers of any size (`literal`), for which `repr` fails."""
        return f"Case({literal(self.arguments)}, {literal(self.expected)}, {self.stdin!r})"


@dataclass(frozen=True, slots=True)
class Problem:
    """A task with visible tests, which its author may see, and held-out ones, which decide.

    Attributes:
        statement: What the model is shown; holds no tests (`prompt` adds the visible ones).
        entry: A function's name, or `Solution.method`: then each call has a fresh `Solution()`.
        tests: Kind "pytest": the visible test file, which imports from `solution`.
        held_out_tests: Kind "pytest": the held-out test file.
        solution: A reference solution, empty where none is known.
        difficulty: 1 (easy) to 5, 0 where unknown.
        template: Problems that share one are never in different splits.
    """

    id: str
    statement: str
    entry: str = "solve"
    kind: Kind = "function"
    visible: tuple[Case, ...] = ()
    held_out: tuple[Case, ...] = ()
    tests: str = ""
    held_out_tests: str = ""
    solution: str = ""
    difficulty: int = 0
    template: str = ""
    split: str = ""

    @property
    def prompt(self) -> str:
        """The statement and the visible tests, as a model is shown them."""
        if self.kind == "pytest":
            return f"{self.statement}\n\nThese tests must pass:\n\n{_fenced(self.tests)}"
        if self.kind == "function":
            lines = "\n".join(assertion(self.entry, case) for case in self.visible)
            return f"{self.statement}\n\nThese tests must pass:\n\n{_fenced(lines)}"
        shown = [
            f"Input:\n\n{_fenced(case.stdin)}\n\nOutput:\n\n{_fenced(case.expected)}"
            for case in self.visible
        ]
        return "\n\n".join([self.statement, *shown])


@dataclass(frozen=True, slots=True)
class Submission:
    """The files that a model wrote: relative path to text, `solution.py` always among them.

    A byte order mark at its start is left out: Python ignores it in a file, and rejects it in text.
    """

    files: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if SOLUTION not in self.files:
            raise ValueError(f"A submission has a {SOLUTION}; this one has {shown([*self.files])}")
        for name in self.files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or str(path) != name or "\0" in name:
                raise ValueError(f"{shown(name)} does not lie below the working directory")
        if self.source.startswith(_MARK):
            files = {**self.files, SOLUTION: self.source.removeprefix(_MARK)}
            object.__setattr__(self, "files", files)

    @property
    def source(self) -> str:
        """The text of `solution.py`."""
        return self.files[SOLUTION]

    @classmethod
    def of(cls, source: str) -> Self:
        """A submission of one file."""
        return cls({SOLUTION: source})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a `.py` file as `solution.py`, or a directory that has a `solution.py`.

        Links, hidden files and `__pycache__` of a directory are left out, and what is no file.

        Raises:
            UserError: Nothing usable lies there.
        """
        if not path.is_dir():
            if path.suffix != ".py":
                raise UserError(f"{path} is neither a .py file nor a directory with {SOLUTION}.")
            return cls.of(_text(path))
        if not (path / SOLUTION).is_file() or _is_left_out(path / SOLUTION):
            raise UserError(f"The directory {path} has no {SOLUTION}; name the solution so.")
        files: dict[str, str] = {}
        left = _MAX_BYTES
        for file in _files(path):
            if len(files) == _MAX_FILES:
                raise UserError(f"{path} holds more files than a submission may: {_MAX_FILES}.")
            files[file.relative_to(path).as_posix()] = text = _text(file)
            left -= len(text)
            if left < 0:
                raise UserError(f"The files of {path} hold more than {_MAX_BYTES >> 20} MB.")
        return cls(files)


def literal(value: Value) -> str:
    """A Python expression for a value: `repr`, but NaN, infinity and huge ints have one too."""
    match value:
        case int() if abs(value) >= _PLAIN:
            return hex(value)  # no limit of digits there
        case float() if not math.isfinite(value):
            return f'float("{value}")'
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case tuple():
            return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
        case dict():
            return f"{{{', '.join(f'{literal(k)}: {literal(v)}' for k, v in value.items())}}}"
        case set() if value:
            return f"{{{', '.join(sorted(map(literal, value)))}}}"
        case frozenset() if value:
            return f"frozenset({literal(set(value))})"
        case _:
            return repr(value)


def assertion(entry: str, case: Case) -> str:
    """A case as the line `assert solve(1, 2) == 3`; `is` for None, True and False."""
    owner, _, method = entry.rpartition(".")
    call = f"{owner}().{method}" if owner else entry
    compare = "is" if case.expected is None or isinstance(case.expected, bool) else "=="
    arguments = ", ".join(map(literal, case.arguments))
    return f"assert {call}({arguments}) {compare} {literal(case.expected)}"


def load_cases(path: Path) -> tuple[Problem, tuple[str, ...] | None]:
    """Read an ad-hoc problem from a CASES.json; docs/problems.md shows one.

    Where the file has no held-out cases, the visible ones decide the true reward as well.

    Returns:
        The problem, and the switches that the file names (None: it names none, so all are on).

    Raises:
        UserError: The file is missing or malformed.
    """
    try:
        content = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise UserError(f'{path}: expected an object such as {{"entry": "solve", "visible": ...}}.')
    for key in content:
        if key not in _KEYS:
            raise unknown("key", key[:_MAX_SHOWN], _KEYS, f"In {path}.")
    visible = _cases(content.get("visible", []), "visible", path)
    if not visible:
        raise UserError(f'{path} has no visible cases: add "visible": [[[1, 2], 3]] or the like.')
    held_out = _cases(content.get("held_out", []), "held_out", path) or visible
    entry = content.get("entry", "solve")
    if not is_entry(entry):
        raise UserError(
            f"{path}: entry {shown(entry)} is neither a function's name nor Class.method."
        )
    switches = content.get("switches")
    if switches is None:
        names = None
    elif isinstance(switches, list) and all(_is_name(name) for name in switches):
        names = tuple(switches)
    else:
        raise UserError(f"{path}: switches must be a list of names, not {shown(switches)}.")
    return Problem(path.stem, "", entry, visible=visible, held_out=held_out), names


def opened(path: Path) -> BinaryIO:
    """Open a file to read, and only a file: a pipe or a device could keep the reader for ever.

    Raises:
        UserError: It is something else.
        OSError: As `Path.open`.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UserError(f"{path} is no ordinary file.")
    return path.open("rb")


def shown(value: object) -> str:
    """What a message quotes of a value that may be of any length: its beginning."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def is_entry(name: object) -> bool:
    """Whether this names a function, or a method as `Class.method`."""
    if not isinstance(name, str) or name.count(".") > 1:
        return False
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split("."))


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= _MAX_SHOWN


def _cases(content: object, key: str, path: Path) -> tuple[Case, ...]:
    if not isinstance(content, list):
        raise UserError(f"{path}: {key} must be a list of cases, each [[arguments...], expected].")
    return tuple(_case(case, f"{path}: {key} case {n}") for n, case in enumerate(content, 1))


def _case(content: object, where: str) -> Case:
    match content:
        case [[*arguments], expected]:
            pass
        case _:
            raise UserError(f"{where} is {shown(content)}; expected [[arguments...], expected].")
    try:
        given = (values.from_data(argument, max_depth=MAX_DEPTH) for argument in arguments)
        return Case(tuple(given), values.from_data(expected, max_depth=MAX_DEPTH))
    except ValueError as error:
        raise UserError(f"{where} holds a value that cannot be read: {error}.") from error


def _files(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        here = Path(folder)
        names[:] = sorted(name for name in names if not _is_left_out(here / name))
        for file in sorted(here / name for name in files):
            if not _is_left_out(file) and file.is_file():
                yield file


def _is_left_out(path: Path) -> bool:
    return path.name.startswith(".") or path.name == "__pycache__" or path.is_symlink()


def _text(path: Path) -> str:
    try:
        with opened(path) as file:
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise UserError(f"{path} is larger than {_MAX_BYTES >> 20} MB.")
        return content.decode()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text.") from error


def _fenced(text: str) -> str:
    return f"```\n{text.rstrip('\n')}\n```"
