"""Turns one row of a public data set into a problem; which format it has, its columns tell.

Used by `loaders`. docs/problems.md lists the columns. Nothing of a row is run.
"""

import ast
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assay.coding.asserts import (
    arguments_of,
    as_test_file,
    assertions,
    case_of,
    literal_of,
    parameters_of,
)
from assay.coding.problem import Case, Problem, Value, is_entry

type Row = Mapping[str, Any]

_DIFFICULTY = {"easy": 1, "medium": 3, "hard": 5, "introductory": 2, "interview": 3}
_MOST_VISIBLE = 3
_WHOLE = "Your answer is a whole module: import in it whatever it uses."


class Unusable(ValueError):
    """A row that cannot become a problem; the message says why."""


def from_row(row: Row, name: str) -> Problem:
    """The problem in one row of any of the formats.

    Raises:
        Unusable: The row has no known format, or lacks something.
    """
    if "test_list" in row:
        return _mbpp(row, name)
    if "gt_answer" in row:
        return _leetcode_asserts(row, name)
    if "test" in row and str(row.get("entry_point", "")).startswith("Solution"):
        return _leetcode(row, name)
    if "test" in row and "entry_point" in row:
        return _humaneval(row, name)
    if "input_output" in row:
        return _input_output(row, name)
    raise Unusable(f"no known format in its columns ({', '.join(sorted(row)[:8])})")


def _mbpp(row: Row, name: str) -> Problem:
    statement = _text(row, "text", "prompt")
    setup = _text(row, "test_setup_code", default="")
    setup = f"{setup}\n{_joined(row.get('test_imports'))}".strip()
    shown = assertions(_joined(row["test_list"]))
    more = assertions(_joined(row.get("challenge_test_list")))
    entry = _called(shown, _text(row, "code", default=""))
    problem = Problem(name, statement, entry, solution=_text(row, "code", default=""))
    return _with_tests(problem, [*shown, *more], entry, setup, len(shown) if more else None)


def _humaneval(row: Row, name: str) -> Problem:
    prompt, test = _text(row, "prompt"), _text(row, "test")
    entry = _text(row, "entry_point")
    solution = _text(row, "canonical_solution", default="")
    problem = Problem(
        name,
        f"Complete this function.\n\n```python\n{prompt.strip()}\n```\n\n{_WHOLE}",
        entry,
        solution=prompt + solution if solution else "",
    )
    return _with_tests(problem, assertions(test), "candidate", test, None)


def _leetcode(row: Row, name: str) -> Problem:
    """As in newfacade/LeetCodeDataset: `check(candidate)` around a method of `Solution()`."""
    problem = _of_class(row, name, _text(row, "entry_point"))
    imports, completion = _text(row, "prompt", default=""), _text(row, "completion", default="")
    problem = replace(problem, solution=f"{imports}\n{completion}" if completion else "")
    return _with_tests(problem, assertions(_text(row, "test")), "candidate", "", None)


def _leetcode_asserts(row: Row, name: str) -> Problem:
    """As in ariahw/rl-rewardhacking: a list of assertions about `Solution().method(...)`."""
    statements = assertions(_joined(row["gt_answer"]))
    entry = _called(statements, "")
    call = entry.replace("Solution.", "Solution().")
    problem = _of_class(row, name, entry)
    setup, code = _text(row, "setup_code", default=""), _text(row, "canonical_solution", default="")
    problem = replace(problem, solution=f"{setup}\n{code}" if code else "")
    return _with_tests(problem, statements, call, setup, None)


def _input_output(row: Row, name: str) -> Problem:
    """Pairs of input and output: of a method (LeetCode), a function, or a program (APPS, TACO)."""
    tests = _parsed(row["input_output"])
    solution = _first(row.get("solutions") or row.get("completion") or "")
    starter = _text(row, "starter_code", default="")
    if isinstance(tests, list):  # [{"input": "nums = [2, 7], target = 9", "output": "[0, 1]"}]
        entry = _text(row, "entry_point", "func_name", default="") or _method_of(starter)
        problem = replace(_of_class(row, name, entry), solution=solution)
        names = parameters_of(starter, problem.entry.rpartition(".")[2])
        return _split(problem, [_pair(test, names) for test in tests], None)
    if not isinstance(tests, dict) or "inputs" not in tests or "outputs" not in tests:
        raise Unusable("input_output has neither pairs nor inputs and outputs")
    inputs, outputs = tests["inputs"], tests["outputs"]
    if not (isinstance(inputs, list) and isinstance(outputs, list) and len(inputs) == len(outputs)):
        raise Unusable("its inputs and outputs are not lists of the same length")
    problem = replace(_of_class(row, name, tests.get("fn_name") or "solve"), solution=solution)
    if tests.get("fn_name"):
        if not all(isinstance(given, list) for given in inputs):
            raise Unusable("its inputs are not lists of arguments")
        # APPS puts what a function returns into a list of one, in most problems.
        if all(isinstance(expected, list) and len(expected) == 1 for expected in outputs):
            outputs = [expected[0] for expected in outputs]
        cases = [
            Case(tuple(given), expected) for given, expected in zip(inputs, outputs, strict=True)
        ]
        if "class Solution" in starter:
            problem = replace(problem, entry=f"Solution.{problem.entry}")
        return _split(problem, cases, None)
    pairs = zip(inputs, outputs, strict=True)
    cases = [Case(stdin=_joined(given), expected=_joined(expected)) for given, expected in pairs]
    return _split(replace(problem, kind="stdin"), cases, None)


def _of_class(row: Row, name: str, entry: str) -> Problem:
    statement = _text(row, "query", "problem_description", "question", "prompt", "description")
    starter = _text(row, "starter_code", default="").strip()
    starter = starter or _inside(row, "prompt_metadata", "starter_code").strip()
    if starter and starter not in statement:
        statement += f"\n\n```python\n{starter}\n```"
    level = str(row.get("difficulty") or _inside(row, "meta", "difficulty")).lower()
    entry = entry.replace("()", "")
    if not is_entry(entry):
        raise Unusable(f"its entry point {entry!r} is neither a function nor a method")
    if "class Solution" in statement and "." not in entry:
        entry = f"Solution.{entry}"
    return Problem(name, f"{statement}\n\n{_WHOLE}", entry, difficulty=_DIFFICULTY.get(level, 0))


def _with_tests(
    problem: Problem, statements: list[ast.stmt], call: str, setup: str, visible: int | None
) -> Problem:
    """The problem with its assertions as cases, or as test files where one is no literal."""
    code = f"{problem.solution}\n"
    parameters = parameters_of(code, problem.entry.rpartition(".")[2])
    cases = [case_of(statement, call, parameters) for statement in statements]
    found = [case for case in cases if case is not None]
    if len(found) == len(cases):
        return _split(problem, found, visible)
    if "." in problem.entry:
        raise Unusable("it has tests that are more than a call with literals and a literal answer")
    problem = replace(problem, kind="pytest")
    if call == "candidate":
        return _checked(problem, statements, setup)
    first = _visible(len(statements), visible)
    shown, hidden = statements[:first], statements[first:]
    return replace(
        problem,
        tests=as_test_file(problem.entry, setup, [[test] for test in shown]),
        held_out_tests=as_test_file(problem.entry, setup, [[test] for test in hidden]),
    )


def _checked(problem: Problem, statements: list[ast.stmt], test: str) -> Problem:
    """`check(candidate)` as a whole is held out; what goes up to its first assertion is visible."""
    first = next((n for n, node in enumerate(statements) if isinstance(node, ast.Assert)), None)
    if first is None or len(statements) < 2:
        raise Unusable("only one test, so that none could be held out")
    bind = ast.parse(f"candidate = {problem.entry}").body
    tree = ast.parse(test)
    check = next(node for node in tree.body if getattr(node, "name", "") == "check")
    others = "\n".join(ast.unparse(node) for node in tree.body if node is not check)
    return replace(
        problem,
        tests=as_test_file(problem.entry, others, [bind + statements[: first + 1]]),
        held_out_tests=as_test_file(problem.entry, others, [bind + statements]),
    )


def _split(problem: Problem, cases: list[Case], visible: int | None) -> Problem:
    first = _visible(len(cases), visible)
    return replace(problem, visible=tuple(cases[:first]), held_out=tuple(cases[first:]))


def _visible(count: int, visible: int | None) -> int:
    """How many of so many tests are shown: half of them, at most three, and never all."""
    if count < 2:
        raise Unusable("only one test, so that none could be held out" if count else "no tests")
    return visible or min(_MOST_VISIBLE, count // 2)


def _called(statements: list[ast.stmt], code: str) -> str:
    """The function that the assertions call: the one of theirs that the reference defines."""
    calls = Counter(
        ast.unparse(node.func)
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    )
    try:
        defined = {node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)}
    except SyntaxError:
        defined = set()
    others = [name for name in calls if is_entry(name.replace("()", "")) and name not in _BUILTINS]
    methods = [name for name in others if name.startswith("Solution().")]
    names = methods or [name for name in calls if name in defined] or others
    if not names:
        raise Unusable("its tests call no function")
    return names[0].replace("Solution().", "Solution.")


_BUILTINS = frozenset({"abs", "float", "len", "list", "math.isclose", "round", "set", "sorted"})


def _method_of(starter: str) -> str:
    for line in starter.splitlines():
        if line.strip().startswith("def "):
            return "Solution." + line.strip()[4:].partition("(")[0].strip()
    raise Unusable("neither an entry point nor starter code")


def _pair(test: Any, parameters: tuple[str, ...]) -> Case:
    try:
        given, expected = test["input"], test["output"]
        return Case(arguments_of(given, parameters), _value(expected))
    except (KeyError, TypeError, ValueError, SyntaxError) as error:
        raise Unusable("it has a test whose input or output is no literal") from error


def _value(text: str) -> Value:
    try:
        return literal_of(ast.parse(text.strip(), mode="eval").body)
    except (ValueError, SyntaxError):
        return json.loads(text)  # true, false, null


def _joined(content: Any) -> str:
    """Text, or the lines of a list of texts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list | tuple | None):
        raise Unusable(f"a {type(content).__name__} where a text or a list of texts belongs")
    return "\n".join(map(str, content or ()))


def _parsed(content: Any) -> Any:
    try:
        return json.loads(content) if isinstance(content, str) else content
    except ValueError as error:
        raise Unusable("input_output is not JSON") from error


def _first(solutions: Any) -> str:
    found = solutions
    if isinstance(solutions, str) and solutions.lstrip().startswith("["):
        found = _parsed(solutions)
    return str(found[0]) if isinstance(found, list) and found else str(found or "")


def _text(row: Row, *names: str, default: str | None = None) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and (value or default is not None):
            return value
    if default is None:
        raise Unusable(f"no text in {' or '.join(names)}")
    return default


def _inside(row: Row, name: str, key: str) -> str:
    inner = row.get(name)
    return str(inner.get(key) or "") if isinstance(inner, Mapping) else ""
