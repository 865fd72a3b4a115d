"""The worker pool: what comes of a program, whatever it is and whoever runs beside it."""

import asyncio
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
import pytest_asyncio

from assay.errors import WorkerLost
from assay.execution.policy import PROGRAM
from assay.execution.workers import Execution, Pool, Program
from tests.execution.kernel_view import below, zygotes

pytestmark = pytest.mark.asyncio(loop_scope="module")

BRIEF = replace(PROGRAM, cpu_seconds=1, seconds=1.0)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pool() -> AsyncIterator[Pool]:
    async with Pool(1) as pool:
        yield pool


async def printed(pool: Pool, source: str, *, stdin: str = "") -> str:
    execution = await pool.run(Program(source), stdin=stdin)
    assert execution.exit == 0, execution.stderr
    return execution.stdout


# -- what comes back --------------------------------------------------------------------------


async def test_a_program_that_does_nothing_special(pool):
    source = "import sys; print('out'); print('err', file=sys.stderr); b = b'x' * (30 << 20)"
    execution = await pool.run(Program(source))
    assert execution == Execution(
        stdout="out\n", stderr="err\n", exit=0, signal=None, cpu_seconds=execution.cpu_seconds,
        peak_memory=execution.peak_memory, timed_out=False, truncated=False, answer=b"",
    )  # fmt: skip
    assert 0 < execution.cpu_seconds < 1
    assert 30 << 20 < execution.peak_memory < 100 << 20


async def test_cpu_seconds_and_memory_of_children_count(pool):
    source = """import os
if os.fork() == 0:
    x = b"x" * (40 << 20)
    while os.times().user < 0.2: pass
    os._exit(0)
os.wait()"""
    execution = await pool.run(Program(source))
    assert execution.cpu_seconds >= 0.2
    assert execution.peak_memory > 40 << 20


async def test_stdin_arguments_and_files_reach_the_program(pool):
    source = """import pathlib, sys
import helpful
print(sys.stdin.read(), sys.argv, helpful.x, pathlib.Path("a/b/ü ☃.txt").read_text())
print(sorted(str(path) for path in pathlib.Path().rglob("*") if path.is_file()))"""
    files = {"helpful.py": "x = 'π'", "a/b/ü ☃.txt": "snow ☃"}
    execution = await pool.run(Program(source, ("-x", "é"), files), stdin="line 1\nλ")
    assert execution.stdout == (
        "line 1\nλ ['main.py', '-x', 'é'] π snow ☃\n['a/b/ü ☃.txt', 'helpful.py']\n"
    )


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a\0b"])
async def test_a_file_that_would_lie_elsewhere_is_refused(pool, path):
    with pytest.raises(ValueError, match="must lie in its directory"):
        await pool.run(Program("", files={path: ""}))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a": "", "a/b": ""}, "NotADirectoryError|FileExistsError"),
        ({"a" * 300: ""}, "File name too long"),
        ({"large": "x" * (70 << 20)}, "No space left|File too large"),
        ({"\ud800.py": ""}, "UnicodeEncodeError"),
    ],
)
async def test_files_that_cannot_be_written_are_the_programs_failure(pool, files, said):
    execution = await pool.run(Program("print('ran')", files=files))
    assert (execution.exit, execution.stdout) == (125, "")
    assert any(part in execution.stderr for part in said.split("|")), execution.stderr


async def test_descriptor_3_brings_back_bytes_up_to_the_limit(pool):
    source = "import os; os.write(3, bytes(range(256)) * 4); print('printed')"
    whole = await pool.run(Program(source))
    assert (whole.answer, whole.truncated) == (bytes(range(256)) * 4, False)
    cut = await pool.run(Program(source), limits=replace(PROGRAM, answer=1000))
    assert (len(cut.answer), cut.truncated, cut.stdout) == (1000, True, "printed\n")


async def test_output_beyond_the_limit_is_dropped_and_the_program_goes_on(pool):
    source = "import os, sys; print('x' * 5000); sys.stderr.write('y' * 5000); os.write(3, b'end')"
    execution = await pool.run(Program(source), limits=replace(PROGRAM, output=1000))
    assert (execution.stdout, execution.stderr) == ("x" * 1000, "y" * 1000)
    assert execution.truncated
    assert (execution.exit, execution.answer) == (0, b"end")


# -- how it ends ------------------------------------------------------------------------------

ENDINGS = {
    "exit 3": "import sys; print('a', end=''); sys.exit(3)",
    "exit text": "import sys; sys.exit('text')",
    "exit None": "import sys; sys.exit()",
    "exit -1": "import sys; sys.exit(-1)",
    "exit 259": "import sys; sys.exit(259)",
    "exit a list": "raise SystemExit(['a'])",
    "_exit": "import os; print('lost?', flush=True); os._exit(7)",
    "traceback": "def f(n):\n    return 1 / n\n\n\nprint('a')\nf(0)\n",
    "chained": "try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('v') from e\n",
    "group": "raise ExceptionGroup('g', [ValueError(1), KeyError(2)])",
    "syntax error": "print('a')\nx = (1,\n",
    "bad indent": "def f():\nreturn 1",
    "excepthook": "import sys\nsys.excepthook = lambda *a: print('hook', a[0])\n1 / 0",
    "atexit": "import atexit\natexit.register(print, 'late')\nprint('early')\n1 / 0",
    "atexit fails": "import atexit\natexit.register(lambda: 1 / 0)\natexit.register(print, 'x')",
    "threads": "import threading, time\n"
    "def f():\n    time.sleep(0.1)\n    print('thread')\n"
    "threading.Thread(target=f).start()\nprint('main')\nraise SystemExit(4)",
    "daemon thread": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=[60], daemon=True).start()\nprint('main')",
    "executor": "from concurrent.futures import ThreadPoolExecutor as T\n"
    "print(T(2).submit(pow, 2, 10).result())",
    "closed stdout": "import sys\nprint('a')\nsys.stdout.close()",
    "print to closed stdout": "import sys\nsys.stdout.close()\nprint('a')",
    "no stdout": "import sys\nprint('a', flush=True)\nsys.stdout = None\nprint('b')",
    "deleted stdout": "import sys\nprint('a', flush=True)\ndel sys.stdout",
    "no descriptor 1": "import os, sys\nos.close(2)\nos.close(1)\nprint('a')",
    "flush needs a name": "import os, sys\nclass Out:\n"
    "    def __init__(self): self.text = []\n    def write(self, text): self.text.append(text)\n"
    "    def flush(self): os.write(1, ''.join(self.text).encode()); self.text.clear()\n"
    "sys.stdout = Out()\nprint('a')",
    "stdout put aside": "import sys\nout = sys.stdout\nsys.stdout = sys.stderr\nprint('a', file=out)",
    "stdout swapped": "import sys, io\nsys.stdout = io.StringIO()\nprint('lost')\nsys.__stdout__.write('a')",
    "bound write": "import sys\nw = sys.stdout.buffer.write\nsys.stdout = None\nw(b'a')",
    "open file and daemon": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=[60], daemon=True).start()\n"
    "out = open(1, 'w', closefd=False)\nout.write('a')",
    "finalizer": "import sys\nclass Late:\n    def __del__(self): sys.stdout.write('late')\n"
    "late = Late()\nprint('a')",
    "process pool": "import multiprocessing as m\n"
    "with m.get_context('fork').Pool(2) as p: print(p.map(abs, [-1, 2]))",
    "input": "print(input('? '))\ninput()",
    "surrogate": "print(1)\nprint('\\ud800')",
    "main": "import sys\nprint(__name__, sys.modules['__main__'].__dict__ is globals(), sys.argv)",
}


def said(stderr: str) -> list[str]:
    """Without lines of source, which the interpreter shows where it finds a file, and addresses."""
    lines = re.sub(r"0x[0-9a-f]+", "0x", stderr).splitlines()
    return [line for line in lines if not line.startswith("    ")]


@pytest.mark.parametrize("source", ENDINGS.values(), ids=ENDINGS)
async def test_a_program_ends_as_it_ends_under_python3(pool, tmp_path: Path, source):
    (tmp_path / "main.py").write_text(source)
    command = [sys.executable, "main.py"]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    usual = subprocess.run(
        command, cwd=tmp_path, input=b"one line\n", capture_output=True, env=environment
    )
    execution = await pool.run(Program(source), stdin="one line\n")
    assert (execution.exit, execution.signal) == (usual.returncode, None)
    assert execution.stdout == usual.stdout.decode()
    assert said(execution.stderr) == said(usual.stderr.decode().replace(f"{tmp_path}/", ""))


async def test_a_source_with_a_nul_is_a_syntax_error(pool):
    execution = await pool.run(Program("print(1)\0"))
    assert (execution.exit, execution.stdout) == (1, "")
    assert "SyntaxError: source code string cannot contain null bytes" in execution.stderr


async def test_an_error_that_nobody_caught_is_shown_with_its_lines(pool):
    source = "def half(n):\n    return n / 0\n\n\nhalf(3)\n"
    assert (await pool.run(Program(source, files={"main.py": "x\n" * 9}))).stderr == (
        "Traceback (most recent call last):\n"
        '  File "main.py", line 5, in <module>\n    half(3)\n'
        '  File "main.py", line 2, in half\n    return n / 0\n           ~~^~~\n'
        "ZeroDivisionError: division by zero\n"
    )


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("import ctypes; ctypes.string_at(0)", signal.SIGSEGV),
        ("import signal; signal.signal(2, signal.SIG_DFL); signal.raise_signal(2)", None),
        ("import os; os.kill(os.getpid(), 9)", None),
    ],
)
async def test_a_signal_is_told_but_process_1_ignores_its_own(pool, source, number):
    execution = await pool.run(Program(source))
    assert execution.signal == number
    assert execution.exit == (0 if number is None else None)


async def test_cpu_seconds_are_limited(pool):
    execution = await pool.run(
        Program("print(1, flush=True)\nwhile True: pass"), limits=replace(PROGRAM, cpu_seconds=1)
    )
    assert (execution.stdout, execution.timed_out) == ("1\n", True)
    assert (execution.exit, execution.signal) == (None, signal.SIGKILL)
    assert 0.5 < execution.cpu_seconds < 1.5


async def test_what_only_waits_is_ended_by_the_clock(pool):
    started = time.monotonic()
    source = "import time; print(1, flush=True); time.sleep(60)"
    execution = await pool.run(Program(source), limits=replace(BRIEF, seconds=0.3))
    assert (execution.stdout, execution.timed_out) == ("1\n", True)
    assert execution.cpu_seconds < 0.2
    assert 0.3 < time.monotonic() - started < 3


async def test_a_kill_of_its_own_child_is_no_timeout(pool):
    source = "import os, time\np = os.fork() or time.sleep(9)\nos.kill(p, 9)\nprint(os.wait()[1])"
    execution = await pool.run(Program(source))
    assert (execution.stdout, execution.timed_out) == ("9\n", False)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff\ud800b"])
async def test_half_a_surrogate_pair_does_no_harm(pool, text):
    source = f"x = '{text}'"
    assert (await pool.run(Program(source))).exit == 1
    read = "import sys; print(len(sys.stdin.buffer.read()), len(open('f', 'rb').read()))"
    execution = await pool.run(Program(read, files={"f": text}), stdin=text)
    assert execution.exit == 0
    assert (await pool.run(Program("import f", files={"f.py": source}))).exit == 1


async def test_a_source_and_a_stdin_of_a_megabyte(pool):
    source = f"x = {'x' * (1 << 20)!r}\nprint(len(x), len(input()))"
    assert await printed(pool, source, stdin="y" * (1 << 20)) == f"{1 << 20} {1 << 20}\n"


async def test_stdin_that_nobody_reads_holds_up_nothing(pool):
    assert await printed(pool, "print(1)", stdin="y" * (8 << 20)) == "1\n"


async def test_a_worker_has_one_memory_limit(pool):
    with pytest.raises(ValueError, match="belongs to the pool"):
        await pool.run(Program(""), limits=replace(PROGRAM, memory=1 << 20))


# -- questions to the outside -----------------------------------------------------------------

ASK = """
import os
channel = os.fdopen(3, "r+b", buffering=0)
def ask(line):
    channel.write(line + b"\\n")
    return channel.readline().rstrip(b"\\n")
"""


async def test_every_line_is_answered_in_its_turn(pool):
    async def respond(line: bytes) -> bytes:
        return line[::-1]

    source = ASK + "print(ask(b'abc'), ask(b''), ask('é'.encode()))\nos.write(3, b'rest')"
    execution = await pool.run(Program(source), respond=respond)
    assert execution.stdout == f"b'cba' b'' {'é'.encode()[::-1]}\n"
    assert execution.answer == b"rest"


async def test_an_answer_may_be_larger_than_a_socket_holds(pool):
    async def respond(line: bytes) -> bytes:
        return b"z" * (3 << 20)

    source = (
        ASK
        + "import time; time.sleep(0.1); channel.write(b'q\\n'); print(len(os.fdopen(3, 'rb').readline()))"
    )
    assert (await pool.run(Program(source), respond=respond)).stdout == f"{(3 << 20) + 1}\n"


async def test_an_answer_may_take_a_run_in_the_same_pool(pool):
    async def double(line: bytes) -> bytes:
        depth = int(line)
        if depth == 0:
            return b"1"
        deeper = Program(ASK + f"print(2 * int(ask(b'{depth - 1}')), end='')")
        return (await pool.run(deeper, respond=double)).stdout.encode()

    with anyio.fail_after(20):
        execution = await pool.run(Program(ASK + "print(ask(b'5'))"), respond=double)
    assert execution.stdout == "b'32'\n"


async def test_an_answer_may_take_a_run_in_another_pool(pool):
    async with Pool(1, limits=replace(PROGRAM, memory=128 << 20)) as other:

        async def respond(line: bytes) -> bytes:
            return (await other.run(Program("print('other', end='')"))).stdout.encode()

        execution = await pool.run(Program(ASK + "print(ask(b''))"), respond=respond)
        assert len(zygotes()) == 2
    assert execution.stdout == "b'other'\n"


@pytest.mark.parametrize("size", [1 << 10, 1 << 20])
async def test_a_program_that_never_reads_the_answers_is_ended_by_the_clock(pool, size):
    async def respond(line: bytes) -> bytes:
        return b"z" * size

    started = time.monotonic()
    source = "import os\nwhile True: os.write(3, b'\\n' * 1000)"
    execution = await pool.run(Program(source), respond=respond, limits=BRIEF)
    assert execution.timed_out
    assert time.monotonic() - started < 4


async def test_questions_that_are_left_at_the_end_are_answered_no_longer_than_a_run(pool):
    answered = []

    async def respond(line: bytes) -> bytes:
        answered.append(line)
        await anyio.sleep(0.005)
        return b""

    started = time.monotonic()
    source = "import os; os.write(3, b'first\\n' + b'\\n' * 100_000)"
    execution = await pool.run(Program(source), respond=respond, limits=replace(BRIEF, seconds=0.3))
    assert answered[0] == b"first"
    assert execution.exit == 0
    assert time.monotonic() - started < 3


async def test_a_line_beyond_the_limit_is_never_answered(pool):
    async def respond(line: bytes) -> bytes:
        raise AssertionError

    limits = replace(BRIEF, seconds=0.3, answer=1000)
    execution = await pool.run(Program(ASK + "ask(b'q' * 5000)"), respond=respond, limits=limits)
    assert (execution.truncated, execution.timed_out) == (True, True)


async def test_an_error_of_the_responders_ends_the_run_and_not_the_pool(pool):
    async def respond(line: bytes) -> bytes:
        raise LookupError("nobody knows")

    with pytest.raises(LookupError, match="nobody knows"):
        await pool.run(Program(ASK + "ask(b'q')"), respond=respond)
    assert await printed(pool, "print(1)") == "1\n"


# -- neighbours -------------------------------------------------------------------------------


async def test_results_of_many_runs_at_once_are_kept_apart():
    before = len(zygotes())

    async def one(number: int) -> bool:
        source = f"import sys, os; print(input(), {number}); sys.stderr.write('e{number}'); "
        source += f"os.write(3, b'{number}'); sys.exit({number % 100})"
        execution = await pool.run(Program(source), stdin=f"in{number}")
        expected = (f"in{number} {number}\n", f"e{number}", f"{number}".encode(), number % 100)
        return expected == (execution.stdout, execution.stderr, execution.answer, execution.exit)

    async with Pool(3) as pool:
        assert all(await asyncio.gather(*(one(number) for number in range(150))))
        assert len(zygotes()) <= before + 3


LOOK_AROUND = """
import builtins, gc, glob, json, locale, os, random, resource, signal, sys, warnings
devices = [os.stat(f"/dev/{name}") for name in ("full", "null", "random", "tty", "urandom", "zero")]
print(json.dumps({
    "files": [sorted(map(str, w)) for d in (".", "/tmp", "/dev", "/opt") for p in os.walk(d) for w in p[1:]],
    "times": [(s.st_mtime_ns, s.st_mode) for s in devices],
    "modules": sorted(sys.modules), "builtins": sorted(dir(builtins)), "len": len("abc"),
    "environment": dict(os.environ), "cwd": os.getcwd(), "umask": os.umask(0), "path": sys.path,
    "limits": [resource.getrlimit(n) for n in range(16)], "nice": os.nice(0), "json": json.loads("1"),
    "signals": [str(signal.getsignal(n)) for n in range(1, 65)], "gc": gc.get_threshold(),
    "mask": sorted(map(str, signal.pthread_sigmask(0, []))), "cpus": sorted(os.sched_getaffinity(0)),
    "recursion": sys.getrecursionlimit(), "warnings": len(warnings.filters), "uname": os.uname()[:2],
    "descriptors": os.listdir("/proc/self/fd"), "pid": [os.getpid(), os.getppid(), os.getsid(0)],
    "processes": sorted(p for p in os.listdir("/proc") if p.isdigit()), "hooks": str(sys.excepthook),
    "oom": open("/proc/self/oom_score_adj").read(), "trace": str(sys.gettrace()), "hash": hash("a"),
    "locale": locale.setlocale(locale.LC_ALL), "switch": sys.getswitchinterval(), "argv": sys.argv,
    "ids": [os.getuid(), os.getgid(), os.getgroups()], "ipc": open("/proc/self/cgroup").read(),
}))
"""

SPOIL = """
import builtins, contextlib, ctypes, gc, glob, json, os, random, resource, signal, sys, warnings
import sqlite3
tried = []
def spoil(action, *arguments):
    with contextlib.suppress(OSError, ValueError):
        action(*arguments)
        tried.append(action.__name__)
for place in (".", "/tmp", "/dev/shm", "/dev", "/opt", "/usr", "/usr/local/lib/python3.12"):
    for name in ("sitecustomize.py", "json.py"):
        spoil(lambda: open(f"{place}/{name}", "w").write("raise SystemExit(66)"))
for device in ("full", "null", "random", "tty", "urandom", "zero"):
    spoil(os.utime, f"/dev/{device}")
    spoil(os.chmod, f"/dev/{device}", 0)
spoil(os.openpty)
spoil(os.mkfifo, "/tmp/fifo")
json.loads = builtins.len = lambda *a: 66
builtins.extra = random.random = 66
os.environ["SPOILED"] = "66"
os.putenv("SPOILED", "66")
sys.path.insert(0, "/tmp")
sys.modules["spoiled"] = sys
for change in ((os.umask, 0), (os.chdir, "/tmp"), (os.nice, 5), (random.seed, 66),
               (resource.setrlimit, 7, (20, 20)), (resource.setrlimit, 6, (20, 20)),
               (signal.signal, 15, signal.SIG_IGN), (signal.pthread_sigmask, 0, [10]),
               (gc.set_threshold, 1), (sys.setrecursionlimit, 100), (gc.disable,),
               (os.sched_setaffinity, 0, {max(os.sched_getaffinity(0))}), (sys.setswitchinterval, 1),
               (os.setpriority, os.PRIO_USER, 0, 6)):
    spoil(*change)
warnings.simplefilter("error")
libc = ctypes.CDLL(None)
libc.shmget(66, 4096, 0o1666)
libc.semget(66, 1, 0o1666)
"""


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "at the same time"])
async def test_what_a_program_finds_does_not_depend_on_its_neighbours(pool, together):
    async def respond(line: bytes) -> bytes:
        tried.extend(json.loads(line))
        return (await printed(pool, LOOK_AROUND)).encode() if together else b""

    tried: list[str] = []
    before = json.loads(await printed(pool, LOOK_AROUND))
    report = "os.write(3, json.dumps(tried).encode() + b'\\n')\nprint(os.read(3, 1 << 20).decode())"
    spoiled = await pool.run(Program(SPOIL + report), respond=respond)
    assert {"umask", "chdir", "nice", "mkfifo", "setrlimit", "<lambda>"} <= set(tried)
    assert not {"utime", "chmod", "openpty"} & set(tried)
    after = spoiled.stdout if together else await printed(pool, LOOK_AROUND)
    assert json.loads(after) == before


async def test_each_program_draws_random_numbers_of_its_own(pool):
    source = "import random, os, tempfile; print(random.random(), os.urandom(4), tempfile.mktemp())"
    assert len({await printed(pool, source) for _ in range(5)}) == 5


SCAN = """
import re, sys
found = set()
for line in open("/proc/self/maps"):
    span, modes, *_, = line.split()
    if "r" in modes and "[v" not in line:
        first, last = (int(n, 16) for n in span.split("-"))
        with open("/proc/self/mem", "rb") as memory:
            memory.seek(first)
            found |= {m.decode() for m in re.findall(rb"sec[r]et-[a-z]{8}", memory.read(last - first))}
print(sorted(found))
"""


async def test_nothing_of_one_program_is_left_in_the_memory_of_the_next(pool):
    names = [
        f"secret-{word}" for word in ("insource", "instdinx", "infilesx", "printedx", "answered")
    ]
    source = (
        f"import os; x = {names[0]!r}; y = input(); print('{names[3]}'); os.write(3, b'{names[4]}')"
    )
    for _ in range(3):
        await pool.run(Program(source, (names[0],), {"f.py": names[2]}), stdin=names[1] + "\n")
    own = "secret-" + "myselfxx"
    assert await printed(pool, "x = input()\n" + SCAN, stdin=f"{own}\n") == f"{[own]}\n"


# -- workers that are lost, and runs that nobody waits for ------------------------------------


def kills(times: int):
    """A responder that kills the zygote of whoever asks, so many times."""
    asked = []

    async def respond(line: bytes) -> bytes:
        asked.append(line)
        if len(asked) <= times:
            [zygote] = zygotes()
            os.kill(zygote, signal.SIGKILL)
        return b"answered"

    return respond


async def test_a_run_whose_zygote_is_killed_is_made_again(pool):
    execution = await pool.run(Program(ASK + "print(ask(b''))"), respond=kills(1))
    assert (execution.exit, execution.stdout) == (0, "b'answered'\n")


async def test_a_run_whose_zygote_is_killed_twice_has_no_result(pool):
    with pytest.raises(WorkerLost, match="worker failed"):
        await pool.run(Program(ASK + "print(ask(b''))"), respond=kills(2))
    assert await printed(pool, "print(1)") == "1\n"


async def test_a_zygote_that_died_while_it_was_idle_costs_nothing(pool):
    assert await printed(pool, "print(1)") == "1\n"
    [zygote] = zygotes()
    os.kill(zygote, signal.SIGKILL)
    assert await printed(pool, "print(2)") == "2\n"


@pytest.mark.parametrize("asks", [False, True])
async def test_a_cancelled_run_is_ended_and_the_pool_goes_on(pool, asks):
    async def respond(line: bytes) -> bytes:
        await pool.run(Program("import time; time.sleep(60)"))
        return b""

    source = "import time; time.sleep(60)"
    with anyio.move_on_after(0.4) as scope:
        await pool.run(Program(ASK + "ask(b'')" if asks else source), respond=respond)
    assert scope.cancelled_caught
    assert await printed(pool, "print(1)") == "1\n"
    [zygote] = zygotes()
    assert len(below(zygote)) == 1  # the one that waits for the next program


async def test_a_pool_may_be_used_by_one_event_loop_after_another():
    async def use() -> str:
        async with pool:
            return await printed(pool, "print(1)")

    pool = Pool(1)
    for _ in range(2):
        assert await anyio.to_thread.run_sync(asyncio.run, use()) == "1\n"


async def test_a_program_that_the_kernel_kills_for_memory_has_a_result():
    limits = replace(PROGRAM, memory=64 << 20)
    async with Pool(1, limits=limits) as pool:
        execution = await pool.run(Program("x = b'x' * (500 << 20)"))
        assert execution.signal == signal.SIGKILL or "MemoryError" in execution.stderr
        assert math.isnan(execution.cpu_seconds) or execution.cpu_seconds < 5
        assert await printed(pool, "print(1)") == "1\n"


async def test_a_pool_that_is_not_entered_runs_nothing() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await Pool(1).run(Program("print(1)"))


async def test_a_flood_of_output_is_ended_before_the_launcher_has_read_it_for_long(pool):
    started = time.process_time()
    execution = await pool.run(Program("import os\nwhile True: os.write(1, bytes(65536))"))
    assert (execution.signal, execution.truncated, execution.timed_out) == (9, True, False)
    assert time.process_time() - started < 2


async def test_a_file_that_was_left_open_is_flushed(pool):
    assert await printed(pool, "out = open(1, 'w')\nout.write('42')") == "42"


async def test_a_program_that_is_one_of_its_files_knows_where_it_lies(pool):
    source = "import inspect\ndef f(): pass\nprint(__file__, inspect.getsource(f))"
    execution = await pool.run(Program(source, files={"s.py": source}, name="s.py"))
    assert execution.stdout.split("\n")[0] == "/home/dev/s.py def f(): pass"


async def test_a_program_that_somebody_else_killed_is_run_again(pool):
    async def kill_the_first(line: bytes) -> bytes:
        asked.append(line)
        if len(asked) == 1:
            for pid in below(*zygotes()):
                os.kill(pid, signal.SIGKILL)
            await anyio.sleep(9)
        return b"answered"

    asked: list[bytes] = []
    execution = await pool.run(Program(ASK + "print(ask(b''))"), respond=kill_the_first)
    assert (execution.exit, execution.stdout) == (0, "b'answered'\n")


@pytest.mark.parametrize("seconds", [0, 1])
async def test_a_program_that_kills_itself_by_a_limit_of_its_own_has_a_result(pool, seconds):
    source = f"import resource\nresource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))\n"
    [before] = zygotes()
    execution = await pool.run(Program(source + "while True: pass"))
    assert (execution.signal, execution.timed_out) == (signal.SIGKILL, False)
    assert zygotes() == [before]  # and costs no worker


async def test_two_workers_that_died_idle_cost_nothing() -> None:
    async with Pool(2) as pool:
        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(pool.run, Program("import time; time.sleep(0.2)"))
        for pid in zygotes():
            os.kill(pid, signal.SIGKILL)
        assert await printed(pool, "print(1)") == "1\n"


async def test_more_open_files_than_the_launcher_may_have_are_as_many_as_it_may(pool):
    limits = replace(PROGRAM, open_files=1 << 30)
    assert (await pool.run(Program("print(1)"), limits=limits)).stdout == "1\n"


async def test_more_processes_than_the_pool_allows_are_refused(pool):
    with pytest.raises(ValueError, match="4096 processes are more than the pool's 64"):
        await pool.run(Program("print(1)"), limits=replace(PROGRAM, processes=4096))
