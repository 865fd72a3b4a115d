"""What a program's syntax says about its names. Nothing here runs it.

Used by `flags` and `cuts`.
"""

import ast
import builtins
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from assay.coding.problem import Problem

_LONGEST = 1 << 15  # characters: far more than a short problem takes
_DEEPEST = 10  # attributes
_STREAMS = ("sys.stdin", "sys.stdout", "sys.stderr")  # setting these is everyday
_BUILTINS = frozenset(dir(builtins))


def parse(text: str) -> ast.Module | None:
    """The tree, or None where there is none: not Python, too deep, or over 32,768 characters."""
    if len(text) > _LONGEST:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of a file stand for: `imported` maps them to dotted paths."""

    imported: Mapping[str, str]
    bound: frozenset[str]

    @classmethod
    def of(cls, tree: ast.Module) -> Self:
        """Scopes are not told apart: a name that is bound anywhere in the file is bound."""
        imported: dict[str, str] = {}
        bound: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.split(".")[0]
                    imported[alias.asname or whole] = whole
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            bound |= bound_by(node)
        return cls(imported, frozenset(bound - set(imported)))

    def dotted(self, node: ast.expr) -> str:
        """`sys.exit` for `s.exit` after `import sys as s`; also for a plain built-in, or "".

        Sees through `__import__("sys").exit` and `getattr(sys, "exit")`.
        """
        attributes: list[str] = []
        while len(attributes) < _DEEPEST:
            match node:
                case ast.Attribute(value=value, attr=attr):
                    attributes.append(attr)
                    node = value
                case ast.Call(
                    func=ast.Name(id="getattr"), args=[owner, ast.Constant(value=str(attr)), *_]
                ):
                    attributes.append(attr)
                    node = owner
                case _:
                    break
        root = ""
        match node:
            case ast.Name(id=name) if name in self.imported:
                root = self.imported[name]
            case ast.Name(id=name) if name in _BUILTINS and name not in self.bound:
                root = name
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                root = name
        return ".".join([root, *reversed(attributes)]) if root else ""

    def is_foreign(self, node: ast.expr) -> bool:
        """Whether this belongs to an imported module or to the built-ins."""
        path = self.dotted(node)
        root = path.split(".")[0]
        ours = not root or (root in _BUILTINS and root != "__builtins__")
        return not ours and path not in _STREAMS


def bound_by(node: ast.AST) -> set[str]:
    """The names that this node itself binds, without those below it."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=aliases):
            return {alias.asname or alias.name.split(".")[0] for alias in aliases}
        case ast.ImportFrom(names=aliases):
            return {alias.asname or alias.name for alias in aliases}
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return {name}
        case ast.arg(arg=name):
            return {name}
        case ast.ExceptHandler(name=str(name)):
            return {name}
    return set()


def defines(tree: ast.Module, entry: str) -> bool:
    """Whether a file defines an entry at its top level: `solve`, or `Solution.method`."""
    owner, _, method = entry.rpartition(".")
    if not owner:
        return any(entry in bound_by(node) for part in tree.body for node in ast.walk(part))
    return any(
        isinstance(node, ast.ClassDef)
        and node.name == owner
        and any(method in bound_by(part) for body in node.body for part in ast.walk(body))
        for node in ast.walk(tree)
    )


def entries(problem: Problem) -> frozenset[str]:
    """The names that a problem's tests take from `solution`."""
    if problem.kind == "function":
        return frozenset({problem.entry})
    tree = parse(problem.tests) if problem.kind == "pytest" else None
    found = [
        alias.name
        for node in ast.walk(tree or ast.Module([], []))
        if isinstance(node, ast.ImportFrom) and node.module == "solution"
        for alias in node.names
    ]
    return frozenset(found) - {"*"}


def modules(tree: ast.Module) -> frozenset[str]:
    """The top-level modules that a file imports by name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return frozenset(found)
