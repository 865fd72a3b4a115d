"""Nothing is left behind: by a pool that was closed, by one that failed, by one that was killed."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest

from assay.execution import cgroups
from assay.execution.toolchain import toolchain
from assay.execution.workers import Pool, Program
from tests.execution.kernel_view import alive, below, bubblewraps, parents, soon, zygotes

SLEEPER = Program(
    """import os, time
heard, said = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os.write(said, b".")
if os.getpid() == 1:
    os.read(heard, 1)  # all three are there
    os.write(3, b"started\\n")
time.sleep(300)"""
)
LAUNCHER = f"""
import anyio
from assay.execution.workers import Pool, Program

async def respond(line):
    print(line.decode(), flush=True)
    return b""

async def main():
    async with Pool(2) as pool, anyio.create_task_group() as group:
        for _ in range(2):
            group.start_soon(lambda: pool.run(Program({SLEEPER.source!r}), respond=respond))

anyio.run(main)
"""


@dataclass(frozen=True)
class Left:
    """What the host has of a launcher's, and of ours."""

    processes: frozenset[int]
    groups: frozenset[Path]
    mounts: frozenset[str]
    temporary: frozenset[Path]
    descriptors: int


def look(launcher: int) -> Left:
    roots = {controller.parent for controller in cgroups.available()}
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return Left(
        frozenset(below(launcher)),
        frozenset(path for root in roots for path in root.glob(f"box-{launcher}-*")),
        frozenset(line.split()[4] for line in mounts),
        frozenset(Path(tempfile.gettempdir()).iterdir()),
        len(list(Path("/proc/self/fd").iterdir())),
    )


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Left]:
    """What there is before a pool; at the end of the test there must be nothing more."""
    toolchain()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    before = look(os.getpid())
    yield before
    assert soon(lambda: look(os.getpid()) == before), (before, look(os.getpid()))


async def test_a_pool_that_was_closed_leaves_nothing(before: Left):
    async with Pool(2) as pool:
        for _ in range(3):
            assert (await pool.run(Program("print(1)"))).stdout == "1\n"
        during = look(os.getpid())
    assert len(during.processes - before.processes) == 3  # bubblewrap, zygote, the next sandbox
    assert not cgroups.available() or during.groups - before.groups


async def test_an_error_in_the_middle_leaves_nothing(before: Left):
    async def fail() -> None:
        async with Pool(1) as pool:
            await pool.run(Program("print(1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()


async def test_programs_that_are_cancelled_leave_nothing(before: Left):
    async with Pool(2) as pool:
        with anyio.move_on_after(0.5):
            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(pool.run, SLEEPER)


async def test_200_runs_leave_no_descriptor_process_or_zombie(before: Left):
    async with Pool(1) as pool:
        await pool.run(Program(""))
        first = look(os.getpid())
        for number in range(200):
            await pool.run(Program("import sys; print(1); sys.exit(3)" if number % 2 else "1 / 0"))
        last = look(os.getpid())
    assert last.descriptors == first.descriptors
    assert (len(last.processes), last.groups) == (len(first.processes), first.groups)
    assert "Z" not in {state for parent, _, state in parents().values() if parent == os.getpid()}


@pytest.mark.parametrize("find", [zygotes, bubblewraps], ids=["the zygote", "bubblewrap"])
async def test_kill_9_of_a_worker_leaves_nothing(before: Left, find):
    async def respond(line: bytes) -> bytes:
        workers = find()
        inside.update(below(workers[0]))
        os.kill(workers[0], signal.SIGKILL)
        assert soon(lambda: not inside & alive())
        return b""

    inside: set[int] = set()
    async with Pool(1) as pool:
        with pytest.raises(Exception, match="worker failed"):
            await pool.run(SLEEPER, respond=respond)
        assert len(inside) >= 2 * 3  # a program of several processes, and it was made again
        assert (await pool.run(Program("print(1)"))).stdout == "1\n"


def test_kill_9_of_the_launcher_leaves_nothing(before: Left, tmp_path: Path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", LAUNCHER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as launcher:
        assert launcher.stdout
        assert [launcher.stdout.readline() for _ in range(2)] == [b"started\n"] * 2
        # Of each: bubblewrap, its zygote, the next sandbox, and the sleeper's three processes.
        assert soon(lambda: len(below(launcher.pid)) == 2 * 6)
        inside = set(below(launcher.pid))
        users = {uid for pid in inside if (uid := user(pid)) != os.getuid()}
        launcher.send_signal(signal.SIGKILL)
        launcher.wait()
    assert soon(lambda: not inside & alive())
    assert not [pid for pid in alive() if user(pid) in users]
    # The empty directories of its cgroups are there until the next pool or sandbox starts.
    assert soon(lambda: cgroups.sweep() >= 0 and not look(launcher.pid).groups)


def user(pid: int) -> int | None:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return int(re.findall(r"Uid:\t(\d+)", text)[0])
