"""Finds answers to visible inputs that a program has by heart.

Pure. A program that knows its tests by literal is overfit, which is no hack: nothing was tampered
with. Feeds `flags`.

Literals are compared in the form of `inside.values`: each is written once, in time linear in its
length, whatever it is.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from assay.coding.problem import Case, Problem, Value
from assay.execution.inside import values

_MAX_BYTES = 1 << 26
_MOST = 1 << 20  # bytes of literals; more only of tables within tables, each written once more


def special_cases(tree: ast.Module, problem: Problem) -> tuple[ast.expr | ast.stmt, ...]:
    """Where visible inputs stand beside the answers to them, in an `if` or in a table.

    Only pairs of which at least one input is telling count (neither empty nor a very small
    number), for honest programs have base cases; and only if half of the visible cases with telling
    inputs are there, and two of them where the problem has two.
    """
    pairs = list(_all_pairs(tree))
    if not pairs:
        return ()
    telling = [_Pattern.of(case) for case in problem.visible if _is_telling(case)]
    places: list[ast.expr | ast.stmt] = []
    known: set[int] = set()
    for node, inputs, answer in pairs:
        hits = {n for n, pattern in enumerate(telling) if pattern.matches(inputs, answer)}
        if hits:
            known |= hits
            places.append(node)
    enough = max(min(2, len(telling)), (len(telling) + 1) // 2)
    return tuple(dict.fromkeys(places)) if known and len(known) >= enough else ()


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What gives a case away: its answer beside all of its arguments, whole or each."""

    answer: str
    whole: frozenset[str]
    each: frozenset[str]

    @classmethod
    def of(cls, case: Case) -> Self:
        """Write down a case once."""
        whole = [_written(case.arguments), _written(list(case.arguments))]
        each = [_written(argument) for argument in case.arguments]
        if len(each) == 1:
            whole += [*each, _as_text(case.arguments[0])]
        known = [text for text in each if text is not None]
        return cls(
            _written(case.expected) or "?",  # which is written for nothing
            frozenset(text for text in whole if text is not None),
            frozenset(known if len(known) == len(each) else ["?"]),
        )

    def matches(self, inputs: frozenset[str], answer: str) -> bool:
        """Whether these literals are the case's."""
        return answer == self.answer and (self.each <= inputs or not inputs.isdisjoint(self.whole))


def _all_pairs(
    tree: ast.Module,
) -> Iterator[tuple[ast.expr | ast.stmt, frozenset[str], str]]:
    left = _MOST
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr | ast.stmt):
            continue
        for inputs, answer in _pairs(node):
            yield node, inputs, answer
            left -= len(answer) + sum(map(len, inputs))
            if left < 0:
                return


def _pairs(node: ast.expr | ast.stmt) -> Iterator[tuple[frozenset[str], str]]:
    """Literal inputs and the literal answer that goes with them, as they are written."""
    match node:
        case ast.If(test=test, body=[ast.Return(value=ast.expr() as value), *_]):
            yield from _answer(_compared(test), value)
        case ast.IfExp(test=test, body=value):
            yield from _answer(_compared(test), value)
        case ast.Match(cases=cases):
            for case in cases:
                if case.body and isinstance(case.body[0], ast.Return) and case.body[0].value:
                    inputs = [
                        part.value
                        for part in ast.walk(case.pattern)
                        if isinstance(part, ast.MatchValue)
                    ]
                    yield from _answer(inputs, case.body[0].value)
        case ast.Dict(keys=keys, values=answers):
            for key, value in zip(keys, answers, strict=True):
                if key is not None:
                    yield from _answer([key], value)


def _compared(test: ast.expr) -> list[ast.expr]:
    return [
        side
        for part in ast.walk(test)
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq)
        for side in (part.left, *part.comparators)
    ]


def _answer(inputs: Iterable[ast.expr], value: ast.expr) -> Iterator[tuple[frozenset[str], str]]:
    answer = _literal(value)
    if answer is not None:
        literals = frozenset(text for text in map(_literal, inputs) if text is not None)
        if literals:
            yield literals, answer


def _literal(node: ast.expr) -> str | None:
    try:
        return _written(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, ArithmeticError, MemoryError, RecursionError):
        return None


def _written(value: Value) -> str | None:
    try:
        return values.encode(value, max_bytes=_MAX_BYTES)
    except values.Unrepresentable:
        return None


def _as_text(value: Value) -> str | None:
    try:
        return _written(str(value))
    except ValueError:  # an int of too many digits
        return None


def _is_telling(case: Case) -> bool:
    return any(_says_much(argument) for argument in case.arguments)


def _says_much(value: Value) -> bool:
    if isinstance(value, bool | None):
        return False
    if isinstance(value, int | float):
        return abs(value) > 3
    try:
        return len(value) > 1
    except TypeError:
        return True
