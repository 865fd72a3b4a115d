"""Takes a submission apart: its statements and files, and what is left without some of them.

Pure: nothing here runs the program. Used by `attribution`.
"""

import ast
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Self

from assay.coding.flags import Flag
from assay.coding.problem import SOLUTION, Problem, Submission
from assay.coding.syntax import bound_by, defines, entries, modules, parse
from assay.text import printable

_PRESENT = sys.stdlib_module_names | {"pytest", "_pytest"}  # there without the submission
_EXCERPT = 100
_FLAGS = 100  # as many are looked into


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file: lines from 1, columns in bytes from 0, the end not included."""

    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def of(cls, node: ast.stmt) -> Self:
        """Where a statement stands, decorators included."""
        marks = getattr(node, "decorator_list", [])
        line = min([node.lineno, *(mark.lineno for mark in marks)])
        return cls(line, node.col_offset, node.end_lineno or line, node.end_col_offset or 0)

    def holds(self, line: int, column: int) -> bool:
        """Whether a position lies within."""
        return (self.line, self.column) <= (line, column) < (self.end_line, self.end_column)

    def covers(self, other: "Span") -> bool:
        """Whether another stretch lies within this one; each covers itself."""
        starts = (self.line, self.column) <= (other.line, other.column)
        return starts and (other.end_line, other.end_column) <= (self.end_line, self.end_column)


@dataclass(frozen=True, slots=True)
class Cut:
    """What could be taken out: one statement, or a whole file (no span)."""

    file: str
    span: Span | None = None

    def covers(self, other: "Cut") -> bool:
        """Whether this takes out the other as well."""
        if self.file != other.file:
            return False
        if self.span is None or other.span is None:
            return self.span is None
        return self.span.covers(other.span)

    def holds(self, flag: Flag) -> bool:
        """Whether a flag stands within."""
        if self.file != flag.file:
            return False
        return self.span is None or self.span.holds(flag.line, flag.column)


@dataclass(frozen=True, slots=True)
class _Names:
    """How often names are bound and used within a node."""

    bound: Counter[str]
    used: Counter[str]

    @classmethod
    def of(cls, tree: ast.AST) -> Self:
        """Count them; scopes are not told apart."""
        bound: Counter[str] = Counter()
        used: Counter[str] = Counter()
        for node in ast.walk(tree):
            bound.update(bound_by(node))
            match node:
                case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
                    used[name] += 1
        return cls(bound, used)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A submission, and the trees of those of its files that are Python."""

    submission: Submission
    trees: Mapping[str, ast.Module]
    _statements: Mapping[str, Mapping[Span, ast.stmt]] = field(default_factory=dict)
    _names: Mapping[str, _Names] = field(default_factory=dict)

    @classmethod
    def of(cls, submission: Submission) -> Self:
        """Parse every `.py` file; one that cannot be parsed can only be taken out whole."""
        parsed = {
            name: parse(text) for name, text in submission.files.items() if name.endswith(".py")
        }
        trees = {name: tree for name, tree in parsed.items() if tree}
        statements = {
            name: {Span.of(node): node for node in ast.walk(tree) if isinstance(node, ast.stmt)}
            for name, tree in trees.items()
        }
        names = {name: _Names.of(tree) for name, tree in trees.items()}
        return cls(submission, trees, statements, names)

    def suspected(self, flags: Sequence[Flag]) -> list[Cut]:
        """The statements in which flags stand, then the functions and classes around those."""
        tellings = [flag for flag in flags if flag.rule != "special_cased"][:_FLAGS]
        depths: dict[Cut, int] = {}
        for flag in tellings:
            around = _around(flag, self._statements[flag.file]) if flag.line else [Cut(flag.file)]
            for depth, cut in enumerate(around):
                depths[cut] = min(depth, depths.get(cut, depth))
        return sorted(depths, key=lambda cut: (depths[cut], self.size(cut)))

    def outermost(self) -> list[Cut]:
        """The other files, and the statements of the solution at its top level."""
        files = [Cut(name) for name in self.submission.files if name != SOLUTION]
        return files + self.below(Cut(SOLUTION))

    def below(self, cut: Cut) -> list[Cut]:
        """The statements next within a file or a statement."""
        if (tree := self.trees.get(cut.file)) is None:
            return []
        owner: ast.Module | ast.stmt = tree
        if cut.span:
            owner = self._statements[cut.file][cut.span]
        return [Cut(cut.file, Span.of(node)) for node in _children(owner)]

    def returns(self) -> list[Cut]:
        """Where the solution gives its answers: any program fails without, so look there last."""
        nodes = ast.walk(self.trees[SOLUTION]) if SOLUTION in self.trees else ()
        return [Cut(SOLUTION, Span.of(node)) for node in nodes if isinstance(node, ast.Return)]

    def size(self, cut: Cut) -> int:
        """Lines that a cut takes out."""
        if cut.span is None:
            return self.submission.files[cut.file].count("\n") + 1
        return cut.span.end_line - cut.span.line + 1

    def excerpt(self, cut: Cut) -> str:
        """The first line of a cut; for a file, the first that says something."""
        lines = _lines(self.submission.files[cut.file])
        if cut.span is None:
            return _shown(next((line for line in lines if line.strip()), ""))
        one = cut.span.line == cut.span.end_line
        end = cut.span.end_column if one else None
        text = lines[cut.span.line - 1].encode()[cut.span.column : end].decode()
        return _shown(text if one else f"{text} ...")

    def is_used(self, cut: Cut) -> bool:
        """Whether what is left refers to something that only this cut has.

        Without it the program breaks, hack or not: that it is unpaid then proves little.
        """
        if cut.span is None:
            module = PurePosixPath(cut.file).parts[0].removesuffix(".py")
            others = (tree for name, tree in self.trees.items() if name != cut.file)
            return module not in _PRESENT and any(module in modules(tree) for tree in others)
        whole = self._names[cut.file]
        inside = _Names.of(self._statements[cut.file][cut.span])
        return any(
            count == whole.bound[name] and whole.used[name] > inside.used[name]
            for name, count in inside.bound.items()
        )

    def without(self, cuts: Collection[Cut], problem: Problem) -> Submission | None:
        """What is left; None if that no longer parses or lacks what the problem asks for."""
        whole = {cut.file for cut in cuts if cut.span is None}
        files = {
            name: _without(text, spans) if (spans := _spans(cuts, name)) else text
            for name, text in self.submission.files.items()
            if name not in whole
        }
        tree = parse(files.get(SOLUTION, "("))
        if tree is None or not all(defines(tree, name) for name in self.entries(problem)):
            return None
        return Submission(files)

    def entries(self, problem: Problem) -> frozenset[str]:
        """Those names that the problem's tests ask for and that the solution defines."""
        tree = self.trees.get(SOLUTION)
        return frozenset(name for name in entries(problem) if tree and defines(tree, name))


def smallest(cuts: Sequence[Cut]) -> list[Cut]:
    """Those cuts that cover no other."""
    return [cut for cut in cuts if not any(cut != other and cut.covers(other) for other in cuts)]


def _shown(text: str) -> str:
    text = printable(text.strip())
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 4]} ..."


def _around(flag: Flag, statements: Mapping[Span, ast.stmt]) -> list[Cut]:
    """Innermost first. A loop or a branch around a flag is no part, unless at the top level."""
    spans = sorted((s for s in statements if s.holds(flag.line, flag.column)), reverse=True)
    units = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [
        Cut(flag.file, span)
        for n, span in enumerate(spans)
        if n in (0, len(spans) - 1) or isinstance(statements[span], units)
    ]


def _spans(cuts: Collection[Cut], file: str) -> list[Span]:
    return [cut.span for cut in cuts if cut.file == file and cut.span]


def _children(owner: ast.AST) -> Iterator[ast.stmt]:
    """The nearest statements below; docstrings and returned values are left out."""
    left = list(ast.iter_child_nodes(owner))
    for node in left:
        if not isinstance(node, ast.stmt):
            left += ast.iter_child_nodes(node)  # a handler, a case
        elif not (isinstance(node, ast.Return | ast.Pass) or _is_text(node)):
            yield node


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _without(text: str, spans: Sequence[Span]) -> str:
    """Each stretch becomes `pass`, which can stand wherever a statement can; lines stay lines."""
    lines = [line.encode() for line in _lines(text)]
    outer = [span for span in spans if not any(o != span and o.covers(span) for o in spans)]
    for span in sorted(set(outer), reverse=True):
        first, last = span.line - 1, span.end_line - 1
        kept = lines[first][: span.column] + b"pass" + lines[last][span.end_column :]
        lines[first : last + 1] = [kept, *[b""] * (last - first)]
    return b"\n".join(lines).decode()


def _lines(text: str) -> list[str]:
    # As the tokenizer counts them; splitlines() knows more kinds of line ends.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
