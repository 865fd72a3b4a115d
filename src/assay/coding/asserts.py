"""Reads the tests of public data sets: assert statements, and calls written as text.

Used by `formats`. Nothing is run: an assertion becomes a `Case` where its arguments and what it
expects are literals, and otherwise stays Python text, for a test file.
"""

import ast
import textwrap
from collections.abc import Sequence

from assay.coding.problem import MAX_DEPTH, Case, Value
from assay.execution.inside import values


def assertions(source: str) -> list[ast.stmt]:
    """The statements of a test list, or of the body of `check(candidate)`.

    Assertions of a constant (`assert True, "..."`) say nothing and are left out.

    Raises:
        SyntaxError: It is no Python.
    """
    tree = ast.parse(source)
    check = next((node for node in tree.body if _is_check(node)), None)
    body = check.body if isinstance(check, ast.FunctionDef) else tree.body
    return [node for node in body if not _says_nothing(node)]


def case_of(statement: ast.stmt, call: str, parameters: Sequence[str]) -> Case | None:
    """`assert call(literals) == literal` as a case, or None where it is anything else.

    Args:
        statement: The assertion.
        call: What is called there: `candidate`, `min_cost`, `Solution().twoSum`.
        parameters: The names of its parameters, to put keyword arguments in order; where empty,
            keyword arguments count in the order in which they stand.
    """
    match statement:
        case ast.Assert(
            test=ast.Compare(
                left=ast.Call() as left, ops=[ast.Eq() | ast.Is()], comparators=[right]
            )
        ) if ast.unparse(left.func) == call:
            pass
        case _:
            return None
    try:
        return Case(_arguments(left, parameters), literal_of(right))
    except ValueError:
        return None


def arguments_of(text: str, parameters: Sequence[str]) -> tuple[Value, ...]:
    """The arguments in a text such as `nums = [2, 7], target = 9`.

    Raises:
        ValueError: They are no literals, or do not fit the parameters.
    """
    node = ast.parse(f"call({text})", mode="eval").body
    if not isinstance(node, ast.Call):
        raise ValueError("no arguments")
    return _arguments(node, parameters)


def literal_of(node: ast.expr) -> Value:
    """The value of a literal; `float("inf")` and `set()` are literals too.

    Raises:
        ValueError: It is none, or one that cannot cross into the sandbox.
    """
    try:
        value = _evaluate(node)
    except (TypeError, RecursionError) as error:  # such as a list among the members of a set
        raise ValueError(str(error)) from error
    values.to_data(value, max_depth=MAX_DEPTH)
    return value


def parameters_of(source: str, name: str) -> tuple[str, ...]:
    """The parameters of a function or method in a text of code; empty if they are not known."""
    for text in (source, source.rstrip() + "\n        pass\n"):
        try:
            nodes = list(ast.walk(ast.parse(textwrap.dedent(text))))
        except SyntaxError:
            continue
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return tuple(arg.arg for arg in node.args.args if arg.arg != "self")
    return ()


def as_test_file(entry: str, setup: str, statements: Sequence[Sequence[ast.stmt]]) -> str:
    """A test file with one test function for each group of statements."""
    functions = [
        f"def test_{number}():\n" + textwrap.indent("\n".join(map(ast.unparse, group)), "    ")
        for number, group in enumerate(statements, 1)
    ]
    head = f"{setup.strip()}\nfrom solution import {entry}".strip()
    return "\n\n\n".join([head, *functions]) + "\n"


def _arguments(call: ast.Call, parameters: Sequence[str]) -> tuple[Value, ...]:
    given = [literal_of(argument) for argument in call.args]
    named = {keyword.arg: literal_of(keyword.value) for keyword in call.keywords}
    if None in named:
        raise ValueError("a ** argument")
    if not parameters:
        if given and named:
            raise ValueError("keyword arguments of an unknown function")
        return (*given, *named.values())
    rest = list(parameters[len(given) : len(given) + len(named)])
    if set(rest) != set(named):
        raise ValueError("arguments that do not fit the parameters")
    return (*given, *(named[name] for name in rest))


def _evaluate(node: ast.expr) -> Value:
    match node:
        case ast.Call(func=ast.Name("float"), args=[ast.Constant(str(text))], keywords=[]):
            return float(text)
        case ast.List(elts):
            return [_evaluate(part) for part in elts]
        case ast.Tuple(elts):
            return tuple(_evaluate(part) for part in elts)
        case ast.Dict(keys, parts) if None not in keys:
            pairs = zip(keys, parts, strict=True)
            return {_evaluate(key): _evaluate(part) for key, part in pairs if key is not None}
        case _:
            return ast.literal_eval(node)


def _is_check(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "check"


def _says_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):
        return isinstance(node.test, ast.Constant) and bool(node.test.value)
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
