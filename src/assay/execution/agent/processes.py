# ruff: noqa: PTH123, PTH208
"""Starting commands and ending them, with all that they have started.

A command has an attendant: a process between the daemon and it, that adopts what the command
orphans. So everything that came of it can be found and ended at a time-out, daemons included; and
when the command itself ends, so does the attendant, and what is left in the background goes to
process 1, as on any machine.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import struct
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 4, 36

libc = ctypes.CDLL(None)


class Process:
    """A line of the process table."""

    def __init__(self, stat: bytes) -> None:
        fields = stat.rpartition(b")")[2].split()  # a name may contain anything
        self.state = fields[0]
        self.parent, self.session = int(fields[1]), int(fields[3])


def processes() -> dict[int, Process]:
    """Every process, by process id."""
    table = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/" + name + "/stat", "rb", buffering=0) as file:
                    table[int(name)] = Process(file.read(512))
            except OSError:
                continue  # it has ended
    return table


def descendants(root: int, session: int) -> set[int]:
    """Living processes below `root`, or in `session` (for when `root` itself was killed)."""
    table = processes()
    found = set()
    for pid, process in table.items():
        if process.state in b"ZX" or pid in (root, 1):
            continue
        ancestor = pid
        while ancestor in table and ancestor not in (root, 1):
            ancestor = table[ancestor].parent
        if ancestor == root or (session and process.session == session):
            found.add(pid)
    return found


def signal_all(pids: Iterable[int], number: int) -> None:
    """Send a signal to each of `pids` that still exists."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            continue


def end_tree(root: int, session: int) -> None:
    """Kill everything that `root` started, escaped or not, and `root`."""
    signal_all([root], signal.SIGSTOP)  # it adopts orphans: it must not exit before they do
    for _ in range(50):
        stopped: set[int] = set()
        while fresh := descendants(root, session) - stopped:
            signal_all(fresh, signal.SIGSTOP)  # a stopped process cannot fork
            stopped |= fresh
            if len(stopped) > 65536:
                break
        if not stopped:
            break
        signal_all(stopped, signal.SIGKILL)
        time.sleep(0.001)
    signal_all([root], signal.SIGKILL)


def end_all() -> None:
    """Kill every process but this one, and wait until none is left. Only process 1 may."""
    if os.getpid() != 1:
        raise OSError(errno.EPERM, "not process 1")
    try:
        os.kill(-1, signal.SIGKILL)  # all at one moment: nothing can fork its way out
        while True:
            os.waitpid(-1, 0)
    except (ProcessLookupError, ChildProcessError):
        return


class Command:
    """What to run, and the descriptors that become its stdin, stdout and stderr."""

    def __init__(
        self,
        argv: list[str],
        directory: str,
        environment: dict[str, str],
        pipes: tuple[int, int, int],
    ) -> None:
        self.argv, self.directory = argv, directory
        self.environment, self.pipes = environment, pipes


def lower_oom_priority(pid: int) -> None:
    """Should memory run out, a command goes first, not this daemon."""
    try:
        fd = os.open(f"/proc/{pid}/oom_score_adj", os.O_WRONLY)
    except OSError:
        return  # it has ended
    os.write(fd, b"500")
    os.close(fd)


def attend(status: int, command: Command) -> NoReturn:
    """In a child: run the command, adopt its orphans, report its end on `status`.

    A report is a letter and a number: p and the process id, then x and the exit code; or, with the
    error number, d when there is no such directory, e when the program does not start.
    """
    keep = sorted({status, *command.pipes})
    for low, high in zip([2, *keep], [*keep, 1 << 20], strict=True):
        os.closerange(low + 1, high)  # other commands' pipes would never reach their end
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    step = b"d"
    try:
        os.chdir(command.directory)
        step = b"e"
        os.environ["PATH"] = command.environment.get("PATH", os.defpath)
        child = os.posix_spawnp(  # a second fork would cost as much as the first
            command.argv[0],
            command.argv,
            command.environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, fd, i) for i, fd in enumerate(command.pipes)],
            setsid=True,
            setsigdef=(signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ),
        )
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None) or errno.EINVAL
        os.write(status, step + struct.pack("<i", number))
        os._exit(0)
    os.write(status, b"p" + struct.pack("<i", child))
    os.chdir("/")
    for fd in (0, 1, *command.pipes):
        os.close(fd)
    lower_oom_priority(child)
    while True:
        pid, code = os.waitpid(-1, 0)
        if pid == child:
            os.write(status, b"x" + struct.pack("<i", os.waitstatus_to_exitcode(code)))
            os._exit(0)
