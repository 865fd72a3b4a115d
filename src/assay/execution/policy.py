"""The one isolation policy: what untrusted code sees, may do, and may use up.

Pure and shared: `machine` (one long-lived sandbox per sample) turns a `Policy` into a bubblewrap
command line; `workers` (many short programs) into one for the zygote and into what the zygote's
children do to themselves (`inside.isolation`). Nothing else says what a program may see and do.
docs/isolation.md says what it protects from and what it does not.
"""

import base64
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assay.execution.seccomp import DENIED, SHARED, Deny, compile_filter

USER = "dev"
HOME = "/home/dev"
HOSTNAME = "devbox"
UID = 1000
MEGABYTE = 1 << 20
GIGABYTE = 1 << 30
_ZYGOTES = ("clone", "mount")  # the denied system calls that only a zygote makes
_DEVICES = ("full", "null", "random", "tty", "urandom", "zero")
INODES = 20_000  # files in one scratch directory of a short program

ENVIRONMENT: Mapping[str, str] = {
    "HOME": HOME,
    "LANG": "C.UTF-8",
    "LOGNAME": USER,
    "PATH": f"{HOME}/.local/bin:/usr/local/bin:/usr/bin:/bin",
    "SHELL": "/bin/bash",
    "TERM": "xterm-256color",
    "USER": USER,
}


@dataclass(frozen=True, slots=True)
class Bind:
    """A directory or file of the host, read-only. `optional`: left out where the host lacks it.

    The source is visible inside, in /proc/self/mountinfo: it must not name this tool.
    """

    source: Path
    target: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Scratch:
    """A private, empty, writable directory in memory that cannot grow beyond `size` bytes."""

    target: str
    size: int
    mode: int = 0o755


@dataclass(frozen=True, slots=True)
class Kernel:
    """A new /proc, which shows this sandbox's processes, or a minimal /dev."""

    kind: Literal["proc", "dev"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one sandbox may use. Sizes in bytes.

    `memory` and `processes` bind the whole sandbox through cgroups where the controllers are
    writable (`cgroups.py`); without them `processes` still binds all of it (RLIMIT_NPROC, which
    does not bind root: untrusted code never runs as root), and `memory` each process alone.

    The last four bind one program of the worker pool. `cpu_seconds` are each process's own;
    `seconds`, by the clock, end all of them. `output` is kept of stdout and of stderr, `answer` of
    descriptor 3; what is written beyond is read and dropped.
    """

    memory: int = 4 * GIGABYTE
    processes: int = 512
    open_files: int = 4096
    file: int = 2 * GIGABYTE
    cpu_seconds: int | None = None
    seconds: float = math.inf
    output: int = MEGABYTE
    answer: int = MEGABYTE

    def rlimits(self, *, cgroup: bool) -> tuple[tuple[str, int], ...]:
        """Names and values for `setrlimit`, soft and hard alike."""
        address_space = () if cgroup else (("RLIMIT_AS", self.memory),)
        cpu = () if self.cpu_seconds is None else (("RLIMIT_CPU", self.cpu_seconds),)
        return (
            *cpu,
            ("RLIMIT_CORE", 0),
            ("RLIMIT_FSIZE", self.file),
            ("RLIMIT_NOFILE", self.open_files),
            ("RLIMIT_NPROC", self.processes),
            *address_space,
        )


PROGRAM = Limits(
    memory=512 * MEGABYTE,
    processes=64,
    open_files=256,
    file=64 * MEGABYTE,
    cpu_seconds=5,
    seconds=20.0,
)
"""What one short program may use, unless its caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All that untrusted code is given.

    Every namespace is its own (user, mount, pid, net, ipc, uts, cgroup), nested user namespaces are
    refused, all capabilities are dropped, and `no_new_privs` is set: bubblewrap does so by itself
    or by the flags in `arguments`. The network namespace has a loopback interface and nothing else.
    """

    mounts: tuple[Bind | Scratch | Kernel, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))
    hostname: str = HOSTNAME
    uid: int = UID
    working_dir: str = HOME
    denied: tuple[Deny, ...] = DENIED
    limits: Limits = Limits()

    def arguments(self, seccomp_fd: int) -> list[str]:
        """Bubblewrap's options, up to and without the command; `seccomp_fd` holds `filter()`."""
        argv = ["--disable-userns", "--assert-userns-disabled", *self._arguments(scratch=True)]
        return [*argv, "--seccomp", str(seccomp_fd)]

    def zygote_arguments(self) -> list[str]:
        """The same for a zygote, without a filter: it needs `--seccomp` with `zygote_filter()`.

        It runs no untrusted code and has no writable place. All that it may do beyond this policy
        is to clone and to mount, which its children deny themselves: see `program()`.
        """
        return self._arguments(scratch=False)

    def program(self) -> dict[str, Any]:
        """What a child of the zygote does to itself before it runs a program, as JSON."""
        return {
            "uid": self.uid,
            "working_dir": self.working_dir,
            "scratch": [
                [mount.target, f"size={mount.size},nr_inodes={INODES},mode={mount.mode:o}"]
                for mount in self.mounts
                if isinstance(mount, Scratch)
            ],
            # The host's own: a time that one program sets on them is there for the next to read.
            "read_only": [f"/dev/{name}" for name in _DEVICES if Kernel("dev") in self.mounts],
            "seccomp": base64.b64encode(
                compile_filter(tuple(deny for deny in self.denied if deny.call in _ZYGOTES))
            ).decode(),
        }

    def _arguments(self, *, scratch: bool) -> list[str]:
        argv = ["--unshare-user", "--unshare-all"]
        argv += ["--uid", str(self.uid), "--gid", str(self.uid), "--hostname", self.hostname]
        argv += ["--cap-drop", "ALL", "--new-session", "--as-pid-1"]
        for mount in self.mounts:
            if isinstance(mount, Scratch):
                if scratch:
                    argv += ["--perms", f"{mount.mode:o}", "--size", str(mount.size)]
                    argv += ["--tmpfs", mount.target]
            elif isinstance(mount, Kernel):
                argv += [f"--{mount.kind}", f"/{mount.kind}"]
            elif not mount.optional or mount.source.exists():
                argv += ["--ro-bind", str(mount.source), mount.target]
        if Kernel("dev") in self.mounts:
            argv += ["--remount-ro", "/dev"]  # else a writable place that no size bounds
            if not scratch:  # terminals would be common to all programs of a zygote
                argv += ["--tmpfs", "/dev/pts", "--remount-ro", "/dev/pts"]
        argv += ["--dir", self.working_dir, "--chdir", self.working_dir]
        argv += ["--clearenv"]
        for name, value in self.environment.items():
            argv += ["--setenv", name, value]
        return argv

    def filter(self) -> bytes:
        """The compiled seccomp filter."""
        return compile_filter(self.denied)

    def zygote_filter(self) -> bytes:
        """All of it but what a zygote needs; its children add that: the shorter, the faster."""
        return compile_filter(tuple(deny for deny in self.denied if deny.call not in _ZYGOTES))


def workstation(
    *,
    root: Path,
    local: Path,
    index: Path,
    workspace: int = GIGABYTE,
    limits: Limits | None = None,
    working_dir: str = HOME,
    environment: Mapping[str, str] | None = None,
    opt: Path | None = None,
) -> Policy:
    """The policy of a developer's machine: the host's /usr, our Python, a private home.

    Args:
        root: Skeleton of the root directory with a minimal /etc (`toolchain` builds it).
        local: What lies at /usr/local: Python and its packages.
        index: The offline package index at /srv/pypi.
        workspace: Bytes that /home/dev can hold. All scratch space counts as memory.
        limits: Other than the defaults.
        working_dir: Where commands start.
        environment: Additions to `ENVIRONMENT`.
        opt: What lies at /opt, such as a coding CLI; nothing where None.
    """
    return Policy(
        mounts=(
            *_read_only(root, local),
            *((Bind(opt, "/opt"),) if opt else ()),
            Scratch("/tmp", workspace // 2, 0o1777),
            Scratch("/var/tmp", workspace // 8, 0o1777),
            Scratch("/dev/shm", workspace // 8, 0o1777),
            Scratch("/srv", workspace // 4),
            Bind(index, "/srv/pypi"),
            Scratch(HOME, workspace),
        ),
        environment={**ENVIRONMENT, **(environment or {})},
        limits=limits or Limits(),
        working_dir=working_dir,
    )


def short_program(*, root: Path, local: Path, inside: Path, limits: Limits = PROGRAM) -> Policy:
    """The policy of one short Python program: the same machine, with less room.

    Args:
        root: As for `workstation`.
        local: As for `workstation`.
        inside: The zygote and its modules, which lie at /opt.
        limits: `memory` and `processes` hold for a worker.
    """
    room = limits.memory // 8
    return Policy(
        mounts=(
            *_read_only(root, local),
            Bind(inside, "/opt"),
            Scratch("/tmp", room, 0o1777),
            Scratch("/dev/shm", room, 0o1777),
            Scratch(HOME, room),
        ),
        # The same order of sets in every run: a reward does not depend on the draw of a hash.
        environment={**ENVIRONMENT, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        denied=(*DENIED, *SHARED),
        limits=limits,
    )


def _read_only(root: Path, local: Path) -> tuple[Bind | Kernel, ...]:
    """What every machine has, and none can write to."""
    # Where /bin is a directory of its own (unmerged /usr) the skeleton has a directory for it.
    unmerged = [
        Bind(path, str(path))
        for name in ("bin", "sbin", "lib", "lib64")
        if (path := Path("/") / name).is_dir() and not path.is_symlink()
    ]
    return (
        Bind(root, "/"),
        Kernel("proc"),
        Kernel("dev"),
        Bind(Path("/usr"), "/usr"),
        *unmerged,
        Bind(local, "/usr/local"),
        Bind(Path("/etc/alternatives"), "/etc/alternatives", optional=True),
        Bind(Path("/etc/ld.so.cache"), "/etc/ld.so.cache", optional=True),
    )


def scrubbed_environment() -> dict[str, str]:
    """The environment that bubblewrap itself is started with: no key of the launcher's.

    Without it the launcher's environment can be read in /proc/1/environ, `--clearenv` or not.
    """
    return {"PATH": os.defpath}
