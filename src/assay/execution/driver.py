# ruff: noqa: BLE001, PTH101, PTH106, PTH108, PTH109, PTH111, PTH123, PTH208
"""Calls one function with one input at a time, each in a process of its own.

Runs where the function's code lies: python3 -I -c <this> MODULE:FUNCTION CPU WALL MAX_BYTES; an
input may work for CPU seconds and take WALL by the clock. Writes the line `ready`, then reads
frames (four bytes of length, JSON) from stdin and writes a line (a word, a space, text) for each.
"""

import ctypes
import json
import os
import resource
import select
import signal
import site
import struct
import sys
import time
from contextlib import suppress
from typing import Any, NoReturn

# Loaded before the fork, so that the function's module finds most of what it needs.
for common in ("ast", "collections", "csv", "dataclasses", "datetime", "itertools", "statistics"):
    __import__(common)

WORDS = {
    b"a": b"answer",
    b"f": b"not_importable",
    b"r": b"raised",
    b"j": b"not_JSON",
    b"l": b"answer_too_large",
    b"n": b"ended_without_an_answer",
    b"t": b"timeout",
}
PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 4, 36
SCRATCH = (os.path.expanduser("~"), "/tmp", "/var/tmp", "/dev/shm", "/srv")


def read_exactly(buffer: bytearray, size: int) -> bool:
    """Fill the first `size` bytes of `buffer` from stdin, and read not one byte more."""
    have = 0
    while have < size:
        count = os.readv(0, [memoryview(buffer)[have:size]])
        if count == 0:
            return False
        have += count
    return True


def answer(path: str, text: bytes) -> tuple[bytes, str]:
    """In the child: import, call, and say what came of it."""
    module_name, _, name = path.partition(":")
    # As plain directories: a .pth file or sitecustomize there would run code in other places.
    sys.path[:0] = [os.getcwd(), site.getusersitepackages()]
    sys.argv = [module_name]
    try:
        function: Any = __import__(module_name, fromlist=[name])
        for part in name.split("."):
            function = getattr(function, part)
    except BaseException as error:
        return b"f", describe(error)
    try:
        value = function(json.loads(text))
    except BaseException as error:
        return b"r", describe(error)
    try:
        return b"a", json.dumps(value, allow_nan=False)
    except BaseException as error:
        return b"j", describe(error)


def describe(error: BaseException) -> str:
    """An exception in one line."""
    try:
        text = str(error)
    except BaseException:
        text = ""
    return (type(error).__name__ + (": " + text if text else ""))[:500]


def child(path: str, text: bytes, pipe: int, limit: int, cpu: int) -> NoReturn:
    """Call and end. Holds nothing but its own input and the pipe for its own answer."""
    try:
        os.setsid()
        null = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        os.closerange(3, pipe)
        os.closerange(pipe + 1, 1 << 20)
        os.set_blocking(pipe, True)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        status, result = answer(path, text)
        data = status + result.encode("ascii", "backslashreplace").replace(b"\n", b"\\n")
        if len(data) > limit:
            data = b"l%d bytes" % len(data)
        while data:
            data = data[os.write(pipe, data) :]
    finally:
        os._exit(0)


def end(pid: int) -> bool:
    """Kill the child and whatever it started; orphans come to this process.

    True if the child had used up its CPU seconds: a status that is set stays, killed again or not.
    """
    used_up = False
    for number in (signal.SIGSTOP, signal.SIGKILL):
        with suppress(OSError):
            os.killpg(pid, number)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            found, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if found == pid:
            used_up = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
        if not found:
            for task in os.listdir("/proc/self/task"):
                with open("/proc/self/task/" + task + "/children") as file:
                    for orphan in file.read().split():
                        with suppress(OSError):
                            os.kill(int(orphan), signal.SIGKILL)
            time.sleep(0.0005)
    return used_up


def listing(directory: str) -> set[str]:
    """What lies in a directory, by path."""
    try:
        return {directory + "/" + name for name in os.listdir(directory)}
    except OSError:
        return set()


def remove(path: str) -> None:
    """Remove a file, a link or a whole directory, as far as that goes."""
    try:
        os.unlink(path)
    except IsADirectoryError:
        with suppress(OSError, RecursionError):
            os.chmod(path, 0o700)
            for below in listing(path):
                remove(below)
            os.rmdir(path)
    except OSError:
        return


def call(path: str, buffer: bytearray, cpu: int, wall: float, limit: int) -> bytes:
    """One input in one new process; what it wrote, at most `limit` bytes."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        child(path, bytes(buffer), theirs, limit, cpu)
    os.close(theirs)
    process = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ours, select.POLLIN)
    poll.register(process, select.POLLIN)
    deadline = time.monotonic() + wall
    result, timed_out = b"", False
    os.set_blocking(ours, False)
    while True:
        left = deadline - time.monotonic()
        ready = {fd for fd, _ in poll.poll(max(0, left * 1000))}
        if not ready:
            timed_out = True
            break
        # A process it left behind may hold the pipe open: the child's own end counts.
        over = process in ready
        try:
            while part := os.read(ours, 65536):
                result += part
                if len(result) > limit:
                    over = True
                    break
            else:
                over = True
        except BlockingIOError:
            pass
        if over:
            break
    os.close(ours)
    os.close(process)
    if end(pid) or timed_out:
        return b"t"
    if len(result) > limit:
        return b"l"
    if any(byte < 32 or byte > 126 for byte in result):
        return b"n"  # written by the code itself, around its return value
    return result or b"n"


def main() -> None:
    """Read, call, relay."""
    path, cpu, wall, limit = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    libc = ctypes.CDLL(None)
    # Neither this process's memory nor its stdin can be read by the processes it starts.
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    found = set().union(*map(listing, SCRATCH))
    os.write(1, b"ready\n")
    head = bytearray(4)
    while read_exactly(head, 4):
        size = struct.unpack("<I", head)[0]
        buffer = bytearray(size)
        if not read_exactly(buffer, size):
            return
        result = call(path, buffer, cpu, wall, limit)
        for left in set().union(*map(listing, SCRATCH)) - found:
            remove(left)
        buffer[:] = bytes(size)  # the next child starts as a copy of this memory
        line = WORDS.get(result[:1], WORDS[b"n"]) + b" " + result[1:] + b"\n"
        while line:
            line = line[os.write(1, line) :]


main()
