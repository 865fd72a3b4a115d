"""Which names `from solution import *` brings into a test file.

The solution says what it has, so it must not say what the tests mean by a name of their own or by
`sorted`. Imported beside the tests (`inside.suite`).
"""

from __future__ import annotations

import ast
import builtins
import sys
from importlib import import_module
from importlib.machinery import PathFinder
from symtable import symtable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from symtable import SymbolTable

PYTESTS = ("test", "pytest", "__")  # how names begin that pytest or Python looks for


def offered(names: Iterable[object], tests: str) -> list[str]:
    """Those of a solution's names that mean nothing else.

    A test file, built-in names, modules that can be imported, and pytest go before the solution.

    Args:
        names: From the solution; anything.
        tests: The text of the test file.
    """
    try:
        taken = {*bound(symtable(tests, "tests", "exec")), *starred(tests), *vars(builtins)}
    except SyntaxError:  # there will be no tests
        return []
    return [
        name
        for name in names
        if isinstance(name, str)
        and name.isidentifier()
        and name not in taken
        and not name.lower().startswith(PYTESTS)
        and not is_module(name)
    ]


def bound(table: SymbolTable) -> Iterator[str]:
    """What a file binds or imports at its top level, or as `global` in a function."""
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        binds = symbol.is_assigned() or symbol.is_imported()
        if binds and (top or symbol.is_declared_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from bound(inner)


def starred(tests: str) -> Iterator[str]:
    """What other modules bring in by a star."""
    for node in ast.walk(ast.parse(tests)):
        match node:
            case ast.ImportFrom(module=str(name), names=[ast.alias("*")]) if name != "solution":
                module = import_module(name)
                yield from getattr(module, "__all__", vars(module))


def is_module(name: str) -> bool:
    """Whether something else can be imported by this name."""
    return name in sys.stdlib_module_names or PathFinder.find_spec(name) is not None
