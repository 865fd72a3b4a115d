"""Values as data: what may cross between a program and whoever called it, and how it is written.

Plain JSON for None, bool, int, finite float, str, list, and dict with str keys. An object with
exactly one key is a mark for what JSON lacks:

    {"tuple": [...]}  {"set": [...]}  {"frozenset": [...]}  {"float": "nan" | "inf" | "-inf"}
    {"bytes": "<hex>"}  {"complex": [re, im]}  {"int": "<hex>"} (from about 630 digits on)
    {"dict": [[key, value], ...]} (keys that are not all str, or a dict that would look like a mark)
    {"<object>": n} (what one side only names; where both sides have agreed on names, else never)

Exact built-in types only, all the way down: an instance of a subclass has no such form, for its
methods can say anything. `defaultdict`, `OrderedDict` and `Counter` are written as the dict that
they hold. Depth, bytes, digits and hashed members are bounded in both directions. Standard library
only: imported on both sides.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from json import JSONDecodeError, JSONDecoder, JSONEncoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any, NoReturn

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
"""Containers within containers. A scalar has depth 0, `[]` has 1."""
MAX_HASHED = 10_000
"""Members of one set, or keys of one dict, that are neither str nor bytes.

Their hashes are known to everybody: numbers can be chosen so that each collides with most others.
"""

_HOLDS = {
    "tuple": "a list",
    "set": "a list",
    "frozenset": "a list",
    "float": '"nan", "inf" or "-inf"',
    "bytes": "hexadecimal digits",
    "complex": "two numbers",
    "int": "hexadecimal digits",
    "dict": "a list of [key, value]",
    "<object>": "the number of one",
}
MARKS = frozenset(_HOLDS)
"""The keys that make an object with no other key a mark."""

_DICTS = (dict, defaultdict, OrderedDict, Counter)
_SEQUENCES: dict[type, str] = {tuple: "tuple", set: "set", frozenset: "frozenset"}
_PLAIN_BITS = 2100  # 633 digits: below 640, so no setting of int's digit limit is in the way
_DIGITS = 4300  # of a literal; int() is quadratic in them
_COLLISIONS = 50
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)  # linear on any input
_BRACKET = re.compile(rb"[\[\]{}]")
_HEX = re.compile(r"-?[0-9a-fA-F]+")
_BYTES = re.compile(r"(?:[0-9a-fA-F]{2})*")


class Unrepresentable(ValueError):
    """A value or a text that the format above has no place for; the message says which part."""


def encode(
    value: object,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    name: Callable[[object], int | None] | None = None,
) -> str:
    """One line of ASCII that `decode` turns into an equal value.

    Args:
        value: What to write.
        max_bytes: Longer is an error.
        max_depth: Deeper is an error.
        name: Numbers for objects that have no other form; None where it knows none.

    Raises:
        Unrepresentable: Something in it is of another type, or it is too deep, cyclic or too large.
    """
    text = _ENCODER.encode(_Writer(max_bytes, max_depth, name).data(value, 0))
    if len(text) > max_bytes:
        raise Unrepresentable(f"more than {max_bytes} bytes")
    return text


def decode(
    text: bytes | str,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    named: Callable[[int], object] | None = None,
) -> Any:
    """The value that a text stands for. Safe for any text.

    The time is linear in its length but for what the hashes of a set's members cost, and these are
    at most `MAX_HASHED`.

    Args:
        text: From anybody.
        max_bytes: Longer is an error.
        max_depth: Deeper is an error.
        named: The object for a number; raises LookupError for one that there is not.

    Raises:
        Unrepresentable: It stands for none.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > max_bytes:
        raise Unrepresentable(f"more than {max_bytes} bytes")
    level = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", raw)):
        level += 1 if bracket in b"[{" else -1
        if level > 3 * max_depth + 1:  # a dict with other keys takes three brackets
            raise Unrepresentable(f"more than {max_depth} levels deep")
    try:
        data = _DECODER.decode(raw.decode("utf-8"))
    except JSONDecodeError as error:
        raise Unrepresentable(f"not JSON: {error.msg} at character {error.pos}") from None
    except UnicodeDecodeError:
        raise Unrepresentable("not UTF-8") from None
    return _Reader(named).value(data, max_depth)


def to_data(value: object, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The value in what `json.dumps` knows, with marks: `encode` without the last step.

    Raises:
        Unrepresentable: As `encode`.
    """
    return _Writer(max_bytes, max_depth, None).data(value, 0)


def from_data(data: object, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value that parsed JSON with marks stands for; always made of new objects.

    Raises:
        Unrepresentable: A mark does not hold what it should, or it is too deep.
    """
    return _Reader(None).value(data, max_depth)


def _text(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            # Two of them next to each other would come back as one character.
            raise Unrepresentable("a string with a lone surrogate") from None
    return text


class _Writer:
    """Counts what it writes, so that a value that contains itself ends, and shared parts too."""

    def __init__(
        self, max_bytes: int, max_depth: int, name: Callable[[object], int | None] | None
    ) -> None:
        self._left, self._max_bytes, self._max_depth = max_bytes, max_bytes, max_depth
        self._name = name

    def data(self, value: object, depth: int) -> Any:
        """`value`, which lies `depth` containers deep, as `json.dumps` knows it."""
        kind = type(value)
        self._spend(2)  # itself and a comma or the like
        if value is None or kind is bool:
            return value
        if isinstance(value, int) and kind is int:
            bits = value.bit_length()
            self._spend(bits // 4)
            return value if bits <= _PLAIN_BITS else {"int": format(value, "x")}
        if isinstance(value, float) and kind is float:
            return value if abs(value) < float("inf") else {"float": repr(value)}
        if isinstance(value, str) and kind is str:
            self._spend(len(value))
            return _text(value)
        if isinstance(value, bytes) and kind is bytes:
            self._spend(2 * len(value))
            return {"bytes": value.hex()}
        if isinstance(value, complex) and kind is complex:
            return {"complex": [self.data(value.real, depth), self.data(value.imag, depth)]}
        if self._name is not None and (number := self._name(value)) is not None:
            return {"<object>": number}
        if depth >= self._max_depth:
            raise Unrepresentable(f"more than {self._max_depth} levels deep, or it contains itself")
        if isinstance(value, list) and kind is list:
            return [self.data(part, depth + 1) for part in value]
        if isinstance(value, tuple | set | frozenset) and kind in _SEQUENCES:
            if kind is not tuple:
                _bound(value, _SEQUENCES[kind])
            return {_SEQUENCES[kind]: [self.data(part, depth + 1) for part in value]}
        if isinstance(value, dict) and kind in _DICTS:
            _bound(value, "dict")
            pairs = [[self.data(k, depth + 1), self.data(v, depth + 1)] for k, v in value.items()]
            plain = all(type(key) is str for key in value)
            if plain and not (len(pairs) == 1 and pairs[0][0] in MARKS):
                return dict(pairs)
            return {"dict": pairs}
        raise Unrepresentable(f"{kind.__name__[:80]} is no plain value")

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Unrepresentable(f"more than {self._max_bytes} bytes, or it contains itself")


class _Reader:
    """`levels` is how many more containers may lie within each other."""

    def __init__(self, named: Callable[[int], object] | None) -> None:
        self._named = named

    def value(self, data: object, levels: int) -> Any:
        """What parsed JSON stands for."""
        if type(data) is list:
            return self._members(data, "list", levels)
        if type(data) is dict:
            if len(data) == 1:
                [(mark, content)] = data.items()
                if mark in MARKS:
                    return self._marked(mark, content, levels)
            parts = self._members(list(data.values()), "dict", levels)
            return dict(zip(map(_text, data), parts, strict=True))
        if type(data) is str:
            return _text(data)
        if type(data) is float and not abs(data) < float("inf"):
            raise Unrepresentable('a float that JSON lacks; write {"float": "nan"}')
        if data is None or type(data) in (bool, int, float):
            return data
        raise Unrepresentable(f"a {type(data).__name__} is not JSON")

    def _marked(self, mark: str, content: object, levels: int) -> Any:
        if mark == "tuple":
            return tuple(self._members(content, mark, levels))
        if mark == "set":
            return set(_hashed(self._members(content, mark, levels), mark))
        if mark == "frozenset":
            return frozenset(_hashed(self._members(content, mark, levels), mark))
        if mark == "dict":
            return self._dict(content, levels)
        if mark == "complex":
            return self._complex(content)
        if mark == "float" and content in ("nan", "inf", "-inf"):
            return float(str(content))
        if mark == "int" and isinstance(content, str) and _HEX.fullmatch(content):
            return int(content, 16)
        if mark == "bytes" and isinstance(content, str) and _BYTES.fullmatch(content):
            return bytes.fromhex(content)
        if mark == "<object>" and self._named is not None and type(content) is int:
            try:
                return self._named(content)
            except LookupError:
                raise _misused(mark) from None
        raise _misused(mark)

    def _members(self, content: object, mark: str, levels: int) -> list[Any]:
        if type(content) is not list:
            raise _misused(mark)
        if levels <= 0:
            raise Unrepresentable("too many levels deep")
        return [self.value(part, levels - 1) for part in content]

    def _dict(self, content: object, levels: int) -> dict[Any, Any]:
        if type(content) is not list or any(type(p) is not list or len(p) != 2 for p in content):
            raise _misused("dict")
        keys = self._members([key for key, _ in content], "dict", levels)
        values = self._members([value for _, value in content], "dict", levels)
        return dict(zip(_hashed(keys, "dict"), values, strict=True))

    def _complex(self, content: object) -> complex:
        parts = self._members(content, "complex", 1)
        if len(parts) != 2 or any(type(part) not in (int, float) for part in parts):
            raise _misused("complex")
        try:
            return complex(*parts)
        except OverflowError:
            raise _misused("complex") from None


def _misused(mark: str) -> Unrepresentable:
    return Unrepresentable(
        f'{{"{mark}": ...}} does not hold {_HOLDS[mark]}; '
        f'a dict with this one key is written {{"dict": [["{mark}", ...]]}}'
    )


def _bound(members: Collection[object], mark: str) -> None:
    if len(members) > MAX_HASHED:
        hashed = sum(type(member) not in (str, bytes) for member in members)
        if hashed > MAX_HASHED:
            raise Unrepresentable(f"a {mark} of more than {MAX_HASHED} members")


def _hashed(members: list[Any], mark: str) -> list[Any]:
    """The same members, if a set or the keys of a dict can be made of them soon."""
    _bound(members, mark)
    try:
        hashes = sorted(map(hash, members))
    except TypeError:
        raise Unrepresentable(f'{{"{mark}": ...}} with a member that cannot be hashed') from None
    if any(a == b for a, b in zip(hashes, hashes[_COLLISIONS:], strict=False)):
        raise Unrepresentable(f'{{"{mark}": ...}} with too many members of one hash')
    if len(frozenset(members)) < len(members):
        raise Unrepresentable(f'{{"{mark}": ...}} with the same member twice')
    return members


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unrepresentable("an object with the same key twice")
    return found


def _parse_int(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise Unrepresentable(f'an int of more than {_DIGITS} digits; write {{"int": "<hex>"}}')
    return int(digits)


def _parse_float(digits: str) -> float:
    if len(digits) > _DIGITS:
        raise Unrepresentable(f"a float of more than {_DIGITS} digits")
    return float(digits)


def _constant(name: str) -> NoReturn:
    raise Unrepresentable(f'{name} is not JSON; write {{"float": "nan"}}, "inf" or "-inf"')


_ENCODER = JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False)
_DECODER = JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_parse_int,
    parse_float=_parse_float,
    parse_constant=_constant,
)


def update(old: object, new: object) -> None:
    """Make an argument what the solution has made of it, keeping every list its identity."""
    if isinstance(old, list) and isinstance(new, list):
        if len(old) == len(new):
            for n, (before, after) in enumerate(zip(old, new, strict=True)):
                if type(before) is type(after) and isinstance(before, list | dict | set):
                    update(before, after)
                else:
                    old[n] = after
        else:
            old[:] = new
    elif isinstance(old, dict | set) and type(old) is type(new):
        old.clear()
        old.update(new)
