"""The hardened grader: what it pays for, what it says, and what it leaves alone."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from assay.coding.hardened import Grade, grade
from assay.coding.problem import Case, Problem, Submission
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
    async with Pool(2, preload=("inside.replay", "inside.suite", "pytest")) as pool:
        yield pool


@pytest.fixture
def reasons(pool: Pool) -> Reasons:
    async def run(source: str, problem: Problem = DOUBLE, **options: object) -> list[str]:
        result = await grade(Submission.of(source), problem, pool, **options)  # type: ignore[arg-type]
        return [case.reason for case in result.results]

    return run


def asked(tests: str) -> Problem:
    return Problem("tests", "", kind="pytest", held_out_tests=tests)


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
    found = await reasons(SHAPED, asked(SHAPES))
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
    async with Losing(1, preload=("inside.replay", "inside.suite")) as pool:
        with pytest.raises(WorkerLost):
            await grade(Submission.of("def solve(n): return 2 * n"), problem, pool)
