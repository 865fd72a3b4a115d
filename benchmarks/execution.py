"""How many short programs a second: plain Python, bubblewrap for each, the worker pool, its grader.

All modes take turns in rounds of one process, two programs at a time. The program has 12 imports
of the standard library and 10 asserts; for the hardened grader it is a function with 10 tests, each
run in a sandbox of its own, with and without a memo of identical submissions. Prints one JSON
line; ratios are medians over the rounds, to plain Python.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import anyio
import psutil

from assay.coding import hardened
from assay.coding.problem import Case, Problem, Submission
from assay.execution.cgroups import Group
from assay.execution.machine import command
from assay.execution.policy import scrubbed_environment, workstation
from assay.execution.toolchain import toolchain
from assay.execution.workers import Pool, Program

CONCURRENCY = 2
INPUTS = [[3, 1, 2], [], [1, 1], [5], [2, 1], [9, 8, 9], [0], [-1, 1], [4, 4, 4], [1, 2, 3]]
FUNCTION = """\
import bisect, collections, dataclasses, datetime, functools, heapq
import itertools, json, math, random, re, typing

def solve(numbers):
    return sorted(set(numbers))
"""
ASSERTS = "".join(f"assert solve({xs}) == {sorted(set(xs))}\n" for xs in INPUTS)
PROBLEM = Problem(
    id="distinct",
    statement="Sort the distinct numbers of a list.",
    held_out=tuple(Case((xs,), sorted(set(xs))) for xs in INPUTS),
)

type Mode = Callable[[], Awaitable[None]]


def plain(file: Path) -> Mode:
    """A new interpreter for each program, isolated by nothing."""
    python = str(Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}"))

    async def run() -> None:
        await anyio.to_thread.run_sync(
            lambda: subprocess.run([python, "-I", "-S", str(file)], check=True)
        )

    return run


def bubblewrap(file: Path) -> Mode:
    """The same in a new bubblewrap, under the policy of the audits' sandbox."""
    parts = toolchain()
    policy = workstation(root=parts.root, local=parts.local, index=parts.index)

    async def run() -> None:
        def one() -> None:
            with tempfile.TemporaryFile() as seccomp:
                seccomp.write(policy.filter())
                seccomp.seek(0)
                options = policy.arguments(seccomp.fileno())
                options += ["--ro-bind", str(file), "/tmp/main.py"]
                argv = command(
                    options, 0, Group(()), "/usr/local/bin/python3", "-I", "-S", "/tmp/main.py"
                )
                subprocess.run(
                    argv,
                    check=True,
                    env=scrubbed_environment(),
                    cwd="/",
                    pass_fds=(seccomp.fileno(),),
                )

        await anyio.to_thread.run_sync(one)

    return run


def pooled(pool: Pool) -> Mode:
    """One program in the pool."""

    async def run() -> None:
        execution = await pool.run(Program(FUNCTION + ASSERTS))
        assert execution.exit == 0, execution

    return run


def graded(pool: Pool) -> Mode:
    """Ten tests of one submission, each in a new sandbox."""

    async def run() -> None:
        assert (await hardened.grade(Submission.of(FUNCTION), PROBLEM, pool)).passed

    return run


def memoised(pool: Pool) -> Mode:
    """As a trainer does: of two rollouts one has been seen before, and is not run again."""
    seen: dict[str, bool] = {}
    numbers = itertools.count()

    async def run() -> None:
        number = next(numbers)
        source = FUNCTION + f"# {number // 80}.{number % 40}\n"
        if source not in seen:
            seen[source] = (await hardened.grade(Submission.of(source), PROBLEM, pool)).passed
        assert seen[source]

    return run


async def rate(mode: Mode, programs: int) -> tuple[float, list[float]]:
    """Programs a second, and how long each took in milliseconds."""
    left = iter(range(programs))
    took = []

    async def work() -> None:
        for _ in left:
            start = time.perf_counter()
            await mode()
            took.append(1000 * (time.perf_counter() - start))

    start = time.perf_counter()
    async with anyio.create_task_group() as group:
        for _ in range(CONCURRENCY):
            group.start_soon(work)
    return programs / (time.perf_counter() - start), took


def idle_megabytes() -> float:
    """Proportional resident memory of a worker that waits, all of its processes together."""
    processes = psutil.Process().children(recursive=True)
    return sum(process.memory_full_info().pss for process in processes) / CONCURRENCY / 2**20


async def measure(rounds: int, flat: int) -> dict[str, object]:
    """All modes in turns, then `flat` programs in a row."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        file = Path(directory, "main.py")
        file.write_text(FUNCTION + ASSERTS)
        file.chmod(0o644)
        async with Pool(CONCURRENCY) as pool:
            modes: dict[str, tuple[Mode, int]] = {
                "plain": (plain(file), 100),
                "bubblewrap": (bubblewrap(file), 60),
                "pool": (pooled(pool), 500),
                "hardened": (graded(pool), 40),
                "hardened_memoised": (memoised(pool), 80),
            }
            rates: dict[str, list[float]] = {name: [] for name in modes}
            times: dict[str, list[float]] = {name: [] for name in modes}
            for mode, _ in modes.values():
                await rate(mode, 8)
            idle = idle_megabytes()
            for _ in range(rounds):
                for name, (mode, programs) in modes.items():
                    found, took = await rate(mode, programs)
                    rates[name].append(found)
                    times[name] += took
            thousands = [(await rate(pooled(pool), 1000))[0] for _ in range(flat // 1000)]
            grown = idle_megabytes()
    return {
        "cores": os.cpu_count(),
        "concurrency": CONCURRENCY,
        "rounds": rounds,
        "ratios": {
            name: round(
                statistics.median(a / b for a, b in zip(found, rates["plain"], strict=True)), 2
            )
            for name, found in rates.items()
        },
        "per_second": {name: round(statistics.median(found), 1) for name, found in rates.items()},
        "p99_ms": {
            name: round(statistics.quantiles(took, n=100)[98], 1) for name, took in times.items()
        },
        "idle_worker_megabytes": [round(idle, 1), round(grown, 1)],
        "per_second_by_thousand": [round(found) for found in thousands],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--flat", type=int, default=10_000, help="programs in a row")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results too")
    arguments = parser.parse_args()
    result = anyio.run(measure, arguments.rounds, arguments.flat)
    print(json.dumps(result))
    if arguments.save:
        stamped = {"date": datetime.now(UTC).date().isoformat(), **result}
        path = Path(__file__).parent / "results" / "execution.json"
        path.write_text(json.dumps(stamped, indent=2) + "\n")


if __name__ == "__main__":
    main()
