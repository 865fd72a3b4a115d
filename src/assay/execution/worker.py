"""One worker of a pool: a bubblewrap with a zygote inside, which forks programs (`inside.zygote`).

Feeds `workers`, which says how many there are and whose turn it is. Everything here blocks, and is
called from threads.
"""

import json
import marshal
import math
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from assay.errors import SandboxUnavailable, WorkerLost
from assay.execution import cgroups
from assay.execution.machine import command, numbers
from assay.execution.policy import Limits, Policy, scrubbed_environment

_ZYGOTE = "/opt/zygoted"
_END = struct.Struct("<cidq")  # as in inside/zygote.py: wait status, CPU seconds, resident bytes
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_KILL_SECONDS = 10.0
_CHUNK = 1 << 18
_FLOOD = 16  # times the limit: reading what is thrown away costs the launcher its own time
_SPARE_PROCESSES = 8  # the zygote and the children that wait
_SPARE_MEMORY = 48 << 20


@dataclass(frozen=True, slots=True)
class Program:
    """A short Python program.

    It runs as `python3 NAME` would, in a directory that has nothing but `files` (by path): there is
    a file of its own, and `__file__`, only where `name` is one of them. The standard library's
    common modules are imported already.
    """

    source: str
    arguments: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    name: str = "main.py"


@dataclass(frozen=True, slots=True)
class Execution:
    """What came of one program. Nothing in it is to be believed but the numbers.

    `exit` is None where a signal ended it. `timed_out`: its CPU or wall seconds were used up.
    `truncated`: it wrote more than was kept; at sixteen times as much it was ended. `cpu_seconds`
    and `peak_memory` (resident bytes of the largest process) cover it and the children it waited
    for; of a worker that was lost for want of memory they are NaN and 0. `answer`: what was written
    to descriptor 3, cut at the limit.
    """

    stdout: str
    stderr: str
    exit: int | None
    signal: int | None
    cpu_seconds: float
    peak_memory: int
    timed_out: bool
    truncated: bool
    answer: bytes


class Request:
    """A program on its way into a sandbox."""

    def __init__(self, program: Program, stdin: str, limits: Limits) -> None:
        self.stdin = _bytes(stdin)
        self.limits = limits
        for name in program.files:
            if PurePosixPath(name).is_absolute() or ".." in name.split("/") or "\0" in name:
                raise ValueError(f"A program's file must lie in its directory: {name!r}.")
        files = {name: _bytes(text) for name, text in program.files.items()}
        self._program = (program.source, program.name, program.arguments, files)

    def encoded(self, *, bounded: bool) -> bytes:
        """As `inside.program` reads it."""
        return marshal.dumps((*self._program, self.limits.rlimits(cgroup=bounded)))


class Worker:
    """One bubblewrap with a zygote inside; its methods block. Not for direct use: see `Pool`."""

    def __init__(self, policy: Policy, preload: Sequence[str]) -> None:
        """Start it, and wait until its first sandbox stands ready.

        Raises:
            SandboxUnavailable: It does not start; the message has what was printed.
        """
        number = next(numbers)
        self.lost = False
        self._group = cgroups.create(
            number,
            memory=policy.limits.memory + _SPARE_MEMORY,
            processes=policy.limits.processes + _SPARE_PROCESSES,
        )
        self._bounded = any(controller.name == "memory" for controller in cgroups.available())
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the worker)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._taking = threading.Lock()
        with theirs, tempfile.TemporaryFile() as seccomp:
            seccomp.write(policy.zygote_filter())
            seccomp.seek(0)
            self._process = subprocess.Popen(
                command(
                    [*policy.zygote_arguments(), "--seccomp", str(seccomp.fileno())],
                    number,
                    self._group,
                    _ZYGOTE,
                    json.dumps(policy.program()),
                    *preload,
                ),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._errors,
                pass_fds=(seccomp.fileno(),),
                cwd="/",
                env=scrubbed_environment(),
                start_new_session=True,  # Ctrl-C is the launcher's to answer
            )
        self._control.settimeout(_START_SECONDS)
        try:
            self._control.send(b"f")
            # The first one is in the socket's buffer from here on.
            if not self._control.recv(1, socket.MSG_PEEK):
                raise OSError("it ended at once")
        except OSError as error:
            words = self._last_words or error
            self.stop()
            raise SandboxUnavailable(
                f"A worker did not start: {words}. `assay doctor` says what is missing."
            ) from None

    def run(self, request: Request, ask: Callable[[bytes], bytes] | None) -> Execution:
        """Run one program to its end.

        A kill that neither the limits nor we explain may be somebody's on the host, or the
        program's own doing: it can lower its limits. So it runs once more; killed again, that is
        how it ends. Nothing that a program does to itself leaves it without a result.

        Raises:
            WorkerLost: The zygote is gone, or the program never started.
        """
        kills = self._group.memory_kills()
        try:
            for _ in range(2):
                with ExitStack() as stack:
                    execution = self._run(request, ask, kills, stack)
                used_up = execution.timed_out or execution.truncated
                if execution.signal != signal.SIGKILL or used_up:
                    break
                if self._group.memory_kills() > kills:
                    break
            return execution
        except WorkerLost:
            self.lost = True
            if self._group.memory_kills() == kills:
                raise
            # With so little memory left the kernel took the zygote: the program's doing.
            return Execution("", "", None, signal.SIGKILL, math.nan, 0, False, False, b"")

    def _run(
        self,
        request: Request,
        ask: Callable[[bytes], bytes] | None,
        kills: int,
        stack: ExitStack,
    ) -> Execution:
        limits = request.limits
        link, process = self._sandbox(stack)
        with ExitStack() as given:
            program = _memory_file(request.encoded(bounded=self._bounded), given)
            stdin = _memory_file(request.stdin, given)
            (out_fd, out_end), (err_fd, err_end) = os.pipe(), os.pipe()
            channel_fd, channel_end = (end.detach() for end in socket.socketpair())
            theirs = [out_end, err_end, channel_end]
            for fd in theirs:
                given.callback(os.close, fd)
            out = _Stream(out_fd, limits.output, stack)
            err = _Stream(err_fd, limits.output, stack)
            channel = _Stream(channel_fd, limits.answer, stack, ask)
            try:
                socket.send_fds(link, [b"p"], [program, stdin, *theirs])
            except OSError:
                raise self._failed("a sandbox ended before its program came") from None
        streams = {stream.fd: stream for stream in (out, err, channel)}
        poll = select.poll()
        for fd in (link.fileno(), *streams):
            poll.register(fd, select.POLLIN)
        started = killed = flooded = False
        deadline, until = time.monotonic() + _START_SECONDS, 0.0
        end = None
        while end is None:
            for fd, _ in poll.poll(max(0.0, 1000 * (deadline - time.monotonic()))):
                if fd in streams:
                    if not streams[fd].receive(until):
                        poll.unregister(fd)
                elif (message := _message(link)) == b"s":
                    started, until = True, time.monotonic() + limits.seconds
                    deadline = until
                elif message and started:
                    end = _END.unpack(message)
                else:
                    raise self._failed("a sandbox ended before its program began")
            late = time.monotonic() >= deadline
            flooded = any(stream.flooded for stream in streams.values())
            if end or not (late or (flooded and not killed)):
                continue
            if not started:
                raise self._failed("a program was not started")
            if killed:
                raise self._failed("a program could not be killed")
            killed, deadline = True, time.monotonic() + _KILL_SECONDS
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, signal.SIGKILL)
        for stream in streams.values():
            while stream.receive(until):
                pass
        _, status, cpu, peak = end
        code = os.waitstatus_to_exitcode(status)
        # The kernel counts CPU time by ticks, sooner than the clock does.
        used_up = limits.cpu_seconds is not None and cpu > limits.cpu_seconds / 2
        out_of_memory = self._group.memory_kills() > kills
        return Execution(
            stdout=out.kept.decode(errors="replace"),
            stderr=err.kept.decode(errors="replace"),
            exit=code if code >= 0 else None,
            signal=-code if code < 0 else None,
            cpu_seconds=cpu,
            peak_memory=peak,
            timed_out=code == -signal.SIGKILL
            and (killed or used_up)
            and not (flooded or out_of_memory),
            truncated=out.truncated or err.truncated or channel.truncated,
            answer=bytes(channel.kept),
        )

    def _sandbox(self, stack: ExitStack) -> tuple[socket.socket, int]:
        """A sandbox that stands ready, and an order for the next one."""
        try:
            with self._taking:
                message, fds, _, _ = socket.recv_fds(self._control, 1, 2)
                self._control.send(b"f")
            if not message:
                raise OSError("the zygote has ended")
        except OSError as error:
            raise self._failed(str(error)) from None
        link = stack.enter_context(socket.socket(fileno=fds[0]))
        stack.callback(os.close, fds[1])
        return link, fds[1]

    def _failed(self, what: str) -> WorkerLost:
        return WorkerLost(f"A worker failed: {what}. {self._last_words}".strip())

    @property
    def _last_words(self) -> str:
        """What bubblewrap or the zygote printed."""
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        return self._errors.read(2000).decode(errors="replace").strip()

    def stop(self) -> None:
        """Hang up, and see that its processes and its cgroup are gone."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits for a sandbox
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with self._taking:
            self._control.close()
        self._errors.close()
        self._group.remove()


class _Stream:
    """The launcher's end of what a program writes to: kept up to `limit`, or answered by lines."""

    def __init__(
        self, fd: int, limit: int, stack: ExitStack, ask: Callable[[bytes], bytes] | None = None
    ) -> None:
        stack.callback(os.close, fd)
        os.set_blocking(fd, False)
        self.fd = fd
        self.flooded = False
        self.kept = bytearray()
        self.truncated = False
        self._limit = limit
        self._written = 0
        self._ask = ask

    def receive(self, until: float) -> bool:
        """Read what there is; False if there is nothing, or never will be.

        Lines are answered until then, and not beyond: there may be any number of them.
        """
        try:
            data = os.read(self.fd, _CHUNK)
        except OSError:
            return False
        self._written += len(data)
        self.flooded = self._ask is None and self._written > _FLOOD * self._limit
        room = self._limit - len(self.kept)
        self.truncated |= len(data) > room
        self.kept += data[: max(0, room)]
        while self._ask and (end := self.kept.find(b"\n")) >= 0 and time.monotonic() < until:
            line = bytes(self.kept[:end])
            del self.kept[: end + 1]
            self._send(self._ask(line) + b"\n", until)
        return bool(data)

    def _send(self, reply: bytes, until: float) -> None:
        """Send, as far as the program reads it in time."""
        writable = select.poll()
        writable.register(self.fd, select.POLLOUT)
        while reply and writable.poll(max(0.0, 1000 * (until - time.monotonic()))):
            try:
                reply = reply[os.write(self.fd, reply) :]
            except OSError:
                return


def _bytes(text: str) -> bytes:
    """As UTF-8, whatever it is: half a surrogate pair is the reader's trouble, not ours."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _message(link: socket.socket) -> bytes:
    """The next message of a sandbox; nothing, where the zygote has ended."""
    try:
        return link.recv(_END.size)
    except OSError:  # with something that it has not read
        return b""


def _memory_file(data: bytes, stack: ExitStack) -> int:
    """A descriptor to read `data` from."""
    fd = os.memfd_create("data", os.MFD_CLOEXEC)
    stack.callback(os.close, fd)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
