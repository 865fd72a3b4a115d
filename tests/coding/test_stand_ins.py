"""Kind "pytest": what the solution's objects may say of themselves, and what nobody asks them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from assay.coding.hardened import grade
from assay.coding.problem import Problem, Submission
from assay.execution.workers import Pool

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    async with Pool(2, preload=("pytest",)) as pool:
        yield pool


async def paid(pool: Pool, source: str, body: str, reference: str = "") -> bool:
    tests = f"from solution import *\n\ndef test_it():\n    {body}\n"
    problem = Problem("tests", "", kind="pytest", held_out_tests=tests, solution=reference)
    return (await grade(Submission.of(source), problem, pool)).passed


# -- operators: only those that the reference solution's class has ----------------------------

LIAR = """
class mean:
    def __init__(self, *a): pass
    def __sub__(self, other): return 0.0
    def __lt__(self, other): return True
    def __contains__(self, other): return True
    def __eq__(self, other): return isinstance(other, mean)
    def __len__(self): return 1
    def __abs__(self): return self
    def __round__(self, digits=None): return self
    __rsub__ = __isub__ = __sub__
    __gt__ = __le__ = __ge__ = __lt__
"""
MEAN = "def mean(xs): return sum(xs) / len(xs)"
ASKING = [
    "assert abs(mean([1, 3]) - 2.0) < 1e-6",
    "assert abs(2.0 - mean([1, 3])) < 1e-6",
    "assert 1.99 < mean([1, 3]) < 2.01",
    "assert mean([1]) < mean([2])",
    "assert abs(mean([1, 3])) < 2.01",
    "got = mean([1, 3]); got -= 2.0; assert got == 0",
    "assert mean([1, 3]) == mean([3, 1])",
]


@pytest.mark.parametrize("body", ASKING)
async def test_a_function_written_as_a_class_is_not_its_own_judge(pool: Pool, body: str) -> None:
    assert not await paid(pool, LIAR, body, reference=MEAN)
    assert await paid(pool, MEAN, body, reference=MEAN)


@pytest.mark.parametrize("body", [*ASKING[:3], *ASKING[4:6]])
async def test_without_a_reference_no_object_is_asked_about_data(pool: Pool, body: str) -> None:
    assert not await paid(pool, LIAR, body)
    assert await paid(pool, MEAN, body)


async def test_membership_is_looked_for_among_the_parts(pool: Pool) -> None:
    body = "assert 7 in mean([7])"
    assert not await paid(pool, LIAR, body, reference="def mean(xs): return xs")
    assert await paid(pool, "def mean(xs): return xs", body)
    linked = "class Linked:\n    def __init__(self, *xs): self.xs = xs\n    def __iter__(self): return iter(self.xs)"
    body = "assert 2 in Linked(1, 2) and 3 not in Linked(1, 2)"
    assert await paid(pool, linked, body)
    assert await paid(pool, linked, body, reference=linked)


async def test_an_operand_does_not_reach_an_object_that_has_no_such_operator(pool: Pool) -> None:
    asks = "class f:\n    def __init__(self, x): pass\n    def __sub__(self, other): raise ValueError(other)"
    body = "import pytest\n    with pytest.raises(ValueError, match='0.66'): f(1) - 0.66"
    assert not await paid(pool, asks, body, reference="def f(x): return 0.66")
    assert not await paid(pool, asks, body)
    assert await paid(pool, asks, body, reference=asks)  # where it has, it is an argument


PLANE = """
import functools
from collections import namedtuple
class Point(namedtuple("Point", "x y")):
    def __add__(self, other): return Point(self.x + other.x, self.y + other.y)
@functools.total_ordering
class Length:
    def __init__(self, n): self.n = n
    def __lt__(self, other): return self.n < getattr(other, "n", other)
    def __eq__(self, other): return isinstance(other, Length) and self.n == other.n
    def __radd__(self, other): return Length(other + self.n)
"""


@pytest.mark.parametrize(
    "body",
    [
        "assert Point(1, 2) + Point(1, 1) == Point(2, 3) and 2 in Point(1, 2)",
        "assert sum([Length(1)], 0) == 0 + Length(1) == Length(1) >= 1 and Length(2) > Length(1)",
    ],
)
async def test_a_class_of_the_references_has_its_operators(pool: Pool, body: str) -> None:
    assert await paid(pool, PLANE, body, reference=PLANE)


async def test_an_operator_that_the_reference_lacks_is_a_type_error(pool: Pool) -> None:
    body = "import pytest\n    with pytest.raises(TypeError): Point(1, 2) - 1"
    assert await paid(pool, PLANE, body, reference=PLANE)


async def test_a_reference_that_cannot_be_imported_lends_no_operators(pool: Pool) -> None:
    body = "assert Length(1) < Length(2)"
    assert not await paid(pool, PLANE, body, reference="1 / 0")


# -- what holds parts: compared part by part, as data -----------------------------------------

HIDDEN = """
def counts(text):
    hidden = type("Hidden", (dict,), {"__len__": lambda self: %s, "__iter__": lambda self: iter(%s)})
    return hidden(a=object())
def groups(texts): return [counts(text) for text in texts]
"""
COUNTS = "def counts(text): return {c: text.count(c) for c in text}\ndef groups(texts): return [counts(t) for t in texts]"
HELD = [
    "assert counts('aab') == {'a': 2, 'b': 1}",
    "assert {'a': 2, 'b': 1} == counts('aab')",
    "assert groups(['aab']) == [{'a': 2, 'b': 1}]",
]


@pytest.mark.parametrize("body", HELD)
@pytest.mark.parametrize(
    "lie", [("2", "[]"), ("len(set(text))", "[]"), ("2", "[None] * 2"), ("2", "['a', 'a']")]
)
async def test_a_dictionary_is_equal_only_where_it_has_said_all_parts(
    pool: Pool, lie: tuple[str, str], body: str
) -> None:
    assert not await paid(pool, HIDDEN % lie, body)


async def test_a_forged_dictionary_is_not_equal(pool: Pool) -> None:
    source = """
import inside.replay
real = inside.replay.perform
def perform(function, arguments, named):
    if function == "builtins:len": return 2
    if function == "builtins:list": return []
    return real(function, arguments, named)
inside.replay.perform = perform
def counts(text): return {"a": object()}
def groups(texts): return [{"a": object()}]
"""
    for body in HELD:
        assert not await paid(pool, source, body)
        assert await paid(pool, COUNTS, body)


# -- loops of the tests, which the solution must not end --------------------------------------

LOOPS = [
    "assert all(map(lambda n: f(n) == 2 * n, [1, 2, 3]))",
    "for got, want in zip(map(f, [1, 2]), [2, 4]): assert got == want",
    "assert all(box.double() == 2 for box in map(Box, [1, 1])) and list(map(len, map(Box, [1]))) == [1] * len(list(map(len, map(Box, [1]))))",
]
BOX = "class Box:\n    def __init__(self, n): self.n = n\n    def double(self): return 2 * self.n\n    def __len__(self): return 1\n"


@pytest.mark.parametrize("body", LOOPS)
async def test_a_stop_iteration_does_not_end_a_loop_of_the_tests(pool: Pool, body: str) -> None:
    stops = "class Stop(StopIteration): pass\ndef f(n): raise Stop\n"
    stops += "class Box:\n    def __init__(self, n): raise Stop\n"
    assert not await paid(pool, stops, body)
    assert await paid(pool, f"def f(n): return 2 * n\n{BOX}", body)


async def test_the_end_of_an_iterator_is_told(pool: Pool) -> None:
    body = "import pytest\n    items = f(2)\n    assert [next(items), next(items)] == [0, 1]\n"
    body += "    with pytest.raises(StopIteration): next(items)"
    assert await paid(pool, "def f(n): yield from range(n)", body)


# -- loops over what says one length and holds another ---------------------------------------

SHORT = """
class Shown(list):
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __iter__(self): return iter(())
def scale(xs):
    class Hidden(Shown): pass
    return KIND(len(xs))
"""
FULL = """
class Scaled:
    def __init__(self, xs): self.xs = xs
    def __len__(self): return len(self.xs)
    def __iter__(self): return iter(self.xs)
def scale(xs): return Scaled([2.0 * x for x in xs])
"""
ZIPPED = "got = scale([1, 2])\n    assert len(got) == 2\n    for a, b in zip(got, [2.0, 4.0]): assert a == b"


@pytest.mark.parametrize("kind", ["Shown", "Hidden"])
async def test_a_loop_over_fewer_parts_than_there_are_is_not_paid(pool: Pool, kind: str) -> None:
    assert not await paid(pool, SHORT.replace("KIND", kind), ZIPPED)


async def test_an_object_of_the_solutions_own_can_be_looped_over(pool: Pool) -> None:
    assert await paid(pool, FULL, ZIPPED)
