"""Processes, as the kernel shows them from outside of every sandbox."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def parents() -> dict[int, tuple[int, str, str]]:
    """Of every process its parent, its name and its state."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = entry.read_text().partition("(")[2].rpartition(") ")
        except OSError:
            continue  # it has just ended
        state, parent = rest.split()[:2]
        found[int(entry.parent.name)] = (int(parent), name, state)
    return found


def below(root: int) -> list[int]:
    """All descendants of a process, nearest first."""
    table, found = parents(), [root]
    for pid in found:
        found += [child for child, (parent, *_) in table.items() if parent == pid]
    return found[1:]


def alive() -> set[int]:
    """All processes but those that have ended and wait for the machine's init to notice."""
    return {pid for pid, (_, _, state) in parents().items() if state != "Z"}


def bubblewraps(launcher: int | None = None) -> list[int]:
    """The bubblewrap processes that a launcher (default: this process) has started itself."""
    launcher = launcher or os.getpid()
    found = parents().items()
    return [pid for pid, (parent, name, _) in found if (parent, name) == (launcher, "bwrap")]


def zygotes(launcher: int | None = None) -> list[int]:
    """The process inside each of them."""
    outside = set(bubblewraps(launcher))
    return [pid for pid, (parent, *_) in parents().items() if parent in outside]


def soon(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()
