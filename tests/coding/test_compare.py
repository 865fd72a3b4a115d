"""An answer is right when it is the same value of the same type, all the way down."""

import copy
import math
from typing import Any

import pytest
from hypothesis import given

from assay.coding.compare import same, same_output
from tests.execution.test_values import VALUES, shape

NAN, INF = float("nan"), float("inf")


@given(VALUES)
def test_a_value_is_the_same_as_its_copy(value: Any) -> None:
    assert same(copy.deepcopy(value), value) == ""


@given(VALUES, VALUES)
def test_two_values_are_the_same_both_ways_or_neither(one: Any, other: Any) -> None:
    assert bool(same(one, other)) == bool(same(other, one))
    if shape(one) == shape(other):
        assert same(one, other) == ""


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0, 1.0 + 1e-10),
        (1e300, 1e300 * (1 + 1e-10)),
        (0.0, 1e-13),
        (0.0, -0.0),
        (0.1 + 0.2, 0.3),
        (NAN, NAN),
        (INF, INF),
        (complex(1, NAN), complex(1 + 1e-12, NAN)),
        ([1.0, (2.0,)], [1.0 + 1e-12, (2.0,)]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1: NAN}, {1: NAN}),
        ({float("nan"): 1, NAN: 2}, {float("nan"): 2, NAN: 1}),
        ({float("nan"): 1.0, NAN: [1]}, {float("nan"): [1], NAN: 1.0 + 1e-12}),
        ({0.0}, {-0.0}),
        ({NAN}, {NAN}),
        ({(1, NAN)}, {(1, NAN)}),
        (frozenset({frozenset({1})}), frozenset({frozenset({1})})),
    ],
    ids=repr,
)
def test_what_is_the_same(actual: Any, expected: Any) -> None:
    assert same(actual, expected) == ""


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (True, 1), (1, True), (False, 0), (0, False), (1, 1.0), (1.0, 1), (0, 0.0), (None, False),
        (0, None), ("", None), ([], ()), ((), []), ({}, []), (set(), {}), (frozenset(), set()),
        ("1", 1), (b"a", "a"), (1 + 0j, 1.0), ([True], [1]), ((1,), (1.0,)), ([[]], [()]),
        ({"a": 1}, {"a": True}), ([1, None], [1, False]),
    ],
    ids=repr,
)  # fmt: skip
def test_another_type_is_not_the_same(actual: Any, expected: Any) -> None:
    assert same(actual, expected).startswith("wrong type: ")


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1, 2), ("a", "A"), ("é", "e\u0301"), (1.0, 1.00000001), (0.0, 1e-11), (NAN, 1.0),
        (1.0, NAN), (INF, 1e308), (INF, -INF), (INF, NAN), (1e308, INF), ([1], [1, 1]), ([1, 2], [2, 1]),
        ({1: 0}, {True: 0}), ({1: 0}, {1.0: 0}), ({"a": 1}, {"b": 1}), ({"a": 1}, {}),
        ({1}, {True}), ({1}, {1.0}), ({1, 2}, {1}), ({(1,)}, {(True,)}), ({1.0}, {1.0 + 1e-12}),
        ({float("nan"): 9, NAN: 2}, {float("nan"): 1, NAN: 2}), ({NAN: 1}, {NAN: 1, float("nan"): 1}),
        ({float("nan"): 1, NAN: 1}, {float("nan"): 1, NAN: 2}),
        ({frozenset({1})}, {frozenset({True})}), (complex(1, NAN), complex(NAN, 1)),
    ],
    ids=repr,
)  # fmt: skip
def test_another_value_is_not_the_same(actual: Any, expected: Any) -> None:
    assert same(actual, expected) == "wrong value"


def test_the_reason_says_nothing_of_what_is_expected() -> None:
    for actual in (0, "x", [0], {"a": 0}, None, math.pi):
        for expected in (["needle"], {"needle": 1}, {"a": "needle"}, ("needle",), "needle"):
            assert "needle" not in same(actual, expected)
            assert type(expected).__name__ not in same(actual, expected)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("3\n", "3"),
        ("3", "3\n"),
        ("3 \n\n \n", "3"),
        ("a\r\nb\r\n", "a\nb"),
        ("\n3", "\n3\n"),
        ("", "\n"),
    ],
)
def test_white_space_at_the_ends_of_lines_and_of_the_output_is_ignored(
    printed: str, expected: str
) -> None:
    assert same_output(printed, expected) == ""


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("3\n4", "3"), (" 3", "3"), ("\n3", "3"), ("3.0", "3"), ("3  4", "3 4"), ("a\n\nb", "a\nb"), ("", "3"), ("A", "a"),
     ("3\0", "3"), ("3\u200b", "3"), ("3\f4", "3\n4"), ("0\r3", "3")],
)  # fmt: skip
def test_all_else_in_an_output_counts(printed: str, expected: str) -> None:
    assert same_output(printed, expected) == "wrong output"
