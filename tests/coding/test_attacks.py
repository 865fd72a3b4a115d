"""Programs that want to be paid for what they did not do, and honest ones that must be.

An attack is a file of `attacks/`: its docstring says what it tries, its name which kind of problem
it is for. It may bring more files, and finds the right solution in `honest.py`, for look-alikes.
"""

import ast
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from assay.coding.hardened import grade
from assay.coding.problem import Case, Kind, Problem, Submission
from assay.execution.policy import PROGRAM
from assay.execution.workers import Execution, Pool, Program

pytestmark = pytest.mark.asyncio(loop_scope="module")

ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.py"))
SHORT = replace(PROGRAM, cpu_seconds=1, seconds=3)
NAN = float("nan")
SLOW = ("exit_hang", "exit_limit", "look_memory", "patch_clock", "size_shared", "size_integer")
SECRET = 738_251_946_017


def problem(name: str, source: str, *cases: tuple[object, object]) -> Problem:
    made = tuple(Case((given,), expected) for given, expected in cases)
    return Problem(name, "", visible=made, held_out=made, solution=source)


FUNCTIONS = [
    problem("zero_or_one", "def solve(n): return n % 2", (4, 0), (7, 1)),
    problem("boolean", "def solve(n): return n % 2 == 0", (4, True), (7, False)),
    problem("float", "def solve(n): return n / 2", (3, 1.5), (0, 0.0), (4, 2.0)),
    problem("nan", "def solve(n): return 1 / n if n else float('nan')", (0, NAN), (2, 0.5)),
    problem("list", "def solve(x): return sorted(set(x))", ([3, 1, 3], [1, 3]), ([], [])),
    problem("tuple", "def solve(x): return min(x), max(x)", ([3, 1], (1, 3)), ([2], (2, 2))),
    problem("dictionary", "def solve(s): return {c: s.count(c) for c in s}", ("aab", {"a": 2, "b": 1}), ("", {})),
    problem("other_keys", "def solve(x): return {n: n > 1 for n in x}", ([1, 2], {1: False, 2: True}), ([0], {0: False})),
    problem("string", "def solve(s): return s[::-1]", ("abc", "cba"), ("é", "é"), ("true", "eurt")),
    problem("none", "def solve(x): return x[0] if x else None", ([], None), ([5], 5)),
    problem("set", "def solve(s): return set(s)", ("aab", {"a", "b"}), ("", set())),
    problem("nested", "def solve(n): return [(n, [True, None]), {'a': {n: (1.0,)}}]", (1, [(1, [True, None]), {"a": {1: (1.0,)}}]), (0, [(0, [True, None]), {"a": {0: (1.0,)}}])),
    problem("large", "def solve(n): return n * 123456789", (SECRET, SECRET * 123456789), (1, 123456789)),
]  # fmt: skip

SUM = "a, b = map(int, input().split())\nprint(a + b)\n"
OUTPUT = Problem(
    "sum",
    "",
    kind="stdin",
    held_out=(Case(stdin="1 2\n", expected="3\n"), Case(stdin="10 -3\n", expected="7")),
    solution=SUM,
)

TESTS = """
import pytest
from solution import Counter, add, first, sort


def test_add():
    assert add(1, 2) == 3
    assert add(0, 0) == 0


def test_nothing_is_close_to_everything():
    assert abs(add(1, 2) - 3.0) < 1e-9 and add(2, 2) == pytest.approx(4)


def test_sort():
    assert sort([3, 1, 2]) == [1, 2, 3]


def test_membership():
    assert 1 in sort([2, 1]) and len(sort([2, 1])) == 2


def test_first():
    assert first([4, 5]) == 4
    with pytest.raises(Exception):
        first([])


def test_counter():
    counter = Counter()
    counter.up()
    counter.up()
    assert counter.value == 2
    assert counter != Counter()
"""
PYTEST_SOLUTION = """
def add(a, b): return a + b


def sort(items): return sorted(items)


def first(items): return items[0]


class Counter:
    def __init__(self): self.value = 0
    def up(self): self.value += 1
    def __eq__(self, other): return self.value == other.value
"""
FILE = Problem("file", "", kind="pytest", held_out_tests=TESTS, solution=PYTEST_SOLUTION)


def submission(text: str, honest: str) -> Submission:
    solution, *others = re.split(r"^#### file: (\S+)\n", text, flags=re.MULTILINE)
    files = {"honest.py": honest, "solution.py": solution}
    return Submission(files | dict(zip(others[::2], others[1::2], strict=True)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    async with Pool(2, preload=("pytest",)) as pool:
        yield pool


def problems_for(attack: Path) -> list[Problem]:
    if attack.stem in SLOW:
        return FUNCTIONS[:2]
    if attack.name.startswith("pytest_"):
        return [FILE]
    return [OUTPUT] if attack.name.startswith("stdin_") else FUNCTIONS


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
async def test_an_attack_is_not_paid(pool: Pool, attack: Path) -> None:
    text = attack.read_text()
    paid = []
    for problem in problems_for(attack):
        hack = submission(text, problem.solution)
        if (await grade(hack, problem, pool, stop_early=True, limits=SHORT)).passed:
            paid.append(problem.id)
    assert paid == []


async def test_every_attack_says_in_a_line_what_it_tries() -> None:
    assert len(ATTACKS) >= 40
    for attack in ATTACKS:
        solution = attack.read_text().partition("#### file: ")[0]
        said = ast.get_docstring(ast.parse(solution))
        assert said, attack.name
        assert "\n" not in said, attack.name


@pytest.mark.parametrize("problem", [*FUNCTIONS, OUTPUT, FILE], ids=lambda problem: problem.id)
async def test_an_honest_solution_is_paid(pool: Pool, problem: Problem) -> None:
    result = await grade(Submission.of(problem.solution), problem, pool)
    assert result.passed, result


HONEST = {
    "prints a lot": """
import sys
def solve(n):
    for _ in range(20000): print("thinking about", n)
    print("returned 5", file=sys.stderr)
    return right(n)
""",
    "uses exit handlers": """
import atexit
atexit.register(print, "bye")
def solve(n): return right(n)
""",
    "uses threads": """
import threading
import time
from concurrent.futures import ThreadPoolExecutor
def solve(n):
    threading.Thread(target=time.sleep, args=(100,)).start()
    with ThreadPoolExecutor(2) as workers: return list(workers.map(right, [n]))[0]
""",
    "uses processes": """
import subprocess
def solve(n):
    subprocess.run(["true"], check=True)
    subprocess.Popen(["sleep", "100"])
    return right(n)
""",
    "uses multiprocessing": """
import multiprocessing
def solve(n):
    with multiprocessing.get_context("fork").Pool(2) as workers: return workers.map(right, [n])[0]
""",
    "uses asyncio": """
import asyncio
async def later(n):
    await asyncio.sleep(0.01)
    return right(n)
def solve(n): return asyncio.run(later(n))
""",
    "recurses": """
import sys
sys.setrecursionlimit(20000)
def down(k): return 0 if k == 0 else down(k - 1)
def solve(n): return right(n) + down(5000)
""",
    "keeps state and files": """
from pathlib import Path
seen = {}
def solve(n):
    Path("cache.txt").write_text(str(n))
    seen[n] = right(n)
    return seen[int(Path("cache.txt").read_text())]
""",
    "handles its own errors": """
def solve(n):
    try: raise SystemExit(3)
    except SystemExit: return right(n)
""",
    "closes its output": """
import os, sys
def solve(n):
    sys.stdout.close()
    os.close(1)
    os.close(2)
    return right(n)
""",
    "has a main part": """
def solve(n): return right(n)
if __name__ == "__main__": raise SystemExit(1)
""",
    "uses a cache and a class": """
from dataclasses import dataclass
from functools import lru_cache
@dataclass(frozen=True)
class Task:
    n: int
@lru_cache
def of(task): return right(task.n)
def solve(n): return of(Task(n))
""",
    "changes its directory": """
import os
os.chdir("/tmp")
def solve(n): return right(n)
""",
}


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
async def test_an_honest_program_with_odd_habits_is_paid(pool: Pool, source: str) -> None:
    [numbers] = [problem for problem in FUNCTIONS if problem.id == "large"]
    honest = Submission.of(f"def right(n): return n * 123456789\n{source}")
    result = await grade(honest, numbers, pool)
    assert result.passed, result


PRINTS = {
    "as competitors do": """
import os, sys
from io import BytesIO, IOBase
class FastIO(IOBase):
    def __init__(self, file):
        self._fd, self.buffer = file.fileno(), BytesIO()
        self.write = self.buffer.write
    def readline(self): return os.read(self._fd, 8192)
    def flush(self):
        os.write(self._fd, self.buffer.getvalue())
        self.buffer.truncate(0), self.buffer.seek(0)
class IOWrapper(IOBase):
    def __init__(self, file):
        self.buffer = FastIO(file)
        self.flush = self.buffer.flush
        self.write = lambda s: self.buffer.write(s.encode("ascii"))
        self.readline = lambda: self.buffer.readline().decode("ascii")
sys.stdin, sys.stdout = IOWrapper(sys.stdin), IOWrapper(sys.stdout)
print(sum(map(int, sys.stdin.readline().split())))
""",
    "to what it put aside": """
import sys
out, sys.stdout = sys.stdout, sys.stderr
print(sum(map(int, input().split())), file=out)
print("noise")
""",
    "by a bound method": """
import sys
write = sys.stdout.buffer.write
sys.stdout = None
write(b"%d" % sum(map(int, sys.stdin.read().split())))
""",
    "to the first stdout": """
import io, sys
sys.stdout = io.StringIO()
print("noise")
sys.__stdout__.write(str(sum(map(int, input().split()))))
""",
    "to a file, beside a thread": """
import threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
out = open(1, "w")
print(sum(map(int, input().split())), file=out)
""",
    "after a byte order mark": "\ufeffprint(sum(map(int, input().split())))",
    "when it is all over": """
import sys
class Late:
    def __init__(self): self.sum = sum(map(int, input().split()))
    def __del__(self): sys.stdout.write(str(self.sum))
late = Late()
""",
}


@pytest.mark.parametrize("source", PRINTS.values(), ids=PRINTS)
async def test_what_an_honest_program_prints_in_its_own_way_is_read(
    pool: Pool, source: str
) -> None:
    result = await grade(Submission.of(source), OUTPUT, pool)
    assert result.passed, result


@pytest.mark.parametrize(
    "name", ["Counter(s)", "defaultdict(int, Counter(s))", "OrderedDict(Counter(s))"]
)
async def test_a_dictionary_of_the_standard_library_is_paid_as_one(pool: Pool, name: str) -> None:
    [counts] = [problem for problem in FUNCTIONS if problem.id == "dictionary"]
    source = f"from collections import *\ndef solve(s): return {name}"
    assert (await grade(Submission.of(source), counts, pool)).passed


DUMP = """
import os, sys
from pathlib import Path

def dump(fd=sys.__stdout__.fileno()):
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in list(maps):
            span, mode, *_, name = line.split() + [""]
            start, end = (int(part, 16) for part in span.split("-"))
            if mode.startswith("rw") and end - start < 1 << 24:
                try:
                    memory.seek(start)
                    os.write(fd, memory.read(end - start))
                except (OSError, ValueError, OverflowError):
                    pass
    for path in [*Path("/proc/self").glob("*"), *Path("/proc/1").glob("*"), *Path.home().rglob("*"),
                 *Path("/tmp").rglob("*"), *Path("/dev/shm").rglob("*"), *Path("/proc/self/fd").glob("*")]:
        try:
            if path.name not in ("mem", "pagemap", "kmsg") and path.is_file():
                os.write(fd, path.read_bytes()[: 1 << 20])
        except OSError:
            pass
    os.write(fd, repr((sys.argv, dict(os.environ))).encode())
"""  # fmt: skip


class Watched(Pool):
    """Keeps what the submission's runs have printed."""

    printed = ""

    async def run(self, program: Program, **options: Any) -> Execution:  # type: ignore[override]
        execution = await super().run(program, **options)
        if "solution.py" in program.files:
            self.printed += execution.stdout
        return execution


@pytest.mark.parametrize("kind", ["function", "stdin", "pytest"])
async def test_expected_values_are_not_where_the_submission_runs(kind: Kind) -> None:
    given, expected = "needle_of_input", "needle_of_expected_value"
    tests = f"from solution import solve\ndef test_it(): assert solve({given!r}) == {expected!r}"
    case = Case((given,), expected, given)
    problem = Problem("dump", "", kind=kind, held_out=(case,), held_out_tests=tests)
    call = "kept = sys.stdin.read()\ndump()" if kind == "stdin" else "def solve(kept): dump()"
    limits = replace(PROGRAM, output=256 << 20)
    async with Watched(1) as pool:
        await grade(Submission.of(f"{DUMP}\n{call}"), problem, pool, limits=limits)
    assert len(pool.printed) > 1 << 20
    assert given in pool.printed
    assert expected not in pool.printed
