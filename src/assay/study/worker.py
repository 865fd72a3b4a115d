"""Runs one step of a study, in whatever process an engine gives it."""

import errno
import fcntl
import json
import os
import shutil
import socket
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import Any

from assay.errors import ProcessLost, UserError
from assay.study.directory import ATTEMPTS, FAILED, LOG, RECORD
from assay.study.steps import Task, run

_LAST_BYTES = 1 << 20  # less free disk than this after an error: that was the error
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def perform(job: Mapping[str, Any]) -> dict[str, Any]:
    """Run one step, as `engine.Job` describes it; what went wrong, or nothing."""
    task = _task(job["task"])
    error: dict[str, Any] = {}
    try:
        task.out.mkdir(parents=True, exist_ok=True)
        # Whoever worked at it before may not have ended yet.
        with (task.out / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (Path(job["final"]) / RECORD).exists():
                with _log(task.out / LOG):
                    _attempt(job, task)
    except Exception as problem:  # noqa: BLE001  (a worker outlives any step; the driver tells)
        error = _described(problem, task.out)
        error["error"] += "" if error["user"] else f"; see {task.out / LOG}"
        with suppress(OSError):
            (task.out / FAILED).write_text(
                json.dumps({"message": error["error"], "user": error["user"]}), "utf-8"
            )
    return error


def together(given: Mapping[str, Any]) -> None:
    """Run a step's function in one of several processes."""
    run(given["run"], _task(given["task"]))


def _task(raw: Mapping[str, Any]) -> Task:
    paths = {name: Path(raw[name]) for name in ("out", "cache")}
    parents = tuple(Path(parent) for parent in raw["parents"])
    return Task(**{**raw, **paths, "parents": parents})


def _run(job: Mapping[str, Any], task: Task) -> None:
    """Here, or in several processes with a share each of the step's cores."""
    n, config = job["processes"], job["accelerate"]
    if n == 1 and config is None:
        run(job["run"], task)
        return
    from assay.training.launch import launch

    launch(
        f"{__name__}:together",
        {"run": job["run"], "task": job["task"]},
        processes=n,
        config=Path(config) if config else None,
        threads=max(1, job["record"]["resources"]["cpus"] // n),
    )


def _attempt(job: Mapping[str, Any], task: Task) -> None:
    (task.out / FAILED).unlink(missing_ok=True)
    with (task.out / ATTEMPTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": time.time(), "process": os.getpid()}) + "\n")
    attempt = len((task.out / ATTEMPTS).read_text("utf-8").splitlines())
    started = time.monotonic()
    _run(job, task)
    record = {
        **job["record"],
        "status": "done",
        "seconds": round(time.monotonic() - started, 3),
        "attempt": attempt,
        "weights": (task.out / "checkpoint").is_dir(),
    }
    (task.out / RECORD).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    shutil.rmtree(task.out / ".trainer", ignore_errors=True)
    (task.out / ".lock").unlink()
    task.out.rename(job["final"])


def _described(problem: Exception, out: Path) -> dict[str, Any]:
    if not _has_room(out):
        text = f"The disk of {str(out.parents[1])!r} is full; make room and run it again"
        return {"error": text, "user": True, "full": True}
    if _ran_out(problem):
        text = f"A disk of {socket.gethostname()} is full, not the study's; see {gettempdir()!r}"
        return {"error": text, "user": True, "lost": True}  # another machine may have room
    if isinstance(problem, UserError):
        lost = isinstance(problem, ProcessLost)
        return {"error": str(problem).rstrip("."), "user": True, "lost": lost}
    text = " ".join(str(problem).split())
    text = text if len(text) <= 200 else text[:197] + "..."
    name = type(problem).__name__
    return {"error": f"{name}: {text}" if text else name, "user": False}


def _has_room(out: Path) -> bool:
    """Whether a little can still be written where the study lies: a quota shows in no other way."""
    existing = next(path for path in (out, *out.parents) if path.exists())
    try:
        with TemporaryFile(dir=existing) as file:
            file.write(bytes(_LAST_BYTES))
    except OSError as error:
        return error.errno not in _NO_SPACE
    return True


def _ran_out(problem: BaseException | None) -> bool:
    """Whether there was no space left somewhere."""
    while problem is not None:
        if isinstance(problem, OSError) and problem.errno in _NO_SPACE:
            return True
        problem = problem.__cause__
    return False


@contextmanager
def _log(path: Path) -> Iterator[None]:
    """Everything that is printed goes to a file, an error's traceback too."""
    before = os.dup(1), os.dup(2)
    with path.open("a", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        yield
    except Exception:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, kept in zip((1, 2), before, strict=True):
            os.dup2(kept, number)
            os.close(kept)
