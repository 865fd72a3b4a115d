"""Problems from templates: draws inputs, computes what is expected, writes the tests.

Everything follows from the random generator that is passed in: a seed gives the same problems
byte for byte, and one problem does not depend on which others are made.
"""

import ast
import copy
import hashlib
import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from types import ModuleType
from typing import Any

from assay.coding.problem import Case, Problem, literal
from assay.coding.problems import (
    boards,
    classes,
    dynamic,
    enumeration,
    formatting,
    graphs,
    grids,
    intervals,
    lists,
    machines,
    mappings,
    modules,
    notation,
    numbers,
    parsing,
    processors,
    recursion,
    relations,
    results,
    rounding,
    simulation,
    streams,
    stretches,
    strings,
)
from assay.coding.problems.template import Draft, Input, Stream, Template, Tested
from assay.errors import UserError, unknown

_THEMES: Sequence[ModuleType] = (
    *(strings, lists, stretches, mappings, numbers, results, rounding, formatting, parsing),
    *(notation, simulation, machines, processors, intervals, grids, boards, recursion),
    *(enumeration, dynamic, graphs, relations, streams, classes, modules),
)
SPLITS = ("train", "validation", "test")
_SALT = 220  # with it every split has every kind and every difficulty
_VISIBLE, _HELD_OUT = (3, 4), 10
_READ_AND_PRINT = """

if __name__ == "__main__":
    import sys

    print(solve(sys.stdin.read()))
"""


def templates() -> tuple[Template, ...]:
    """Every template, in the order of the themes."""
    return tuple(
        value for theme in _THEMES for value in vars(theme).values() if isinstance(value, Template)
    )


def split_of(template: str) -> str:
    """The split of a template: the same for every seed, and when others are added."""
    bucket = hashlib.sha256(f"{_SALT} {template}".encode()).digest()[0] % 20
    return "validation" if bucket < 3 else "test" if bucket < 7 else "train"


def generate(rng: Random, count: int | None = None, *, split: str | None = None) -> list[Problem]:
    """Make problems: every one there is, or a random `count` of them.

    Args:
        rng: Decides the inputs, and which problems `count` takes.
        count: How many; all of them if None.
        split: Only this one of `SPLITS`.

    Raises:
        UserError: There are fewer than `count`, or no such split.
    """
    if split is not None and split not in SPLITS:
        raise unknown("split", split, SPLITS)
    seed = rng.getrandbits(64)
    chosen = [entry for entry in _variants() if split in (None, split_of(entry[1].name))]
    if count is not None:
        if not 0 <= count <= len(chosen):
            raise UserError(f"There are {len(chosen)} problems to choose from, not {count}.")
        chosen = [chosen[n] for n in sorted(rng.sample(range(len(chosen)), count))]
    return [_make(*entry, seed) for entry in chosen]


def find(identifier: str, rng: Random) -> Problem:
    """The one problem with this id, as `generate` would make it from the same generator."""
    known = {entry[0]: entry for entry in _variants()}
    if identifier not in known:
        raise unknown(
            "problem", identifier, known, f"There are {len(known)}, {min(known)!r} is one."
        )
    return _make(*known[identifier], rng.getrandbits(64))


def _variants() -> Iterator[tuple[str, Template, Mapping[str, object]]]:
    for template in templates():
        for n, levels in enumerate(template.variants(), 1):
            yield f"{template.name}-{n}", template, levels


def _make(identifier: str, template: Template, levels: Mapping[str, object], seed: int) -> Problem:
    rng = Random(f"{seed} {identifier}")
    draft = template.draft(rng, **levels)
    about = {
        "id": identifier,
        "statement": template.statement.format(**levels),
        "solution": inspect.cleandoc(draft.solution) + "\n",
        "difficulty": template.difficulty,
        "template": template.name,
        "split": split_of(template.name),
    }
    return _tested(about, draft) if isinstance(draft, Tested) else _cases(about, draft, rng)


def _cases(about: dict[str, Any], draft: Draft, rng: Random) -> Problem:
    solve: Callable[..., Any] = _load(about["solution"])["solve"]
    stream = isinstance(draft, Stream)

    def case(given: Input) -> Case:
        if stream:
            return Case(stdin=given, expected=solve(given) + "\n")
        return Case(arguments=given, expected=solve(*copy.deepcopy(given)))

    edges = _distinct(map(case, draft.edges))
    drawn = _distinct([*edges, *(case(draft.sample()) for _ in range(80))])[len(edges) :]
    drawn = _spread(drawn)
    shown = rng.randint(*_VISIBLE)
    if stream:
        about["solution"] = about["solution"].rstrip() + _READ_AND_PRINT
    return Problem(
        **about,
        kind="stdin" if stream else "function",
        visible=tuple(drawn[:shown]),
        held_out=tuple([*edges, *drawn[shown:]][: max(_HELD_OUT, len(edges) + 3)]),
    )


def _distinct(cases: Iterator[Case] | Sequence[Case]) -> list[Case]:
    """The cases without those whose input came before."""
    found: dict[str, Case] = {}
    for case in cases:
        found.setdefault(literal((case.arguments, case.stdin)), case)
    return list(found.values())


def _spread(cases: Sequence[Case]) -> list[Case]:
    """The same cases, those with an answer that is new or rare so far first."""
    seen: Counter[str] = Counter()
    ranked = []
    for n, case in enumerate(cases):
        answer = literal(case.expected)
        ranked.append((seen[answer], n, case))
        seen[answer] += 1
    return [case for _, _, case in sorted(ranked, key=lambda entry: entry[:2])]


def _tested(about: dict[str, Any], draft: Tested) -> Problem:
    def file(tests: Mapping[str, str]) -> str:
        functions = [_test(name, lines, about["solution"]) for name, lines in tests.items()]
        raises = any("pytest." in function for function in functions)
        head = ("import pytest\n\n" if raises else "") + f"from solution import {draft.imports}\n"
        return "\n\n".join([head, *functions])

    return Problem(
        **about, kind="pytest", tests=file(draft.visible), held_out_tests=file(draft.held_out)
    )


def _test(name: str, lines: str, solution: str) -> str:
    """A test function; asserts what each expression is under the reference solution."""
    namespace = _load(solution)
    body = [
        _line(ast.unparse(node), node, namespace)
        for node in ast.parse(inspect.cleandoc(lines)).body
    ]
    return f"def test_{name}():\n" + "".join(f"    {line}\n" for line in body)


def _line(code: str, node: ast.stmt, namespace: dict[str, Any]) -> str:
    if not isinstance(node, ast.Expr):
        exec(code, namespace)
        return code.replace("\n", "\n    ")
    try:
        value = eval(code, namespace)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        return f"with pytest.raises({type(error).__name__}):\n        {code}"
    if value is None:
        return code
    if isinstance(value, bool):
        if isinstance(node.value, ast.Compare):  # `a == b is False` would be a chain
            return f"assert {code}" if value else f"assert not {code}"
        return f"assert {code} is {value}"
    return f"assert {code} == {literal(value)}"


def _load(solution: str) -> dict[str, Any]:
    """Run a reference solution of ours; never anything that a model wrote."""
    namespace: dict[str, Any] = {"__name__": "solution"}
    exec(compile(solution, "<reference>", "exec"), namespace)
    return namespace
