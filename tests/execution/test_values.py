"""Values as data: everything comes back as it was, and no text or value does harm."""

import json
import math
import subprocess
import sys
import time
from collections import Counter, OrderedDict, defaultdict
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.execution.inside import values
from assay.execution.inside.values import MARKS, Unrepresentable, decode, encode, from_data, to_data

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2000, 9000).map(lambda bits: 3**bits)
    | st.floats()
    | st.text()
    | st.sampled_from(sorted(MARKS))
    | st.binary()
    | st.complex_numbers()
)
HASHABLE = st.recursive(
    SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4), max_leaves=6
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(st.text() | st.sampled_from(sorted(MARKS)), inner, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.sets(HASHABLE, max_size=4)
    ),
    max_leaves=20,
)


def shape(value: Any) -> Any:
    """Type and value all the way down, so that True is not 1 and NaN is NaN."""
    kind = type(value).__name__
    if isinstance(value, float | complex):
        return kind, repr(value)
    if isinstance(value, list | tuple):
        return kind, [shape(part) for part in value]
    if isinstance(value, set | frozenset):
        return kind, sorted(repr(shape(part)) for part in value)
    if isinstance(value, dict):
        return kind, [(shape(key), shape(part)) for key, part in value.items()]
    return kind, value


@given(VALUES)
def test_every_plain_value_comes_back_as_it_was(value: Any) -> None:
    text = encode(value)
    assert shape(decode(text)) == shape(value)
    assert text.isascii()
    assert "\n" not in text


@given(VALUES)
def test_parsed_json_with_marks_is_the_same_form(value: Any) -> None:
    assert shape(from_data(json.loads(json.dumps(to_data(value))))) == shape(value)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_text_is_a_value_or_unrepresentable(text: bytes) -> None:
    try:
        value = decode(text)
    except Unrepresentable:
        return
    assert shape(decode(encode(value))) == shape(value)


@given(
    st.recursive(
        SCALARS, lambda x: st.dictionaries(st.sampled_from(sorted(MARKS)), x | st.lists(x))
    )
)
def test_marks_that_hold_anything_are_a_value_or_unrepresentable(data: Any) -> None:
    try:
        value = from_data(data)
    except Unrepresentable:
        return
    assert shape(decode(encode(value))) == shape(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, 2.0, "a", None, True], '[1,2.0,"a",null,true]'),
        ((1,), '{"tuple":[1]}'),
        (float("nan"), '{"float":"nan"}'),
        ({1: "a"}, '{"dict":[[1,"a"]]}'),
        ({"set": 1}, '{"dict":[["set",1]]}'),
        ({"set": 1, "b": 2}, '{"set":1,"b":2}'),
        (b"\x00\xff", '{"bytes":"00ff"}'),
        (frozenset({1}), '{"frozenset":[1]}'),
        (-(1 << 4000), '{"int":"-1' + "0" * 1000 + '"}'),
    ],
)
def test_the_written_form_is_the_documented_one(value: Any, text: str) -> None:
    assert encode(value) == text
    assert shape(decode(text)) == shape(value)


@pytest.mark.parametrize(
    "value",
    [defaultdict(list, a=[1]), OrderedDict(b=1, a=2), Counter("hello")],
    ids=lambda value: type(value).__name__,
)
def test_dictionaries_of_the_standard_library_are_written_as_dict(value: dict[str, Any]) -> None:
    assert decode(encode(value)) == dict(value)
    assert type(decode(encode(value))) is dict


class Yes(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Colour(IntEnum):
    RED = 1


@pytest.mark.parametrize(
    "value",
    [Yes(1), [Yes(1)], {Yes(1): 2}, Colour.RED, object(), Decimal(1), Fraction(1, 2), range(3), int,
     (n for n in "ab"), lambda: 1, {}.keys(), iter([]), type("S", (str,), {})("a"), bytearray(b"a"),
     type("L", (list,), {})([1]), type("D", (dict,), {})(a=1), "\ud800", {"\ud83d\ude00": 1}],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_not_exactly_a_built_in_type_is_unrepresentable(value: Any) -> None:
    with pytest.raises(Unrepresentable):
        encode(value)


def test_a_value_that_contains_itself_is_unrepresentable() -> None:
    cycle: list[Any] = []
    cycle += [cycle, cycle]
    with pytest.raises(Unrepresentable, match="contains itself"):
        encode(cycle)


def test_a_small_value_that_unfolds_to_a_large_one_ends_soon() -> None:
    value: list[Any] = [1]
    for _ in range(50):
        value = [value, value]
    with pytest.raises(Unrepresentable, match="bytes"):
        encode(value)


def test_depth_is_bounded_in_both_directions() -> None:
    deep: Any = 1
    for _ in range(10):
        deep = {(1,): (deep,)}
    assert decode(encode(deep, max_depth=20), max_depth=20) == deep
    with pytest.raises(Unrepresentable):
        encode(deep, max_depth=19)
    with pytest.raises(Unrepresentable):
        decode(encode(deep, max_depth=20), max_depth=19)


HOSTILE = {
    "deep lists": b"[" * 500_000 + b"]" * 500_000,
    "deep objects": b'{"a":' * 150_000 + b"1" + b"}" * 150_000,
    "deep in a key": b'{"' + b"[" * 900_000 + b'":1',
    "a huge integer": b"1" * 1_000_000,
    "a huge float": b"1." + b"1" * 1_000_000,
    "a huge exponent": b"1e999999999",
    "a huge negative integer in a list": b"[-" + b"9" * 900_000 + b"]",
    "the same key twice": b'{"a":1,"a":2}',
    "the same marked key twice": b'{"dict":[[1,2],[true,3]]}',
    "the same member twice": b'{"set":[1,1.0]}',
    "a NaN literal": b"NaN",
    "an infinity literal": b"[-Infinity]",
    "trailing garbage": b"1 2",
    "two lines": b"1\n2",
    "nothing": b"",
    "a lone surrogate": b'"\\ud800"',
    "no UTF-8": b'"\xff"',
    "an unhashable member": b'{"set":[[1]]}',
    "an unhashable key": b'{"dict":[[{},1]]}',
    "members of one hash": b'{"set":[%s]}' % b",".join(b"%d" % (n * (2**61 - 1)) for n in range(40_000)),
    "members that could collide": b'{"set":[%s]}' % b",".join(b"%d" % n for n in range(10_001)),
    "keys that could collide": b'{"dict":[%s]}' % b",".join(b"[%d,0]" % n for n in range(10_001)),
    "half strings": b'\\"' * 500_000,
    "quotes": b'"' + b'\\"' * 500_000,
    "a mark with other content": b'{"tuple":1}',
    "a float that is no float": b'{"float":"1e5"}',
    "an object that nobody named": b'{"<object>":1}',
    "a pair of three": b'{"dict":[[1,2,3]]}',
    "a nested mark": b'{"complex":[{"float":[]},1]}',
    "an integer in other letters": b'{"int":"1_0"}',
    "a complex without end": b'{"complex":[1' + b"0" * 400 + b',1]}',
    "odd bytes": b'{"bytes":"abc"}',
    "too much": b'"' + b"a" * (1 << 20) + b'"',
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused_at_once(text: bytes) -> None:
    started = time.process_time()
    with pytest.raises(Unrepresentable):
        decode(text)
    assert time.process_time() - started < 2


def test_as_many_members_as_may_be_pass_in_both_directions() -> None:
    for value in (set(range(10_000)), {n: n for n in range(10_000)}, set(map(str, range(30_000)))):
        assert decode(encode(value)) == value
    for more in (set(range(10_001)), dict.fromkeys(range(10_001)), frozenset(range(10_001))):
        with pytest.raises(Unrepresentable, match="more than 10000 members"):
            encode(more)


def test_a_huge_integer_passes_whatever_the_limit_of_digits() -> None:
    limit = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(640)
        for number in (10**632, 10**633, 10**200_000):
            assert decode(encode(-number)) == -number
    finally:
        sys.set_int_max_str_digits(limit)


def test_an_integer_beyond_the_bound_is_unrepresentable() -> None:
    with pytest.raises(Unrepresentable):
        encode(1 << (1 << 23))


def test_a_named_object_comes_back_as_the_one_of_that_number() -> None:
    thing = object()
    text = encode([1, {"a": thing}], name=lambda value: 7 if value is thing else None)
    assert decode(text, named={7: "seven"}.__getitem__) == [1, {"a": "seven"}]
    with pytest.raises(Unrepresentable):
        decode(text, named={}.__getitem__)


def test_minus_zero_keeps_its_sign() -> None:
    assert math.copysign(1, decode(encode(-0.0))) == -1


def test_the_module_needs_the_standard_library_only() -> None:
    command = [sys.executable, "-I", "-S", values.__file__]
    assert subprocess.run(command, check=False).returncode == 0
