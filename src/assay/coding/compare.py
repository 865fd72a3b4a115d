"""Whether an answer is the expected one. Pure; used by `hardened`.

Types are exact all the way down: True is not 1, 1 is not 1.0, (1,) is not [1]. No method of an
answer's own ever runs, for it arrives as data.

| type | the same when |
|---|---|
| None, bool, int, str, bytes | equal |
| float | within 1e-9 of the larger, or within 1e-12 of each other; NaN is NaN; -0.0 is 0.0 |
| complex | both parts are, as floats |
| list, tuple | as long, and the same part by part |
| dict | the same keys, by type and value and without tolerance, in any order; the same values |
| set, frozenset | the same members, by type and value and without tolerance |
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable

from assay.coding.problem import Value

RELATIVE = 1e-9
ABSOLUTE = 1e-12
WRONG = "wrong value"


def same(actual: Value, expected: Value) -> str:
    """Compare an answer with the expected one.

    Returns:
        "" when they are the same, else why not, in words that tell nothing of the expected value.
    """
    if type(actual) is not type(expected):
        return f"wrong type: {type(actual).__name__}"
    match expected:
        case float():
            return "" if _close(actual, expected) else WRONG
        case complex():
            near = _close(actual.real, expected.real) and _close(actual.imag, expected.imag)
            return "" if near else WRONG
        case list() | tuple():
            if len(actual) != len(expected):
                return WRONG
            return _first(same(a, e) for a, e in zip(actual, expected, strict=True))
        case dict():
            if Counter(map(_exact, actual)) != Counter(map(_exact, expected)):
                return WRONG
            ours, theirs = _by_key(expected), _by_key(actual)
            return _first(_same_bag(theirs[key], values) for key, values in ours.items())
        case set() | frozenset():
            members = Counter(map(_exact, expected))
            return "" if Counter(map(_exact, actual)) == members else WRONG
        case _:
            return "" if actual == expected else WRONG


def same_output(actual: str, expected: str) -> str:
    """Compare what a program printed with what it should print, line by line.

    White space at the ends of lines and empty lines at the end do not count. All else does: a line
    too many, a word in another case, 1.0 for 1.

    Returns:
        As `same`.
    """
    return "" if _lines(actual) == _lines(expected) else "wrong output"


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _close(actual: float, expected: float) -> bool:
    if math.isnan(expected):
        return math.isnan(actual)
    return math.isclose(actual, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _by_key(content: dict[Value, Value]) -> dict[Hashable, list[Value]]:
    """All values of each key: a dict can have NaN more than once."""
    found: dict[Hashable, list[Value]] = {}
    for key, value in content.items():
        found.setdefault(_exact(key), []).append(value)
    return found


def _same_bag(actual: list[Value], expected: list[Value]) -> str:
    """As `same`, in any order; there are as many of both."""
    if len(expected) == 1:
        return same(actual[0], expected[0])
    left = list(actual)
    for value in expected:
        found = next((n for n, other in enumerate(left) if not same(other, value)), None)
        if found is None:
            return WRONG
        del left[found]
    return ""


def _exact(value: Value) -> Hashable:
    """Something that is equal for the same type and value alone, NaN included."""
    match value:
        case float():
            return "float", repr(value + 0.0)  # -0.0 + 0.0 is 0.0
        case complex():
            return "complex", _exact(value.real), _exact(value.imag)
        case tuple():
            return "tuple", *map(_exact, value)
        case frozenset():
            return "frozenset", frozenset(Counter(map(_exact, value)).items())
        case _:
            return type(value).__name__, value


def _first(reasons: Iterable[str]) -> str:
    return next(filter(None, reasons), "")
