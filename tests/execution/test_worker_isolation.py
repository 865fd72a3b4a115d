"""What a short program cannot do to the machine, to its neighbours, or to us: each tried inside.

Every attack says how far it came, so that a test cannot pass because an attack did not run. Links
in collected files, which only long-lived sandboxes have, are tried in scenarios/test_delivery.py.
"""

import io
import json
import os
import re
import socket
import tarfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from inspect_ai.util import ExecResult

from assay import console
from assay.coding import hardened
from assay.coding.problem import Case, Problem, Submission
from assay.execution import cgroups
from assay.execution.inside import values
from assay.execution.policy import MEGABYTE, PROGRAM
from assay.execution.retrieval import take_files
from assay.execution.workers import Execution, Pool, Program
from tests.execution.kernel_view import below, soon, zygotes

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = replace(
    PROGRAM, memory=128 * MEGABYTE, processes=32, cpu_seconds=2, seconds=5.0, output=100_000
)
ASK = """
import os
def ask(line=b""):
    os.write(3, line + b"\\n")
    return os.read(3, 1 << 20)
"""
SYSCALL = """
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(x86_64, aarch64, *arguments):
    number = x86_64 if os.uname().machine == "x86_64" else aarch64
    result = libc.syscall(number, *arguments)
    return errno.errorcode[ctypes.get_errno()] if result == -1 else result
def tried(action, *arguments):
    try:
        return action(*arguments) or "done"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pool() -> AsyncIterator[Pool]:
    """One worker, of which it is certain that bombs in it cannot take the machine down."""
    async with Pool(1, limits=SMALL) as pool:
        bounds = await pool.run(Program("import resource; print(resource.getrlimit(6))"))
        assert bounds.stdout == f"({SMALL.processes}, {SMALL.processes})\n"
        [zygote] = zygotes()
        assert real_user(zygote) != 0  # RLIMIT_NPROC does not bind root
        for directory in groups(zygote):
            if (directory / "pids.max").exists():
                assert int((directory / "pids.max").read_text()) <= SMALL.processes + 8
        if cgroups.available():
            assert any((directory / "pids.max").exists() for directory in groups(zygote))
        yield pool


def real_user(pid: int) -> int:
    return int(re.search(r"Uid:\t(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def groups(pid: int) -> list[Path]:
    parents = {controller.parent for controller in cgroups.available()}
    found = [path for parent in parents for path in parent.glob(f"box-{os.getpid()}-*")]
    return [path for path in found if str(pid) in (path / "cgroup.procs").read_text().split()]


async def attack(pool: Pool, source: str, **options: Any) -> Execution:
    """Run it; whatever it did, the same worker then runs the next, and nothing of it is left."""
    workers = zygotes()
    execution = await pool.run(Program(source), **options)
    assert zygotes() == workers
    assert soon(lambda: len(below(workers[0])) == 1)  # the one that waits for the next program
    assert (await pool.run(Program("print('next')"))).stdout == "next\n"
    return execution


async def told(pool: Pool, source: str, **options: Any) -> Any:
    """What an attack printed, as JSON, at its end."""
    execution = await attack(pool, source, **options)
    assert execution.exit == 0, execution
    return json.loads(execution.stdout)


# -- using it up ------------------------------------------------------------------------------


async def test_a_fork_bomb(pool):
    source = """import os, time
while True:
    try: os.fork()
    except BlockingIOError:
        os.write(1, b"no more\\n")
        time.sleep(60)"""
    execution = await attack(pool, source, limits=replace(SMALL, seconds=1.5))
    assert execution.timed_out
    assert execution.stdout.count("no more") == SMALL.processes


async def test_a_fork_bomb_that_ends_and_forks_again(pool):
    source = """import os
os.write(1, b"started\\n")
if os.fork() == 0:
    while True:
        try:
            if os.fork(): os._exit(0)
        except BlockingIOError: pass
while True: os.waitpid(-1, 0)"""
    execution = await attack(pool, source, limits=replace(SMALL, seconds=1.0))
    assert (execution.stdout, execution.timed_out) == ("started\n", True)


async def test_a_thread_bomb(pool):
    source = """import threading, time, os
threading.stack_size(1 << 16)
started = 1
try:
    while True:
        threading.Thread(target=time.sleep, args=[60], daemon=True).start()
        started += 1
except RuntimeError as error:
    print(started, error, flush=True)
    os._exit(0)"""
    execution = await attack(pool, source)
    assert execution.stdout == f"{SMALL.processes} can't start new thread\n"


async def test_a_flood_of_descriptors(pool):
    source = """import os, json
held = []
try:
    while True: held += [os.open("/dev/null", os.O_RDONLY)]
except OSError as error: print(json.dumps([len(held), max(held), error.errno]))"""
    count, highest, error = await told(pool, source)
    assert (highest, error) == (SMALL.open_files - 1, 24)
    assert count == SMALL.open_files - 4  # all but 0 to 3


BALLOON = """
def blow(megabytes):
    held = []
    for size in range(megabytes):
        held.append(b"x" * (1 << 20))
        if size % 10 == 9: os.write(1, b"+10 ")
    time.sleep(1)
"""


async def test_a_balloon_of_memory(pool):
    execution = await attack(pool, "import os, time" + BALLOON + "blow(1000)")
    assert execution.exit != 0
    assert 30 <= 10 * execution.stdout.count("+10") <= 160


@pytest.mark.skipif(
    not any(c.name == "memory" for c in cgroups.available()),
    reason="without a memory cgroup the sum over processes is not bounded",
)
async def test_a_balloon_of_memory_in_many_processes(pool):
    [group] = [g for g in groups(zygotes()[0]) if (g / "memory.oom_control").exists()] or [None]
    source = f"""import os, time{BALLOON}
for _ in range(10):
    if os.fork() == 0:
        blow(40)
        os._exit(0)
print(sorted({{os.wait()[1] for _ in range(10)}}))"""
    execution = await attack(pool, source)
    assert 30 <= 10 * execution.stdout.count("+10") < 400
    assert execution.signal == 9 or "9" in execution.stdout.splitlines()[-1]
    if group:
        peak = int((group / "memory.max_usage_in_bytes").read_text())
        assert SMALL.memory < peak <= SMALL.memory + 48 * MEGABYTE


async def test_filling_every_place_that_can_be_written(pool):
    source = """import os, json, errno
filled = {}
for place in ("/home/dev", "/tmp", "/dev/shm", "/", "/dev", "/usr", "/opt", "/var/tmp", "/proc", "/run"):
    written = 0
    try:
        with open(place + "/fill", "wb", buffering=0) as file:
            while written < 100 << 20: written += file.write(bytes(1 << 20))
    except OSError as error: filled[place] = [written >> 20, errno.errorcode[error.errno]]
print(json.dumps(filled))"""
    filled = await told(pool, source)
    room = SMALL.memory // 8 // MEGABYTE
    for place in ("/home/dev", "/tmp", "/dev/shm"):
        assert filled.pop(place) == [room, "ENOSPC"]
    assert len(filled) == 7
    assert {tuple(result) for result in filled.values()} <= {(0, "EROFS"), (0, "ENOENT")}


async def test_using_up_inodes(pool):
    source = """import os, json
made = 0
try:
    while True:
        os.mkdir(f"/tmp/{made}")
        made += 1
except OSError as error: print(json.dumps([made, error.errno]))"""
    made, error = await told(pool, source)
    assert 1000 < made <= 20_000
    assert error == 28


async def test_a_flood_of_output(pool):
    source = "import os\nwhile True: os.write(1, b'x' * 65536); os.write(2, b'y' * 65536)"
    execution = await attack(pool, source, limits=replace(SMALL, seconds=1.0))
    assert (execution.stdout, execution.stderr) == ("x" * SMALL.output, "y" * SMALL.output)
    assert (execution.signal, execution.truncated, execution.timed_out) == (9, True, False)


async def test_a_flood_that_spends_the_cpu_seconds_of_one_process_after_another(pool):
    source = """import os, time
while True:
    if os.fork() == 0:
        while time.process_time() < 0.2: os.write(1, b"x" * 65536)
        os._exit(0)
    os.wait()"""
    started = time.monotonic()
    execution = await attack(pool, source, limits=replace(SMALL, seconds=1.0))
    assert (execution.signal, execution.truncated) == (9, True)
    assert time.monotonic() - started < 4


async def test_a_slow_drip_of_output(pool):
    source = "import os, time\nwhile True: os.write(1, b'x'); time.sleep(0.01)"
    started = time.monotonic()
    execution = await attack(pool, source, limits=replace(SMALL, seconds=0.5))
    assert 5 < len(execution.stdout) <= 50
    assert execution.timed_out
    assert time.monotonic() - started < 3


# -- not ending -------------------------------------------------------------------------------


async def test_a_grandchild_that_outlives_its_parents_and_holds_the_pipe(pool):
    source = """import os, time
ready, say = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(say, b"x")
        time.sleep(60)
    os._exit(0)
os.read(ready, 1)
print("a grandchild runs", os.listdir("/proc").count("3"))"""
    started = time.monotonic()
    execution = await attack(pool, source)
    assert execution.stdout == "a grandchild runs 1\n"
    assert time.monotonic() - started < 3


async def test_a_program_that_is_deaf_to_every_signal(pool):
    source = """import signal, time, os
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
os.fork()
print(signal.getsignal(signal.SIGTERM).name, flush=True)
while True: time.sleep(60)"""
    execution = await attack(pool, source, limits=replace(SMALL, seconds=0.5))
    assert execution.stdout == "SIG_IGN\n" * 2
    assert execution.timed_out


async def test_a_child_that_stops_itself_and_its_parent(pool):
    source = """import os, signal, time
child = os.fork()
if child == 0:
    os.kill(1, signal.SIGSTOP)
    os.kill(os.getpid(), signal.SIGSTOP)
print(os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1]), flush=True)
os.waitpid(child, 0)"""
    execution = await attack(pool, source, limits=replace(SMALL, seconds=0.5))
    assert execution.stdout == "True\n"
    assert execution.timed_out


# -- reaching others --------------------------------------------------------------------------


async def test_killing_every_process_ends_its_own_alone(pool):
    async def respond(line: bytes) -> bytes:  # the killer runs beside the one that asks
        killer = """import os, signal, time
if os.fork() == 0: time.sleep(60)
for target in (-1, 0, *range(2, 300)):
    try: os.kill(target, 9)
    except ProcessLookupError: pass
print("killed", os.wait()[1], flush=True)"""
        return (await pool.run(Program(killer))).stdout.encode()

    source = ASK + "print(ask().decode().strip()); print('alive')"
    execution = await attack(pool, source, respond=respond)
    assert execution.stdout == "killed 9\nalive\n"


async def test_killing_the_parent(pool):
    source = """import os, signal, json
said = []
for target in (os.getppid(), 1):
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
        os.kill(target, number)
        said.append(number)
if os.fork() == 0:
    os.kill(os.getppid(), 9)
    os._exit(0)
os.wait()
print(json.dumps([os.getppid(), len(said)]))"""
    assert await told(pool, source) == [0, 6]


async def test_tracing_a_sibling(pool):
    source = f"""{SYSCALL}
import json, time
sibling = os.fork()
if sibling == 0: time.sleep(60)
buffer = ctypes.create_string_buffer(64)
print(json.dumps([
    call(101, 117, 16, sibling, 0, 0), call(101, 117, 0x4206, sibling, 0, 0),
    call(310, 270, sibling, buffer, 1, buffer, 1, 0), call(438, 438, os.pidfd_open(sibling), 0, 0),
]))"""
    assert await told(pool, source) == ["EPERM"] * 4


async def test_a_program_beside_cannot_be_found(pool):
    async def respond(line: bytes) -> bytes:
        look = """import os, json
print(json.dumps([sorted(filter(str.isdigit, os.listdir("/proc"))), open("/proc/1/cmdline").read()]))"""
        return (await pool.run(Program(look))).stdout.encode()

    execution = await attack(pool, ASK + "print(ask().decode())", respond=respond)
    assert json.loads(execution.stdout)[0] == ["1"]


async def test_the_launchers_environment_through_proc(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-planted-0123456789")
    source = """import glob, os
read = 0
for path in [p for n in ("environ", "cmdline", "mountinfo", "maps", "status") for p in glob.glob(f"/proc/*/{n}")]:
    text = open(path, errors="replace").read()
    read += 1
    print(text)
print(os.environ, "read", read)"""
    async with Pool(1) as pool:
        execution = await pool.run(Program(source))
    assert re.search(r"read (1\d|[5-9])", execution.stdout), execution
    assert "HOME=/home/dev" in execution.stdout
    assert not re.search("planted|ANTHROPIC|assay", execution.stdout)


@contextmanager
def service(family: int, address: Any) -> Iterator[tuple[Any, list[int]]]:
    """A real one on the host: where it is, and how many have come."""
    came: list[int] = []
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind(address)
        server.listen()

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                came.append(1)
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname(), came
        server.shutdown(socket.SHUT_RDWR)


async def test_sending_to_the_internet(pool):
    source = f"""{SYSCALL}
import json, socket
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try: name = socket.getaddrinfo("example.com", 80)
except socket.gaierror as error: name = "no name"
print(json.dumps({{
    "tcp": tried(socket.create_connection, ("1.1.1.1", 53), 3),
    "tcp6": tried(socket.create_connection, ("2606:4700::1111", 53), 3),
    "metadata": tried(socket.create_connection, ("169.254.169.254", 80), 3),
    "udp": tried(udp.sendto, b"x", ("1.1.1.1", 53)),
    "broadcast": tried(udp.sendto, b"x", ("224.0.0.1", 53)), "dns": name,
    "interfaces": [name for _, name in socket.if_nameindex()],
}}))"""
    said = await told(pool, source)
    assert said.pop("interfaces") == ["lo"]
    assert said.pop("dns") == "no name"
    assert set(said.values()) <= {"ENETUNREACH", "EADDRNOTAVAIL"}, said


async def test_a_service_on_the_hosts_loopback(pool):
    with service(socket.AF_INET, ("127.0.0.1", 0)) as ((_, port), came):
        source = f"""{SYSCALL}
import json, socket
names = ("127.0.0.1", "localhost", "127.0.0.2", "0.0.0.0")
print(json.dumps([tried(socket.create_connection, (name, {port}), 2) for name in names]))"""
        assert set(await told(pool, source)) <= {"ENETUNREACH", "EADDRNOTAVAIL", "ECONNREFUSED"}
        assert came == []
        socket.create_connection(("127.0.0.1", port)).close()
        assert soon(lambda: came == [1])  # it was there all along


async def test_an_abstract_socket_of_the_host(pool):
    name = f"\0abstract-{os.getpid()}"
    with service(socket.AF_UNIX, name) as (_, came):
        source = f"""{SYSCALL}
import json, socket
print(json.dumps(tried(socket.socket(socket.AF_UNIX).connect, {name!r})))"""
        assert await told(pool, source) == "ECONNREFUSED"
        assert came == []
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(name)
        assert soon(lambda: came == [1])


async def test_two_programs_do_not_meet(pool):
    """By socket, shared memory, queue, lock, terminal, or the time of a device."""

    async def respond(line: bytes) -> bytes:
        return (await pool.run(Program(MEET + "print(json.dumps(found()))"))).stdout.encode()

    MEET = f"""{SYSCALL}
import json, socket
def found():
    times = [os.stat("/dev/" + n).st_mtime_ns for n in ("null", "zero", "full", "random", "tty")]
    return {{
        "socket": tried(socket.socket(socket.AF_UNIX).connect, "\\0here"),
        "memory": call(29, 194, 66, 4096, 0), "semaphores": call(64, 190, 66, 1, 0),
        "messages": call(68, 186, 66, 0), "queue": call(240, 180, b"here", 0, 0, 0),
        "terminals": os.listdir("/dev/pts"), "files": os.listdir("/dev/shm") + os.listdir("/tmp"),
        "times": times,
    }}
"""
    source = f"""{ASK}{MEET}
before = found()
server = socket.socket(socket.AF_UNIX)
server.bind("\\0here")
server.listen()
made = [call(29, 194, 66, 4096, 0o1666), call(64, 190, 66, 1, 0o1666), call(68, 186, 66, 0o1666),
        call(240, 180, b"here", 0o102, 0o666, 0)]
open("/dev/shm/here", "w").close()
devices = [tried(os.utime, "/dev/" + n) for n in ("null", "zero", "full", "random", "tty")]
print(json.dumps([before, made, devices, json.loads(ask())]))"""
    before, made, devices, seen = await told(pool, source, respond=respond)
    assert all(isinstance(number, int) for number in made), made
    assert devices == ["EROFS"] * 5
    assert seen == before
    assert (seen["socket"], seen["memory"], seen["queue"]) == ("ECONNREFUSED", "ENOENT", "ENOENT")


async def test_sockets_of_other_families(pool):
    source = f"""{SYSCALL}
import json, socket
print(json.dumps([tried(socket.socket, family) for family in (40, 38, 17, 44, 31, 29)]))"""
    assert await told(pool, source) == ["EAFNOSUPPORT"] * 6


# -- getting more -----------------------------------------------------------------------------


async def test_a_nested_user_namespace_and_a_mount(pool):
    source = f"""{SYSCALL}
import json
NEW_USER, NEW_NET = 0x10000000, 0x40000000
print(json.dumps([
    call(272, 97, NEW_USER), call(272, 97, NEW_NET), call(56, 220, NEW_USER | 17, 0, 0, 0, 0),
    call(435, 435, 0, 0), call(308, 268, os.open("/proc/self/ns/user", 0), 0),
    call(165, 40, b"tmpfs", b"/tmp", b"tmpfs", 0, 0), call(166, 39, b"/proc", 2),
    call(430, 430, b"tmpfs", 0), call(428, 428, -100, b"/", 1), call(442, 442, -100, b"/", 0, 0, 0),
    call(155, 41, b"/tmp", b"/tmp"), call(161, 51, b"/tmp"),
]))"""
    answers = await told(pool, source)
    assert answers.pop(3) == "ENOSYS"
    assert answers == ["EPERM"] * 11


async def test_channels_through_the_kernel(pool):
    """Keyrings, locks and watches on files that all programs share, io_uring, memory files."""
    source = f"""{SYSCALL}
import fcntl, json
shared = os.open("/usr/local/bin/python3.12", os.O_RDONLY)
folder = os.open("/usr", os.O_RDONLY)
print(json.dumps({{
    "add_key": call(248, 217, b"user", b"a", b"b", 1, -5), "keyctl": call(250, 219, 0, -5, 1),
    "request_key": call(249, 218, b"user", b"a", 0, -5),
    "flock": tried(fcntl.flock, shared, fcntl.LOCK_SH | fcntl.LOCK_NB),
    "lock": tried(fcntl.lockf, shared, fcntl.LOCK_SH | fcntl.LOCK_NB),
    "open file lock": tried(fcntl.fcntl, shared, 37, bytes(32)),
    "lease": tried(fcntl.fcntl, shared, fcntl.F_SETLEASE, fcntl.F_RDLCK),
    "notify": tried(fcntl.fcntl, folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS),
    "inotify": call(294, 26, 0), "fanotify": call(300, 262, 0, 0),
    "io_uring": call(425, 425, 8, ctypes.create_string_buffer(120)),
    "memfd": call(319, 279, b"a", 0), "secret": call(447, 447, 0),
}}))"""
    answers = await told(pool, source)
    no_locks = {
        answers.pop(name) for name in ("flock", "lock", "open file lock", "lease", "notify")
    }
    assert no_locks == {"ENOLCK"}
    assert set(answers.values()) == {"EPERM", "ENOSYS"}


async def test_executing_a_file_in_memory_gains_nothing(pool):
    """Standard input is such a file, which a program may fill; what it runs is as bound as it is."""
    source = """import os, resource
os.ftruncate(0, 0)
os.lseek(0, 0, 0)
os.write(0, open("/bin/cat", "rb").read())
os.dup2(os.open("/proc/self/fd/0", os.O_RDONLY), 0)  # a file that is written to does not run
os.execv("/proc/self/fd/0", ["x", "/proc/self/status"])"""
    execution = await attack(pool, source)
    assert re.search(r"Seccomp:\t2\n(.|\n)*Seccomp_filters:\t2", execution.stdout), execution
    assert "NoNewPrivs:\t1" in execution.stdout
    assert "CapEff:\t0000000000000000" in execution.stdout


async def test_what_python_would_import_by_itself_does_not_persist(pool):
    source = """import json, os, site, sys
written = []
for folder in (*sys.path, site.getusersitepackages(), "/home/dev/__pycache__", "/tmp", "/opt/inside",
               "/usr/local/lib/python3.12/__pycache__", "/usr/local/lib/python3.12/site-packages"):
    for name in ("sitecustomize.py", "usercustomize.py", "x.pth", "json.py", "a.cpython-312.pyc"):
        try:
            os.makedirs(folder, exist_ok=True)
            open(f"{folder}/{name}", "w").write("print('persisted')")
            written.append(folder)
        except OSError: pass
print(json.dumps(sorted(set(written))))"""
    written = await told(pool, source)
    assert "/home/dev" in written
    assert not [path for path in written if path.startswith(("/usr", "/opt"))]
    after = """import json, os, subprocess, sys
print(subprocess.run([sys.executable, "-c", "import json, os; print(os.listdir('.'))"],
                     capture_output=True, text=True))
print(os.listdir("/tmp"))"""
    execution = await pool.run(Program(after))
    assert "persisted" not in execution.stdout
    assert "stdout='[]\\n'" in execution.stdout, execution


async def test_inherited_descriptors(pool):
    source = """import json, os
open_ones = {}
for fd in range(4096):
    try: open_ones[fd] = os.readlink(f"/proc/self/fd/{fd}").partition(":")[0]
    except OSError: pass
child = os.popen("ls -l /proc/self/fd | wc -l").read()
print(json.dumps([open_ones, child]))"""
    open_ones, _ = await told(pool, source)
    assert open_ones == {"0": "/memfd", "1": "pipe", "2": "pipe", "3": "socket"}


HOSTILE = {
    "deep": b"[" * 500_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "digits": b"9" * 900_000,
    "exponent": b"1e999999999",
    "keys": b"{" + b",".join(b'"%d":{' % n for n in range(50_000)),
    "nothing": b"",
    "bytes": bytes(range(256)) * 1000,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_answer_is_no_value_and_costs_no_time(pool, name):
    source = "import os, sys; data = sys.stdin.buffer.read()\nwhile data: data = data[os.write(3, data):]"
    execution = await pool.run(
        Program(source), stdin=HOSTILE[name].decode("utf-8", "surrogateescape")
    )
    assert execution.answer == HOSTILE[name]
    started = time.monotonic()
    with pytest.raises(values.Unrepresentable):
        values.decode(execution.answer)
    assert time.monotonic() - started < 0.5


async def test_terminal_escapes_are_never_shown_raw(pool, capsys):
    evil = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"
    submission = Submission.of(f"def solve(n):\n    raise ValueError({evil!r})")
    problem = Problem("evil", "", held_out=(Case((1,), 1),))
    [result] = (await hardened.grade(submission, problem, pool, limits=SMALL)).results
    assert "raised ValueError" in result.reason
    score = {"verdict": None, "file": evil, "evidence": "", "error": evil + result.reason}
    console.print_scores([score])
    shown = result.reason + capsys.readouterr().out
    assert "owned" in shown
    assert not [char for char in shown if char != "\n" and not char.isprintable()]


# -- what is set ------------------------------------------------------------------------------


async def test_filters_capabilities_user_and_limits_as_the_kernel_has_them(pool):
    status, limits = {}, ""

    async def respond(line: bytes) -> bytes:
        nonlocal limits
        pid = next(
            p for p in below(zygotes()[0]) if Path(f"/proc/{p}/limits").read_text().count(" 32 ")
        )
        limits = Path(f"/proc/{pid}/limits").read_text()
        status.update(re.findall(r"(\w+):\t(.*)\n", Path(f"/proc/{pid}/status").read_text()))
        return b""

    await attack(pool, ASK + "ask()", respond=respond)
    assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
    assert {status[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert "0" not in status["Uid"].split() + status["Gid"].split() + status["Groups"].split()
    assert os.geteuid() != 0 or str(os.getuid()) not in status["Uid"].split()
    rows = {row[:25].strip(): row[25:].split()[:2] for row in limits.splitlines()[1:]}
    for name, value in (
        ("Max processes", SMALL.processes), ("Max open files", SMALL.open_files),
        ("Max file size", SMALL.file), ("Max cpu time", SMALL.cpu_seconds), ("Max core file size", 0),
    ):  # fmt: skip
        assert rows[name] == [str(value)] * 2


# -- an archive that is no archive of files (retrieval, for long-lived sandboxes) ----------------


class Forged:
    """A sandbox whose owner has replaced what packs its files."""

    async def exec(self, command: list[str], **options: Any) -> ExecResult[str]:
        return ExecResult(True, 0, "100", "")

    async def read_file(self, path: str, text: bool = True) -> bytes:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for name in ("home/dev/a.py", "home/dev/../../etc/cron.d/x", "/etc/passwd", "../up"):
                tar.addfile(tarfile.TarInfo(name))
            for kind in (tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
                member = tarfile.TarInfo(f"home/dev/{kind.decode()}")
                member.type, member.linkname = kind, "/etc/shadow"
                tar.addfile(member)
        return archive.getvalue()

    def as_type(self, kind: type) -> Any:
        raise TypeError(kind)


async def test_a_forged_archive_is_data_and_nothing_of_the_hosts_is_read_or_written():
    before = Path("/etc/passwd").stat()
    files = await take_files(Forged(), ["/home/dev"], limit=1 << 20)  # type: ignore[arg-type]
    assert files.pop("/home/dev/a.py") == b""
    assert not [name for name in files if name.startswith("/home/dev/") and ".." not in name]
    assert set(files.values()) <= {b""}  # what the archive says, not what the host has
    assert not Path("/etc/cron.d/x").exists()
    assert Path("/etc/passwd").stat() == before


async def test_what_lies_in_the_page_cache_carries_no_word(pool):
    source = """import ctypes, os
fd = os.open("/usr/bin/env", os.O_RDONLY)
for attempt in (
    lambda: os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED),
    lambda: os.preadv(fd, [bytearray(1)], 0, os.RWF_NOWAIT),
):
    try:
        print("done", attempt())
    except OSError as error:
        print("refused", error.errno)
print(os.preadv(fd, [bytearray(1)], 0))
"""
    assert (await pool.run(Program(source))).stdout == "refused 1\nrefused 95\n1\n"
