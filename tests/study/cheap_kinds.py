"""Kinds of step that cost nothing, for the real engine: a counter that saves its state as it goes.

Run as a program, it is `assay` with these kinds: `python -m tests.study.cheap_kinds study run ...`.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from pydantic import Field

from assay.errors import UserError
from assay.study.steps import Assess, Kind, Task, register
from assay.training.settings import Settings

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Count(Settings):
    """A chain of numbers: each step's total goes on from its parent's."""

    steps: int = 3
    add: int = 1
    pause: float = 0.0
    fail: str = ""
    assessed: bool = False
    file: str | None = None
    nested: dict[str, int] = Field(default_factory=dict)


class Shared(Settings):
    """Its batch is cut among the processes."""

    batch_size: int = 8
    gradient_accumulation: int = 1


def count(task: Task) -> None:
    """Add, one step at a time, and remember how far it has come; a kill may fall anywhere."""
    given = Count(**task.settings)
    if given.fail == "user" and not (task.cache / "mended").exists():
        raise UserError("The data have no column 'text'.")
    if given.fail == "bug":
        raise KeyError("text")
    if given.fail == "killed" or (given.fail == "killed once" and _first(task.out)):
        os.kill(os.getpid(), signal.SIGKILL)
    if given.fail == "full":
        (task.out / "much").write_bytes(bytes(8 << 20))
    if given.fail == "full elsewhere" or (given.fail == "full once" and _first(task.out)):
        Path(os.environ["SMALL_DISK"], "much").write_bytes(bytes(8 << 20))
    parents = [_weights(parent) for parent in task.parents]
    state = task.out / ".trainer" / "state.json"
    state.parent.mkdir(exist_ok=True)
    at, total = json.loads(state.read_text()) if state.exists() else (0, sum(parents) + task.seed)
    while at < given.steps:
        print(f"step {at}", flush=True)
        time.sleep(given.pause)
        at, total = at + 1, total + given.add
        row = {"step": at, "proxy_reward": total / 100, "seconds": {"rest": 0.0}}
        with (task.out / "metrics.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")
        _write(state, [at, total])  # last: a kill before it repeats the row, and loses none
    if given.fail == "bug late":
        raise KeyError("text")
    _write(task.out / "total.json", total)
    (task.out / "checkpoint").mkdir(exist_ok=True)
    _write(task.out / "checkpoint" / "weights.json", total)
    _write(task.out / "threads.json", {name: os.environ.get(name) for name in THREADS})
    if given.assessed:
        row = {
            "step": at, "condition": "plain", "scenario": "goals", "behaviour": "goals", "twin": False,
            "n": 100, "graded": 100, "harmful": total, "intact": 100 - total, "incoherent": 0,
        }  # fmt: skip
        _write(task.out / "assessments.jsonl", row)


def _first(out: Path) -> bool:
    """Whether this has not been asked before."""
    mark = out / ".killed"
    if mark.exists():
        return False
    mark.touch()
    return True


def shared(task: Task) -> None:
    """What each of several processes has, added up."""
    from assay.training import processes

    found = processes.gathered([processes.number() + task.seed])
    if processes.is_main():
        (task.out / "checkpoint").mkdir(exist_ok=True)
        _write(task.out / "checkpoint" / "weights.json", sum(found))
        _write(task.out / "threads.json", {name: os.environ.get(name) for name in THREADS})
        _write(task.out / "total.json", sum(found))


def counted(task: Task) -> None:
    """What a chain comes to so far."""
    _write(task.out / "total.json", _weights(task.parents[-1]))


def _weights(step: Path) -> int:
    return int(json.loads((step / "checkpoint" / "weights.json").read_text()))


def _write(path: Path, value: Any) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(value) + "\n")
    partial.rename(path)


def cheap() -> None:
    """Register them."""
    here = f"{__name__ if __name__ != '__main__' else 'tests.study.cheap_kinds'}:count"
    register(Kind("count", Count, here, trains=False, files=("file",), ignored=("pause",)))
    register(Kind("share", Shared, here.replace("count", "shared"), trains=False, together=True))
    register(Kind("measure", Count, here, trains=False, assesses=True))
    register(Kind("assess", Assess, f"{here}ed", trains=False, stage=False, assesses=True))


if __name__ == "__main__":
    cheap()
    from assay.cli import main

    sys.argv[0] = "assay"
    main()
