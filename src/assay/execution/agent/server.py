# ruff: noqa: PTH103, PTH109, PTH118, PTH120
"""Development agent daemon: runs commands and moves files for a remote client.

Speaks length-prefixed frames over one socket (fd 0) and exits when the client goes away. As
process 1 it adopts orphans, so what a command left running in the background keeps running.
Standard library only, and little of it: start-up time counts.
"""

# This file is laid out on the machine that it serves, and can be read there.
# Frame, client to server: HEAD, then `arguments` bytes of NUL-terminated strings, then `data`.
# Frame, server to client: REPLY, then `first` bytes, then `second` bytes.

from __future__ import annotations

import errno
import gc
import os
import resource
import select
import signal
import stat
import struct
import time
from contextlib import suppress
from functools import partial

from .processes import PR_SET_DUMPABLE, Command, attend, end_all, end_tree, libc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

HEAD = struct.Struct("<IBdQIQ")  # request, operation, timeout, limit, arguments, data
REPLY = struct.Struct("<IBiQQ")  # request, kind, code, first, second
SETUP, EXEC, WRITE, READ, CANCEL, END = range(6)
DONE, FAILED, TIMED_OUT, TOO_LARGE = range(4)

GRACE = 0.05  # seconds that output may still arrive after the command itself has ended
CHUNK = 1 << 18


def strings(data: bytes | memoryview) -> list[str]:
    """The NUL-terminated strings in `data`."""
    return [os.fsdecode(part) for part in bytes(data).split(b"\0")[:-1]]


def write_all(fd: int, data: bytes | bytearray) -> None:
    """Write all of `data`, however often that takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def open_file(path: str, flags: int) -> int:
    """Open a file, but no directory, and no pipe or device, which could block for ever."""
    fd = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode):
        os.close(fd)
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, path)
    return fd


def write_file(path: str, data: bytes) -> None:
    """Write a file; missing directories are made."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fd = open_file(path, os.O_WRONLY | os.O_CREAT)
    try:
        os.ftruncate(fd, 0)
        write_all(fd, data)
    finally:
        os.close(fd)


def read_file(path: str, limit: int) -> bytearray | None:
    """A file's content, or None when that is more than `limit` bytes."""
    fd = open_file(path, os.O_RDONLY)
    try:
        size, content = os.fstat(fd).st_size, bytearray()
        while size <= limit and (part := os.read(fd, max(CHUNK, size - len(content)))):
            content += part
            size = max(size, len(content))
        return content if size <= limit else None
    finally:
        os.close(fd)


class Job:
    """One running command."""

    def __init__(self, request: int, limit: int, deadline: float | None) -> None:
        self.request, self.limit, self.deadline = request, limit, deadline
        self.attendant = self.session = 0
        self.input, self.input_fd = memoryview(b""), -1
        self.output: dict[int, bytearray | None] = {}  # by descriptor, while open
        self.kept: list[bytearray] = []  # stdout, stderr
        self.code: int | None = None


class Server:
    """Waits on the client and on every command at once, in one thread."""

    def __init__(self) -> None:
        self.home = os.getcwd()
        self.jobs: dict[int, Job] = {}
        self.on_ready: dict[int, Callable[[], object]] = {0: self.receive}
        self.poll = select.epoll()
        self.poll.register(0, select.EPOLLIN)
        self.ended, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.watch(self.ended, select.EPOLLIN, self.reap)
        self.buffer = bytearray()
        self.environment = dict(os.environ)

    def run(self) -> NoReturn:
        """Serve until the client goes away."""
        while True:
            deadlines = [job.deadline for job in self.jobs.values() if job.deadline]
            wait = max(0.0, min(deadlines) - time.monotonic()) if deadlines else -1
            for fd, _ in self.poll.poll(wait):
                ready = self.on_ready.get(fd)
                if ready:
                    ready()
            for job in list(self.jobs.values()):
                if job.deadline and time.monotonic() >= job.deadline:
                    if job.code is None:
                        self.end(job, TIMED_OUT)
                    else:
                        self.finish(job, DONE)

    def watch(self, fd: int, events: int, ready: Callable[[], object]) -> None:
        """Call `ready` whenever `fd` has one of `events`."""
        os.set_blocking(fd, False)
        self.on_ready[fd] = ready
        self.poll.register(fd, events)

    def drop(self, fd: int) -> None:
        """Stop watching `fd` and close it."""
        self.poll.unregister(fd)
        del self.on_ready[fd]
        os.close(fd)

    def reap(self) -> None:
        """Let go of children that have ended: attendants, and orphans of commands."""
        with suppress(BlockingIOError):
            os.read(self.ended, CHUNK)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue

    def receive(self) -> None:
        """Take what the client sent, and do every complete request."""
        data = os.read(0, CHUNK)
        if not data:
            os._exit(0)  # everything here ends with process 1
        self.buffer += data
        while len(self.buffer) >= HEAD.size:
            request, operation, timeout, limit, arguments, size = HEAD.unpack_from(self.buffer)
            middle = HEAD.size + arguments
            if len(self.buffer) < middle + size:
                self.read_rest(middle + size)
            view = memoryview(self.buffer)
            words, data = strings(view[HEAD.size : middle]), bytes(view[middle : middle + size])
            view.release()
            del self.buffer[: middle + size]
            try:
                self.do(request, operation, timeout, limit, words, data)
            except OSError as error:
                self.reply(request, FAILED, error.errno or errno.EIO)

    def read_rest(self, size: int) -> None:
        """Read until the buffer holds `size` bytes, without copying them again and again."""
        have = len(self.buffer)
        self.buffer.extend(bytes(size - have))
        with memoryview(self.buffer) as view:
            while have < size:
                count = os.readv(0, [view[have:size]])
                if count == 0:
                    os._exit(0)
                have += count

    def reply(
        self,
        request: int,
        kind: int,
        code: int = 0,
        first: bytes | bytearray = b"",
        second: bytes | bytearray = b"",
    ) -> None:
        """Send one frame."""
        head = REPLY.pack(request, kind, code, len(first), len(second))
        if len(first) + len(second) < CHUNK:
            write_all(1, b"".join((head, first, second)))
        else:
            for part in (head, first, second):
                write_all(1, part)

    def do(
        self,
        request: int,
        operation: int,
        timeout: float,
        limit: int,
        words: list[str],
        data: bytes,
    ) -> None:
        """Do one request."""
        if operation == EXEC:
            self.execute(request, timeout, limit, words, data)
        elif operation == WRITE:
            write_file(os.path.join(self.home, words[0]), data)
            self.reply(request, DONE)
        elif operation == READ:
            content = read_file(os.path.join(self.home, words[0]), limit)
            if content is None:
                self.reply(request, TOO_LARGE)
            else:
                self.reply(request, DONE, 0, content)
        elif operation == CANCEL:
            if job := self.jobs.get(limit):
                self.end(job, None)
        elif operation == END:
            end_all()
            self.reply(request, DONE)
        elif operation == SETUP:
            for word in words:
                name, _, text = word.partition("=")
                number, value = getattr(resource, name), int(text)
                hard = resource.getrlimit(number)[1]
                if hard != resource.RLIM_INFINITY:
                    value = min(value, hard)
                resource.setrlimit(number, (value, value))
            self.reply(request, DONE, 0, self.home.encode())

    def execute(
        self, request: int, timeout: float, limit: int, words: list[str], data: bytes
    ) -> None:
        """Start a command; its end is reported by `finish`."""
        has_input, directory, count = words[0] == "1", words[1], int(words[2])
        argv, changes = words[3 : 3 + count], words[3 + count :]
        environment = dict(self.environment)
        for change in changes:
            name, _, environment[name] = change.partition("=")
        directory = os.path.normpath(os.path.join(self.home, directory))
        environment["PWD"] = directory
        job = Job(request, limit, time.monotonic() + timeout if timeout else None)
        out_r, out_w = os.pipe()
        err_r, err_w = os.pipe()
        status_r, status_w = os.pipe()
        in_r, in_w = os.pipe() if has_input else (os.open("/dev/null", os.O_RDONLY), -1)
        theirs = (in_r, out_w, err_w)
        try:
            job.attendant = os.fork()
        except OSError:
            for fd in (out_r, err_r, status_r, *((in_w,) if has_input else ())):
                os.close(fd)
            raise
        else:
            if job.attendant == 0:
                try:
                    attend(status_w, Command(argv, directory, environment, theirs))
                finally:
                    os._exit(1)
        finally:
            for fd in (*theirs, status_w):
                os.close(fd)
        self.jobs[request] = job
        for fd in (out_r, err_r):
            job.output[fd] = kept = bytearray()
            job.kept.append(kept)
            self.watch(fd, select.EPOLLIN, partial(self.collect, job, fd))
        if has_input:
            job.input, job.input_fd = memoryview(data), in_w
            self.watch(in_w, select.EPOLLOUT, partial(self.feed, job))
        self.watch(status_r, select.EPOLLIN, partial(self.status, job, status_r))

    def feed(self, job: Job) -> None:
        """Give the command more of its input."""
        try:
            job.input = job.input[os.write(job.input_fd, job.input[:CHUNK]) if job.input else 0 :]
        except BlockingIOError:
            return
        except OSError:
            job.input = memoryview(b"")  # it closed its input: no error, as in a shell
        if not job.input:
            self.drop(job.input_fd)
            job.input_fd = -1

    def collect(self, job: Job, fd: int) -> bool:
        """Take output; keep its last `limit` bytes. True while there may be more."""
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            del job.output[fd]
            self.drop(fd)
            if job.request in self.jobs and job.code is not None and not job.output:
                self.finish(job, DONE)
            return False
        kept = job.output[fd]
        if kept is not None:
            kept += data
            if len(kept) > 2 * job.limit + CHUNK:
                del kept[: -job.limit]
        return True

    def collect_all(self, job: Job) -> None:
        """Take the output that has already arrived."""
        for fd in list(job.output):
            # Bounded: something in the background may write faster than this reads.
            for _ in range(1 + 2 * job.limit // CHUNK):
                if fd not in job.output or not self.collect(job, fd):
                    break

    def status(self, job: Job, fd: int) -> None:
        """The attendant says: started, failed to start, or ended; or it was killed itself."""
        try:
            message = os.read(fd, 5)
        except BlockingIOError:
            return
        kind, value = message[:1], struct.unpack("<i", message[1:])[0] if message else 0
        if kind == b"p":
            job.session = value
            return
        self.drop(fd)
        if job.request not in self.jobs:
            return
        if kind in (b"e", b"d"):
            self.close(job)
            self.reply(job.request, FAILED, value, kind)
            return
        self.collect_all(job)
        job.code = value if kind == b"x" else -signal.SIGKILL
        if job.output:
            job.deadline = time.monotonic() + GRACE
        else:
            self.finish(job, DONE)

    def end(self, job: Job, kind: int | None) -> None:
        """Kill a command and all that it started. `kind` None: nobody waits for an answer."""
        end_tree(job.attendant, job.session)
        with suppress(ChildProcessError):
            os.waitpid(job.attendant, 0)
        self.reap()  # what it had adopted: the dead count against the limit of processes
        self.collect_all(job)
        if kind is None:
            self.close(job)
        else:
            self.finish(job, kind)

    def finish(self, job: Job, kind: int) -> None:
        """Report a command's end."""
        self.close(job)
        out, err = (bytes(kept[-job.limit :]) for kept in job.kept)
        self.reply(job.request, kind, job.code or 0, out, err)

    def close(self, job: Job) -> None:
        """Forget a command; what it left in the background may go on writing."""
        del self.jobs[job.request]
        if job.input_fd >= 0:
            self.drop(job.input_fd)
            job.input_fd = -1
        for fd in job.output:
            job.output[fd] = None  # read on and thrown away: a closed pipe would kill it


def main() -> NoReturn:
    """Serve."""
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    # Process 1 is deaf to signals that it has no handler for; Python brings one for SIGINT.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Only its own children may hold these, and they close them.
    os.set_inheritable(0, False)
    os.umask(0o022)
    gc.disable()  # a collection would copy, page by page, what children share
    gc.freeze()
    try:
        Server().run()
    except BaseException as error:  # noqa: BLE001 (said, not swallowed: this is the end)
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
