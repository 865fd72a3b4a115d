"""Forks short programs, each into namespaces of its own. Speaks to a launcher over one socket.

Usage: zygoted SETUP MODULE... (SETUP is JSON from `Policy.program()`; the modules are preloaded).
The launcher asks for a child; the child isolates itself and waits for its program on a socket that
it shares with nobody but the launcher. This process never sees a program, its input or its output,
so nothing of one is left in the memory that the next one starts with.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from contextlib import suppress

from .isolation import Isolation, clone
from .program import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

END = struct.Struct("<cidq")  # b"e", wait status, CPU seconds, peak resident bytes
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
COMMON = (
    "ast", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime", "decimal",
    "enum", "fractions", "functools", "heapq", "io", "itertools", "json", "math", "numbers",
    "operator", "random", "re", "statistics", "string", "textwrap", "time", "traceback", "types",
    "typing",
)  # fmt: skip
"""Imported once, here: imports are most of what a short program costs. Each adds to every fork."""


class Zygote:
    """Children by the descriptor that tells their end."""

    def __init__(self, control: socket.socket, isolation: Isolation) -> None:
        self.control = control
        self.isolation = isolation
        self.children: dict[int, tuple[int, socket.socket]] = {}
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)

    def serve(self) -> None:
        """Until the launcher hangs up."""
        while True:
            for fd, _ in self.poll.poll():
                if fd in self.children:
                    self.report(fd)
                elif not self.control.recv(1):
                    return
                else:
                    self.fork()

    def fork(self) -> None:
        """Make a child, and give the launcher its socket and a descriptor to kill it by."""
        theirs, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = clone()
        if pid == 0:
            self.child(ours)
        process = os.pidfd_open(pid)
        self.children[process] = (pid, ours)
        self.poll.register(process, select.POLLIN)
        socket.send_fds(self.control, [b"n"], [theirs.fileno(), process])
        theirs.close()

    def child(self, link: socket.socket) -> NoReturn:
        """Isolate, wait for the program, run it."""
        try:
            fd = os.dup2(link.fileno(), 3)
            os.closerange(4, 1 << 20)
            self.isolation.enter()
            run(fd)
        except BaseException as error:  # noqa: BLE001 (said, not swallowed: this is the end)
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(125)

    def report(self, process: int) -> None:
        """Tell the launcher of a child's end; all that it had started has ended before."""
        pid, ours = self.children.pop(process)
        self.poll.unregister(process)
        os.close(process)
        _, status, usage = os.wait4(pid, 0)
        cpu = usage.ru_utime + usage.ru_stime
        ours.setblocking(False)
        with suppress(OSError):  # nobody wants to know any more
            ours.send(END.pack(b"e", status, cpu, usage.ru_maxrss * 1024))
        ours.close()


def main() -> NoReturn:
    """Serve."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # nothing outlives bubblewrap
    # Process 1 is deaf to signals that it has no handler for; Python brings one for SIGINT.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    control = socket.socket(fileno=os.dup(0))
    os.set_inheritable(control.fileno(), False)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1):
        os.dup2(null, fd)
    os.umask(0o022)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for module in (*COMMON, *sys.argv[2:]):
        importlib.import_module(module)
    isolation = Isolation(**json.loads(sys.argv[1]))
    gc.collect()
    gc.freeze()
    try:
        Zygote(control, isolation).serve()
    except BaseException as error:  # noqa: BLE001 (said, not swallowed: this is the end)
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(1)
