"""The hardened grader: what it pays for, what it says, and what it leaves alone."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from assay.coding.hardened import Grade, grade
from assay.coding.problem import MAX_DEPTH, Case, Problem, Submission
from assay.errors import WorkerLost
from assay.execution.policy import PROGRAM
from assay.execution.workers import Execution, Pool, Program

pytestmark = pytest.mark.asyncio(loop_scope="module")

Reasons = Callable[..., Awaitable[list[str]]]
DOUBLE = Problem(
    "double", "", visible=(Case((1,), 2),), held_out=tuple(Case((n,), 2 * n) for n in range(1, 4))
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    async with Pool(2, preload=("pytest",)) as pool:
        yield pool


@pytest.fixture
def reasons(pool: Pool) -> Reasons:
    async def run(source: str, problem: Problem = DOUBLE, **options: object) -> list[str]:
        result = await grade(Submission.of(source), problem, pool, **options)  # type: ignore[arg-type]
        return [case.reason for case in result.results]

    return run


def asked(tests: str, reference: str = "") -> Problem:
    return Problem("tests", "", kind="pytest", held_out_tests=tests, solution=reference)


async def test_every_case_has_a_result_in_order(reasons: Reasons) -> None:
    source = "import time\ndef solve(n):\n    time.sleep(0.05 / n)\n    return n + (n < 3 and n)"
    assert await reasons(source) == ["", "", "wrong value"]


async def test_the_visible_tests_can_be_run_instead(reasons: Reasons) -> None:
    assert await reasons("def solve(n): return 2", tests="visible") == [""]


async def test_nothing_runs_beyond_the_first_failure_when_that_is_enough(reasons: Reasons) -> None:
    found = await reasons("def solve(n): return 2", stop_early=True)
    assert found == ["", "wrong value"]


async def test_no_case_is_no_pass() -> None:
    assert not Grade(()).passed


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def solve(n): return '2'", "wrong type: str"),
        ("def solve(n): return n", "wrong value"),
        ("def solve(n): raise ValueError('no\\nway \\x1b[2J')", "raised ValueError: no\\nway  [2J"),
        ("def solve(n): return object()", "no answer: object is no plain value"),
        ("def other(n): return 2", "raised AttributeError: module 'solution' has no attribute 'solve'"),
        ("def solve(n) return 2", "raised SyntaxError: expected ':' (solution.py, line 1)"),
        ("import os\ndef solve(n): os._exit(0)", "no answer"),
        ("import os\ndef solve(n): os._exit(7)", "no answer: exit status 7"),
        ("import ctypes\ndef solve(n): ctypes.string_at(0)", f"no answer: ended by signal {signal.SIGSEGV:d}"),
        ("import time\ndef solve(n): time.sleep(1000)", "timeout"),
        ("def solve(n): return 'a' * 10**7", "no answer: more than 1044480 bytes, or it contains itself"),
    ],
)  # fmt: skip
async def test_the_reason_says_what_went_wrong(reasons: Reasons, source: str, reason: str) -> None:
    limits = replace(PROGRAM, seconds=2)
    assert await reasons(source, stop_early=True, limits=limits) == [reason]


async def test_a_reason_is_one_short_line(reasons: Reasons) -> None:
    [reason] = await reasons("def solve(n): raise ValueError('é\\n' * 9999)", stop_early=True)
    assert len(reason) <= 200
    assert reason.isascii()
    assert reason.isprintable()


async def test_each_call_of_a_method_has_an_instance_of_its_own(reasons: Reasons) -> None:
    source = """
class Solution:
    def __init__(self): self.calls = 0
    def double(self, n):
        self.calls += 1
        return 2 * n * self.calls
"""
    assert await reasons(source, replace(DOUBLE, entry="Solution.double")) == ["", "", ""]


async def test_inputs_are_fresh_objects_of_every_type(reasons: Reasons) -> None:
    given = [1, (2.5, None), {"a": {True}, 3: b"x"}, float("inf"), 10**700, "é\n", frozenset({1j})]
    source = (
        "def solve(*args):\n    out = list(args)\n    args[2].clear()\n    return out[:2] + out[3:]"
    )
    expected = given[:2] + given[3:]
    case = Case(tuple(given), expected)
    assert await reasons(source, Problem("echo", "", held_out=(case, case))) == ["", ""]


async def test_modules_beside_the_solution_can_be_imported(pool: Pool) -> None:
    files = {
        "solution.py": "from lib.double import solve",
        "lib/double.py": "def solve(n): return 2 * n",
    }
    assert (await grade(Submission(files), DOUBLE, pool)).passed


async def test_nothing_is_kept_between_two_inputs(reasons: Reasons) -> None:
    source = """
from pathlib import Path
def solve(n):
    seen = [p for p in map(Path, ("x", "/tmp/x", "/dev/shm/x")) if p.exists()]
    for path in map(Path, ("x", "/tmp/x", "/dev/shm/x")): path.write_text("")
    return 2 * n if not seen else None
"""
    assert await reasons(source) == ["", "", ""]


SUM = Problem("sum", "", kind="stdin", held_out=(Case(stdin="1 2\n", expected="3\n"),))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("print(sum(map(int, input().split())))", ""),
        ("import sys\nprint(3)\nprint('noise', file=sys.stderr)\nsys.exit(0)", ""),
        ("print(3)\nprint(4)", "wrong output"),
        ("print(3)\nraise SystemExit(1)", "exit status 1"),
        ("print(3)\ninput()\ninput()", "exit status 1"),
        ("import os\nprint(3, flush=True)\nos.abort()", f"ended by signal {signal.SIGSEGV:d}"),
        ("print(3, '\\n' * (3 << 20))", "too much output"),
        ("import sys\nprint('noise' * (1 << 20), file=sys.stderr)\nprint(3)", ""),
    ],
)
async def test_a_program_is_judged_by_its_output_and_must_end_well(
    reasons: Reasons, source: str, reason: str
) -> None:
    [found] = await reasons(source, SUM)
    assert found.replace("signal 6", "signal 11") == reason


SHAPES = """
import pytest
from solution import LIMIT, Empty, Stack, Vector, apply, merge, numbers, shout, sort_in_place


def test_state():
    stack = Stack([1])
    stack.push((2, "a"))
    assert len(stack) == 2 and stack.items == [1, (2, "a")]
    assert stack.pop() == (2, "a") and stack and repr(stack) == "Stack([1])"
    assert list(stack) == [1] and stack[0] == 1 and 1 in stack and 5 not in stack
    stack.items = [7]
    assert stack.items == [7] and isinstance(stack, Stack) and Stack.of(3).items == [3]


def test_exceptions():
    with pytest.raises(Empty, match="nothing"):
        Stack([]).pop()
    with pytest.raises(IndexError) as caught:
        Stack([]).pop()
    assert type(caught.value) is Empty
    with pytest.raises(LookupError) as caught:
        Stack([1])[5]
    assert caught.value.args == ("list index out of range",)


def test_arguments_changed_in_place():
    inner = [2, 1]
    outer = [inner, {"a": [1]}]
    assert sort_in_place(outer) is None
    assert inner == [1, 2] and outer == [inner, {"a": [1, 2]}] and outer[0] is inner
    assert sort_in_place(items=outer) is None and outer[1] == {"a": [1, 2, 2]}


def test_operators():
    assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6) != Vector(4, 7)
    assert 2 * Vector(1, 2) == Vector(1, 2) * 2 and Vector(1, 2) < Vector(2, 0) and -Vector(1, 0) == Vector(-1, 0)
    assert {Vector(1, 2), Vector(1, 2)} == {Vector(1, 2)}


def test_functions_as_arguments():
    assert apply(len, "abc") == 3 and apply(shout, "x") is None
    assert isinstance(apply(Stack, [1]), Stack)


def test_generators():
    stream = numbers()
    assert [next(stream) for _ in range(3)] == [0, 1, 2]
    assert next(stream) == 3


def test_objects_of_objects():
    both = merge(Stack([1]), Stack([2]))
    assert both.items == [1, 2] and both.parts[1].items == [2]


def test_output_and_data(capsys):
    shout("hi", mark="?")
    assert capsys.readouterr().out == "HI?\\n"
    assert LIMIT == (1, 2)


@pytest.fixture
def stack():
    with Stack([5]) as stack:
        yield stack


class TestMore:
    @pytest.mark.parametrize("n", [1, 2])
    def test_fixture(self, stack, n):
        assert stack.items * n == [5] * n
"""
SHAPED = """
from dataclasses import dataclass
LIMIT = (1, 2)
class Empty(IndexError): pass
class Stack:
    def __init__(self, items, parts=()): self.items, self.parts = list(items), parts
    @classmethod
    def of(cls, *items): return cls(items)
    def push(self, item): self.items.append(item)
    def pop(self):
        if not self.items: raise Empty("nothing there")
        return self.items.pop()
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __getitem__(self, n): return self.items[n]
    def __contains__(self, item): return item in self.items
    def __repr__(self): return f"Stack({self.items})"
    def __enter__(self): return self
    def __exit__(self, *error): self.items.clear()
@dataclass(frozen=True, order=True)
class Vector:
    x: int
    y: int
    def __add__(self, other): return Vector(self.x + other.x, self.y + other.y)
    def __mul__(self, k): return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __neg__(self): return Vector(-self.x, -self.y)
def merge(a, b):
    return {**a, **b} if isinstance(a, dict) else Stack(a.items + b.items, (a, b))
def apply(function, value): return function(value)
def numbers():
    n = 0
    while True:
        yield n
        n += 1
def shout(text, *, mark="!"): print(text.upper() + mark)
def sort_in_place(items): items[0].sort(); items[1]["a"].append(2)
"""


async def test_tests_in_a_process_without_the_solution_can_do_most_things(reasons: Reasons) -> None:
    found = await reasons(SHAPED, asked(SHAPES, SHAPED))
    assert found == [""] * 10


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("assert f(1) == 3", "failed: AssertionError"),
        ("pytest.skip()", "skipped"),
        ("pytest.xfail()", "expected to fail"),
        ("with pytest.raises(BaseException): f('exit')", "raised SystemExit: 0"),
        ("try: f('hang')\n    except BaseException: pass", "timeout"),
        ("f(lambda: 1)", "the tests pass what cannot be sent: function is no plain value"),
        ("missing = __import__('solution').missing", "the solution has no missing"),
    ],
)
async def test_a_test_passes_only_where_it_was_seen_to(
    reasons: Reasons, body: str, reason: str
) -> None:
    source = "import time\ndef f(x):\n    if x == 'exit': raise SystemExit(0)\n    while x == 'hang': time.sleep(1)\n    return 1"
    tests = f"import pytest\nfrom solution import f\n\ndef test_it():\n    {body}\n"
    assert await reasons(source, asked(tests), limits=replace(PROGRAM, seconds=2)) == [reason]


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ("xfail", "expected to fail"),
        ("skip", "skipped"),
        ("xfail(strict=True)", "failed: [XPASS(strict)]"),
    ],
)
async def test_a_marked_test_never_counts_as_passed(
    reasons: Reasons, mark: str, reason: str
) -> None:
    tests = f"import pytest\nfrom solution import f\n\n@pytest.mark.{mark}\ndef test_it(): assert f(1) == 1"
    [found] = await reasons("def f(x): return x", asked(tests))
    assert found.startswith(reason.split(":")[0])


@pytest.mark.parametrize(
    ("tests", "reason"),
    [
        ("", "no test was collected"),
        ("def test_it(: pass", "the tests cannot be collected: SyntaxError"),
        ("import os\nos._exit(0)", "no test was collected"),
    ],
)
async def test_a_file_without_tests_is_no_pass(reasons: Reasons, tests: str, reason: str) -> None:
    assert await reasons("def f(x): return x", asked(tests)) == [reason]


async def test_as_many_tests_are_counted_for_a_solution_that_cannot_be_imported(
    reasons: Reasons,
) -> None:
    tests = "from solution import f\n\ndef test_one(): pass\n\ndef test_two(): assert f(1) == 1"
    assert (
        await reasons("1 / 0", asked(tests)) == ["raised ZeroDivisionError: division by zero"] * 2
    )


async def test_what_a_test_expects_is_not_told(reasons: Reasons) -> None:
    tests = "from solution import f\n\ndef test_it(): assert f(1) == 'needle', 'needle'"
    assert await reasons("def f(x): return x", asked(tests)) == ["failed: AssertionError"]


async def test_the_first_failing_test_ends_the_file_when_that_is_enough(reasons: Reasons) -> None:
    tests = "from solution import f\n\ndef test_a(): f(1)\n\ndef test_b(): assert f(1) == 2\n\ndef test_c(): f(1)"
    source = "def f(x): return x"
    assert await reasons(source, asked(tests), stop_early=True) == ["", "failed: AssertionError"]


async def test_an_object_that_equals_anything_is_equal_to_nothing(reasons: Reasons) -> None:
    source = "class V:\n    def __init__(self, *a): pass\n    def __eq__(self, other): return True"
    tests = "from solution import V\n\ndef test_it(): assert V(1) == V(1)"
    assert await reasons(source, asked(tests)) == ["failed: AssertionError"]


STAR = """
import json
import pytest
from math import *
from solution import *

def double(n):
    return 2 * n

def test_it():
    if isclose(1, 2) or double(2) != 4 or sorted([2, 1]) != [1, 2] or json.loads("1") != 1:
        raise AssertionError
    with pytest.raises(ValueError):
        f(-1)
    assert [f(1), LIMIT, Box(2).size] == [2, 3, 2]
"""


@pytest.mark.parametrize("name", ["isclose", "double", "sorted", "json", "pytest", "AssertionError", "ValueError", "test_it"])  # fmt: skip
async def test_a_star_gives_the_tests_no_name_that_they_have_from_elsewhere(
    reasons: Reasons, name: str
) -> None:
    honest = "LIMIT = 3\nclass Box:\n    def __init__(self, size): self.size = size\n"
    honest += "def f(n):\n    if n < 0: raise ValueError(n)\n    return n + 1\n"
    wrong = f"{honest}\n__all__ = ['f', 'LIMIT', 'Box', {name!r}]\ndef {name}(*a): return 1 / 0\n"
    if name != "ValueError":
        assert await reasons(wrong, asked(STAR)) == [""]
    assert await reasons(f"from math import *\n{honest}", asked(STAR)) == [""]
    wrong = f"{wrong}\nf = {name}"
    assert await reasons(wrong, asked(STAR)) != [""]


async def test_a_star_gives_nothing_that_a_forged_list_of_names_adds(reasons: Reasons) -> None:
    tests = """
import pytest
from solution import *

def test_it():
    assert sorted(f([2, 1])) == [1, 2] and abs(len(f([2, 1])) - 2) == 0
    with pytest.raises(IndexError):
        f([])
"""
    source = """
import inside.replay
__all__ = ["f", "sorted", "abs", "len", "pytest", "test_it", "__builtins__", "_f", 5, "a b"]
def f(*a, **k): return []
sorted = abs = len = pytest = test_it = f
inside.replay.names = lambda: {
    "__all__": ["value", __all__],
    "pytest": ["class", ["pytest", "object"], ["raises"]],
    **{name: ["function"] for name in __all__ if name != "pytest"},
}
"""
    assert await reasons(source, asked(tests)) == ["failed: AssertionError"]
    source = "def f(items):\n    items[0]\n    return items"
    assert await reasons(source, asked(tests)) == [""]


async def test_names_beside_all_are_not_given_by_a_star(reasons: Reasons) -> None:
    tests = "from solution import *\n\ndef test_it(): assert f() == 1\n\ndef test_more(): g()"
    source = "__all__ = ['f']\ndef f(): return 1\ndef g(): return 1"
    assert await reasons(source, asked(tests)) == ["", "failed: NameError"]


async def test_attributes_of_any_name_are_those_of_the_solution(reasons: Reasons) -> None:
    source = """
class Graph:
    methods = ("get",)
    def __init__(self): self._step, self._methods, self.step, self.kind = 1, [2], "s", None
    def path(self, a, b): return [a, b]
    @classmethod
    def known(cls): return cls()
class Node:
    def __init__(self): self.path, self.classes = "/", 5
    @staticmethod
    def methods(): return 7
"""
    tests = """
from solution import Graph, Node

def test_it():
    graph, node = Graph(), Node()
    assert graph.path(1, 2) == [1, 2] and graph.methods == Graph.methods == ("get",)
    assert (graph._step, graph._methods, graph.step, graph.kind) == (1, [2], "s", None)
    assert (node.path, node.classes, node.methods(), Node.methods()) == ("/", 5, 7, 7)
    node.path = "/etc"
    assert node.path == "/etc" and isinstance(Graph.known(), Graph)
    assert not hasattr(Graph, "path_of") and not hasattr(node, "_Object__step")
"""
    assert await reasons(source, asked(tests)) == [""]


MONEY = """
import copy
from dataclasses import dataclass
class Short(Exception):
    def __init__(self, amount):
        super().__init__(f"short of {amount}")
        self.amount, self.place = amount, object()
class Missing(KeyError): pass
class Coded(Exception):
    def __init__(self, code): self.code = code
    def __str__(self): return f"code {self.code}"
@dataclass
class Money:
    n: float
    def __round__(self, digits=None): return Money(round(self.n, digits))
    def __divmod__(self, k): return divmod(self.n, k)
    def __rdivmod__(self, k): return divmod(k, self.n)
    def __iadd__(self, k):
        self.n += k
        return self
    def __lshift__(self, k): return Money(self.n * 2**k)
    def __rrshift__(self, k): return k - self.n
    def __reversed__(self): return iter([2, 1])
    def __format__(self, form): return f"<{self.n:{form}}>"
    def __index__(self): return int(self.n)
    def __trunc__(self): return int(self.n)
    def __floor__(self): return -1
def pay(kind): raise {"short": Short(5), "missing": Missing("k"), "coded": Coded(7)}[kind]
def split(n): return [Money(k) for k in range(n)]
def named(n): return {"a": Money(n), "b": [Money(n)]}
"""
MONIES = """
import copy
import math
import pytest
from solution import Coded, Missing, Money, Short, named, pay, split

def test_operators():
    money = Money(7.26)
    assert round(money, 1) == Money(7.3) and divmod(Money(7), 2) == (3, 1) and divmod(7, Money(2)) == (3, 1)
    other = money
    money += 1
    assert money.n == other.n == 8.26 and isinstance(money, Money)
    assert Money(1) << 3 == Money(8) and 9 >> Money(2) == 7
    assert list(reversed(money)) == [2, 1] and f"{money:.1f}" == "<8.3>"
    assert [5, 6, 7][Money(1)] == 6 and math.trunc(money) == 8 and math.floor(money) == -1
    for same in (copy.copy(money), copy.deepcopy(money)):
        same += 1
        assert (money.n, same.n) == (8.26, 9.26)


def test_what_exceptions_carry():
    with pytest.raises(Short, match="short of 5") as short:
        pay("short")
    assert short.value.amount == 5 and short.value.args == ("short of 5",)
    with pytest.raises(Missing) as missing:
        pay("missing")
    assert missing.value.args == ("k",) and str(missing.value) == "'k'"
    with pytest.raises(Coded, match="^code 7$") as coded:
        pay("coded")
    assert coded.value.code == 7


def test_objects_in_containers():
    assert split(2) == [Money(0), Money(1)] and [Money(0)] == split(1) and split(1) == split(1)
    assert named(1) == {"a": Money(1), "b": [Money(1)]}
    assert Money(1) in split(2)


def test_others_in_containers():
    for other in ([Money(0)], [Money(0), Money(2)], (Money(0), Money(1)), [0, 1], None):
        assert split(2) != other and not split(2) == other
    for other in ({}, {"a": Money(1), "c": [Money(1)]}, {"a": Money(1), "b": [Money(2)]}):
        assert named(1) != other
"""


async def test_objects_have_their_operators_and_exceptions_their_attributes(
    reasons: Reasons,
) -> None:
    assert await reasons(MONEY, asked(MONIES, MONEY)) == [""] * 4


async def test_an_object_may_be_changed_six_hundred_times(reasons: Reasons) -> None:
    tests = """
from solution import Sum

def test_it():
    numbers = Sum()
    for n in range(600):
        numbers.add(n)
    assert numbers.total == 179700
"""
    source = "class Sum:\n    total = 0\n    def add(self, n): self.total += n"
    assert await reasons(source, asked(tests)) == [""]


@pytest.mark.parametrize(
    "source",
    [
        "import os\nhere = os.path.dirname(__file__)\nprint(sum(map(int, input().split())))",
        "import inspect\ndef f(a, b): return a + b\nassert 'a + b' in inspect.getsource(f)\nprint(f(*map(int, input().split())))",
        "from pathlib import Path\nassert Path(__file__).read_text()[:4] == 'from'\nprint(sum(map(int, input().split())))",
    ],
)
async def test_a_program_may_look_at_its_own_file(reasons: Reasons, source: str) -> None:
    assert await reasons(source, SUM) == [""]


async def test_values_as_deep_as_a_problem_may_hold_pass_through_the_grader(
    reasons: Reasons,
) -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    problem = Problem("deep", "", held_out=(Case((deep,), deep),))
    assert await reasons("def solve(x): return x", problem) == [""]


class Losing(Pool):
    """Machinery that fails whenever a submission should run."""

    async def run(self, program: Program, **options: Any) -> Execution:  # type: ignore[override]
        if "solution.py" in program.files:
            raise WorkerLost("gone")
        return await super().run(program, **options)


@pytest.mark.parametrize(
    "problem", [DOUBLE, asked("from solution import f\n\ndef test_it(): f(1)")]
)
async def test_lost_machinery_is_said_so_and_not_graded(problem: Problem) -> None:
    async with Losing(1) as pool:
        with pytest.raises(WorkerLost):
            await grade(Submission.of("def solve(n): return 2 * n"), problem, pool)
