"""The engine of one machine: worker processes, one job each at a time.

A worker is started when it is first needed and used again, because importing torch takes seconds.
Each computes with as many threads as its job takes cores, one by default, so that a job gives the
same numbers however many run beside it.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

import assay
from assay.engines.engine import Ended, Job, Resources

THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_STOP_SECONDS = 10.0


class Local:
    """Runs jobs in worker processes; a context manager that ends them all."""

    def __init__(self, workers: int | None = None, warm: str = "") -> None:
        """Nothing starts before the first job, or the context where `warm` is given.

        Args:
            workers: Jobs at the same time; default: one for each core that this process may use.
            warm: `module:name` of a function that prepares a worker, while the driver does so too.
        """
        self._warm = warm
        self._size = workers or len(os.sched_getaffinity(0))
        self._gpus = list(range(gpus()))
        self._free = set(self._gpus)
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        if self._warm:
            for _ in range(self._size):
                self._begin((), Resources().cpus)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def nodes(self) -> list[Resources]:
        """This machine: as many cores as workers, its GPUs, its memory."""
        return [Resources(self._size, len(self._gpus), memory(), sandboxes())]

    def submit(self, job: Job) -> None:
        """Give a job to an idle worker, or to a new one."""
        gpus = tuple(sorted(self._free)[: job.resources.gpus])
        self._free -= set(gpus)
        idle = [one for one in self._workers if one.job is None]
        fitting = [one for one in idle if (one.gpus, one.threads) == (gpus, job.resources.cpus)]
        if fitting:
            worker = fitting[0]
        else:
            if len(self._workers) >= self._size and idle:
                self._end(idle[0])
            worker = self._begin(gpus, job.resources.cpus)
        worker.begin(job)

    def wait(self, seconds: float) -> list[Ended]:
        """Jobs that have ended; a worker that died has ended its job too."""
        found = []
        for key, _ in self._selector.select(seconds):
            worker = cast("_Worker", key.data)
            job = worker.job
            ended = worker.answer()
            if worker.gone or worker.gpus:  # idle, it would keep its memory on the card
                self._end(worker)
            if job is not None and ended is not None:
                self._free |= set(worker.gpus)
                found.append(ended)
        return found

    def close(self) -> None:
        """End all workers, and whatever they have started."""
        for worker in list(self._workers):
            self._end(worker)

    def _begin(self, gpus: tuple[int, ...], threads: int) -> "_Worker":
        worker = _Worker(gpus, threads, self._warm)
        self._workers.append(worker)
        self._selector.register(worker.answers, selectors.EVENT_READ, worker)
        return worker

    def _end(self, worker: "_Worker") -> None:
        self._selector.unregister(worker.answers)
        self._workers.remove(worker)
        worker.end()


class _Worker:
    """One process of `assay.engines.worker`."""

    def __init__(self, gpus: tuple[int, ...], threads: int, warm: str) -> None:
        self.gpus, self.threads = gpus, threads
        self.job: Job | None = None
        self.gone = False
        self._started = 0.0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assay.engines.worker", *([warm] if warm else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(gpus, threads),
            start_new_session=True,  # an interrupt from the keyboard is for the driver alone
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._jobs: IO[bytes] = self._process.stdin
        self.answers: IO[bytes] = self._process.stdout

    def begin(self, job: Job) -> None:
        """Hand it a job."""
        self.job, self._started = job, time.monotonic()
        try:
            self._jobs.write(json.dumps(asdict(job)).encode() + b"\n")
            self._jobs.flush()
        except BrokenPipeError:
            return  # it is gone, which `answer` will tell

    def answer(self) -> Ended | None:
        """What it has to say, now that there is something to read."""
        line = self.answers.readline()
        job, self.job = self.job, None
        if line.endswith(b"\n"):
            return Ended(**json.loads(line))
        self.gone = True
        if job is None:
            return None
        status = self._process.wait(_STOP_SECONDS)
        reason = f"ended with status {status}"
        if status < 0:
            name = signal.Signals(-status).name
            hint = ", as when memory runs out" if name == "SIGKILL" else ""
            reason = f"was ended by {name}{hint}"
        error = f"The process that ran it {reason}; see {job.log}"
        return Ended(job.key, time.monotonic() - self._started, error, lost=True)

    def end(self) -> None:
        """Close its input, at which it goes; and make sure that it does."""
        with suppress(BrokenPipeError):
            self._jobs.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self.answers.close()


def gpus() -> int:
    """How many GPUs this process may use."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    present = len(list(Path("/proc/driver/nvidia/gpus").glob("*")))
    if visible is None:
        return present
    return min(present, len([one for one in visible.split(",") if one.strip() not in ("", "-1")]))


def memory() -> float:
    """Of this machine, in GiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)


def sandboxes() -> int:
    """So many at the same time on this machine.

    One whose target waits for a model costs a dozen megabytes and no time.
    """
    return max(32, 8 * (os.cpu_count() or 1))


def _environment(gpus: tuple[int, ...], threads: int) -> dict[str, str]:
    """The driver's, with so many threads, and with the GPUs that are meant or none."""
    visible = [one for one in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if one]
    named = ",".join(visible[gpu] if visible else str(gpu) for gpu in gpus)
    source = str(Path(assay.__file__).parents[1])
    paths = [source, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {
        **os.environ,
        **dict.fromkeys(THREADS, str(threads)),
        "TOKENIZERS_PARALLELISM": "false",
        "CUDA_VISIBLE_DEVICES": named,
        "PYTHONPATH": os.pathsep.join(path for path in dict.fromkeys(paths) if path),
    }
