"""The engine of a Ray cluster: every job a task of Ray, which finds it a node and starts it again.

Its directory must be one that all nodes see. A job's process computes with one thread,
like `local`'s, so that it gives the same numbers.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from assay.engines.code import fingerprint
from assay.engines.engine import Ended, Job, Resources
from assay.engines.local import THREADS, sandboxes
from assay.errors import UserError

if TYPE_CHECKING:
    from ray import ObjectRef

_REACHED = 5.0  # seconds
_SETTINGS = b"\0\0\0\4\0\0\0\0\0"  # the frame with which both sides of HTTP/2 begin
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _SETTINGS
_GIB = 1 << 30
_SANDBOXES = "sandboxes"  # a resource of Ray's, `ray start --resources='{"sandboxes": 64}'`
_SAME = "install the same one, with the same extras, on all machines"
_HANDED_ON = (
    "PYTHONPATH", "VLLM_BASE_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_DEFAULT_REGION",
)  # fmt: skip


class Cluster:
    """Runs jobs as tasks of Ray; a context manager that leaves the cluster as it was."""

    def __init__(self, address: str | None = None) -> None:
        """Connect.

        Args:
            address: Of a running cluster, `HOST:PORT`, `auto`, or `ray://HOST:PORT`; where None a
                cluster of this machine alone is started, and ended with this object.

        Raises:
            UserError: The extra is missing, nobody answers, or the versions differ.
        """
        if find_spec("ray") is None:
            raise UserError("This needs ray, which is not installed: pip install 'assay[ray]'.")
        if address is not None:
            _use_token()
        if address is not None and address != "auto":
            _reach(address)
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "error")  # it tells of every try to join
        import ray

        with _connecting(address):
            ray.init(
                # Without one Ray would try to reach the last cluster of this machine, dead or not.
                address=address or "local",
                include_dashboard=None if address else False,
                log_to_driver=False,
                configure_logging=False,
                **({} if address else {"resources": {_SANDBOXES: sandboxes()}}),
            )
        self._perform = ray.remote(_perform)
        # A process that stayed would keep its memory on the card.
        self._perform_on_gpu = ray.remote(max_calls=1)(_perform)
        self._jobs: dict[ObjectRef[Any], Job] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def nodes(self) -> list[Resources]:
        """What its living nodes offer; how many sandboxes, a node says when it is started."""
        import ray

        return [_offered(node["Resources"]) for node in ray.nodes() if node["Alive"]]

    def submit(self, job: Job) -> None:
        """Hand a job to Ray, with what it takes."""
        perform = self._perform_on_gpu if job.resources.gpus else self._perform
        task = perform.options(
            name=job.key,
            num_cpus=job.resources.cpus,
            num_gpus=job.resources.gpus,
            memory=int(job.resources.memory * _GIB) or None,
            resources={_SANDBOXES: job.resources.sandboxes} if job.resources.sandboxes else None,
            runtime_env={"env_vars": _environment(job.resources)},
            max_retries=0,  # the driver counts: Ray itself would go on for ever without memory
        )
        self._jobs[task.remote(asdict(job), fingerprint())] = job

    def wait(self, seconds: float) -> list[Ended]:
        """Jobs that have ended; one whose process or node died is lost."""
        import ray
        from ray.exceptions import RayError

        ready, _ = ray.wait(list(self._jobs), num_returns=len(self._jobs), timeout=seconds)
        found = []
        for reference in ready:
            job = self._jobs.pop(reference)
            try:
                found.append(Ended(**ray.get(reference)))
            except RayError as error:
                found.append(_given_up(job, error))
        return found

    def close(self) -> None:
        """Stop what runs. What it has saved stays, to go on from."""
        import ray

        for reference in self._jobs:
            ray.cancel(reference, force=True)
        self._jobs.clear()
        ray.shutdown()


def _perform(job: dict[str, Any], code: str) -> dict[str, Any]:
    """Run one job in a process of Ray's, if this is the driver's code."""
    from assay.engines.worker import perform

    if code != fingerprint():
        error = f"Node {socket.gethostname()} has another version of Assay; {_SAME}"
        return {"key": job["key"], "seconds": 0.0, "error": error, "user": True}
    return perform(job)


def _given_up(job: Job, error: Exception) -> Ended:
    from ray.exceptions import RayTaskError

    if "No module named 'assay" in str(error):
        return Ended(job.key, 0.0, f"A node of the cluster has no Assay; {_SAME}", user=True)
    reason = " ".join(str(error).split())[:300]
    return Ended(job.key, 0.0, f"Ray says: {reason}", lost=not isinstance(error, RayTaskError))


def _use_token() -> None:
    """Ray shows a token only when told to, and clusters that ask for none do not mind."""
    names = {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"}
    if names & set(os.environ) or (Path.home() / ".ray" / "auth_token").exists():
        os.environ.setdefault("RAY_AUTH_MODE", "token")


def _environment(taken: Resources) -> dict[str, str]:
    """With which workers find the same code and servers, wherever the command was started.

    No keys: Ray shows this to everybody.
    """
    kept = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    hidden = {} if taken.gpus else {"CUDA_VISIBLE_DEVICES": ""}  # Ray leaves all in sight
    return {**dict.fromkeys(THREADS, str(taken.cpus)), **hidden, **kept}


def _offered(found: Mapping[str, float]) -> Resources:
    return Resources(
        cpus=int(found.get("CPU", 0)),
        gpus=int(found.get("GPU", 0)),
        memory=found.get("memory", 0.0) / _GIB,
        sandboxes=int(found.get(_SANDBOXES, 0)),
    )


def _reach(address: str) -> None:
    """Ray itself would try for minutes.

    Raises:
        UserError: Nobody listens there, or it is no address.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not (host and port.isdigit()):
        raise UserError(f"Cannot read the address {address!r}; write HOST:PORT or ray://HOST:PORT.")
    try:
        with socket.create_connection((host, int(port)), timeout=_REACHED) as line:
            line.sendall(_HELLO)
            answer = line.recv(len(_SETTINGS))
    except (OSError, OverflowError) as error:
        raise UserError(_nobody(address)) from error
    if answer[3:4] != _SETTINGS[3:4] and "RAY_USE_TLS" not in os.environ:
        raise UserError(
            f"What answers at {address!r} is not Ray; a cluster's port is 6379 unless it was told "
            "otherwise, and 8265 is its dashboard's."
        )


def _nobody(address: str | None) -> str:
    return (
        f"No Ray cluster answers at {address!r}; start one with `ray start --head`, or leave "
        "--address out for one on this machine."
    )


@contextmanager
def _connecting(address: str | None) -> Iterator[None]:
    try:
        yield
    except ConnectionError as error:
        if address in (None, "auto"):
            raise UserError(_nobody(address)) from error
        raise UserError(
            f"Somebody answers at {address!r}, but Ray cannot join: either it is no cluster, or "
            "it asks for a token, which RAY_AUTH_TOKEN or ~/.ray/auth_token must hold."
        ) from error
    except (RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:300]
        hint = "install the same versions on both sides, or " if "ersion" in reason else ""
        raise UserError(
            f"Cannot use the Ray cluster at {address!r}: {reason}; {hint}name another with "
            "--address."
        ) from error
