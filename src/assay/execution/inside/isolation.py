# ruff: noqa: PTH123
"""What a child of the zygote does to itself before it runs a program, by `Policy.program()`."""

from __future__ import annotations

import base64
import ctypes
import os
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# PyDLL keeps the interpreter's lock: between `clone` and its return no other thread may run.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

NAMESPACES = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
SIGCHLD = 17
CLONE, CAPSET = {"x86_64": (56, 126), "aarch64": (220, 91)}[os.uname().machine]
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_NO_NEW_PRIVS = 38
CAPABILITY_VERSION_3 = 0x20080522
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def check(result: int, what: str) -> int:
    """The result of a C call; raises OSError if it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def clone() -> int:
    """`fork` into new namespaces of every kind; the child is process 1 of its own.

    In one system call: to unshare first and then to fork would cost a second fork.
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = int(_libc.syscall(CLONE, ctypes.c_ulong(NAMESPACES | SIGCHLD), 0, 0, 0, 0))
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return check(pid, "clone")


class Isolation:
    """The settings, made ready once, before the fork."""

    def __init__(
        self,
        uid: int,
        working_dir: str,
        scratch: Sequence[tuple[str, str]],
        read_only: Sequence[str],
        seccomp: str,
    ) -> None:
        self.working_dir = working_dir
        # The map inside is the map outside: the one user that there is.
        self.maps = (
            ("setgroups", b"deny"),
            ("uid_map", f"{uid} {uid} 1".encode()),
            ("gid_map", f"{uid} {uid} 1".encode()),
        )
        self.scratch = [
            (target.encode(), f"{options},uid={uid},gid={uid}".encode())
            for target, options in scratch
        ]
        self.read_only = [target.encode() for target in read_only]
        instructions = base64.b64decode(seccomp)
        self.filter = _Filter(len(instructions) // 8, instructions)
        self.no_capabilities = (struct.pack("<Ii", CAPABILITY_VERSION_3, 0), bytes(24))
        with open("/proc/sys/kernel/cap_last_cap") as file:
            self.capabilities = int(file.read()) + 1

    def enter(self) -> None:
        """Isolate this process, which has just been cloned. There is no way back."""
        _prctl(PR_SET_DUMPABLE, 1)  # else its own files in /proc are not its own
        for name, text in self.maps:
            _write("/proc/self/" + name, text)
        _write("/proc/sys/user/max_user_namespaces", b"0")
        flags = MS_NOSUID | MS_NODEV
        for target, options in self.scratch:
            check(_libc.mount(b"tmpfs", target, b"tmpfs", flags, options), "mount")
        remount = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID
        for target in self.read_only:
            check(_libc.mount(None, target, None, remount, None), "mount")
        check(_libc.mount(b"proc", b"/proc", b"proc", flags | MS_NOEXEC, b"subset=pid"), "mount")
        # An out-of-memory kill takes a program, not the zygote.
        _write("/proc/self/oom_score_adj", b"1000")
        os.setsid()
        for capability in range(self.capabilities):
            _prctl(PR_CAPBSET_DROP, capability)
        check(_libc.syscall(CAPSET, *self.no_capabilities), "capset")
        _prctl(PR_SET_PDEATHSIG, 9)
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        check(
            _libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(self.filter), 0, 0),
            "seccomp",
        )
        os.chdir(self.working_dir)
        sys.path.insert(0, self.working_dir)


def _prctl(option: int, value: int) -> None:
    check(_libc.prctl(option, value, 0, 0, 0), "prctl")


def _write(path: str, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)
