"""Memory and process limits for a whole sandbox, where this user may set them.

Version 1 as root (or where the hierarchy is writable), version 2 where it is delegated. Elsewhere
`available()` is empty and rlimits are all there is; `probe` says so.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PREFIX = "box-"  # box-<pid of the launcher>-<number>
_FILES = {1: {"pids": "pids.max", "memory": "memory.limit_in_bytes"},
          2: {"pids": "pids.max", "memory": "memory.max"}}  # fmt: skip
_EVENTS = {1: "memory.oom_control", 2: "memory.events"}


@dataclass(frozen=True, slots=True)
class Controller:
    """A directory below which groups with a limit on `name` can be made."""

    name: str
    version: int
    parent: Path


@dataclass(frozen=True, slots=True)
class Group:
    """The directories (one with version 2, one a controller with version 1) of one sandbox."""

    directories: tuple[Path, ...]
    events: Path | None = None

    @property
    def join_files(self) -> tuple[Path, ...]:
        """A process that writes 0 to each of these is in the group."""
        return tuple(directory / "cgroup.procs" for directory in self.directories)

    def memory_kills(self) -> int:
        """How many processes the kernel has killed in it for want of memory."""
        if self.events is None or not self.events.exists():
            return 0
        words = self.events.read_text().split()
        return int(words[words.index("oom_kill") + 1])

    def remove(self) -> None:
        """Remove the group, once its processes have gone; else it is left to `sweep`."""
        for directory in self.directories:
            for _ in range(40):
                try:
                    directory.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.005)


@cache
def available() -> tuple[Controller, ...]:
    """The controllers of memory and pids that this process may use, found by trying."""
    found = []
    for name in ("pids", "memory"):
        for controller in _candidates(name):
            trial = controller.parent / f"{_PREFIX}{os.getpid()}-try"
            try:
                trial.mkdir()
            except OSError:
                continue
            try:
                if (trial / _FILES[controller.version][name]).exists() and os.access(
                    trial / "cgroup.procs", os.W_OK
                ):
                    found.append(controller)
                    break
            finally:
                trial.rmdir()
    # A process is in one group of version 2: two limits in different places cannot both bind.
    return tuple(c for c in found if c.version == 1 or c.parent == found[-1].parent)


def _candidates(name: str) -> list[Controller]:
    """Where a group might be made: version 1's own hierarchy, or version 2 beside or below us."""
    own = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, names, path = line.split(":", 2)
        own.update(dict.fromkeys(names.split(",") if names else [f"v2-{number}"], path.lstrip("/")))
    base = Path("/sys/fs/cgroup")
    candidates = []
    if name in own:
        for mount in (base / name, *base.glob(f"*,{name}"), *base.glob(f"{name},*")):
            candidates += [Controller(name, 1, mount / own[name]), Controller(name, 1, mount)]
    if (base / "cgroup.controllers").exists():
        here = base / own.get("v2-0", "")
        # Not below our own group: one that holds processes cannot give controllers to children.
        candidates += [Controller(name, 2, here.parent), Controller(name, 2, base)]
    return candidates


def create(number: int, *, memory: int, processes: int) -> Group:
    """A group with these limits; one without directories where no controller is available."""
    values = {"pids": processes, "memory": memory}
    made: list[Path] = []
    events = None
    for controller in available():
        directory = controller.parent / f"{_PREFIX}{os.getpid()}-{number}"
        if directory not in made:
            directory.mkdir(exist_ok=True)
            made.append(directory)
        limit = directory / _FILES[controller.version][controller.name]
        limit.write_text(str(values[controller.name]))
        if controller.name == "memory":
            events = directory / _EVENTS[controller.version]
    return Group(tuple(made), events)


def sweep() -> int:
    """Remove what launchers that were killed have left. Returns how many directories."""
    removed = 0
    for parent in {controller.parent for controller in available()}:
        for directory in parent.glob(f"{_PREFIX}*-*"):
            owner = directory.name.removeprefix(_PREFIX).partition("-")[0]
            if owner.isdigit() and not Path("/proc", owner).exists():
                try:
                    directory.rmdir()
                    removed += 1
                except OSError:
                    continue  # something in it is still about to end
    return removed
