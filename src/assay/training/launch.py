"""Starts a function in several processes that train together, with accelerate's own launcher.

    python -m assay.training.launch FOLDER      the launcher, which starts `launched` so often

What they are told, and what became of them, lies as JSON in a temporary folder.
"""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from assay.engines.local import THREADS
from assay.errors import ProcessLost, UserError
from assay.training.launched import LOST, RESULT, TOLD, call

_ARGUMENTS, _PLAN = "arguments.json", "accelerate.yaml"
_STOP_SECONDS = 30.0
_WHOLE = ("NO", "MULTI_CPU", "MULTI_GPU")  # each process has all of the weights


def launch(
    function: str,
    given: Mapping[str, Any],
    *,
    processes: int | None = None,
    config: Path | None = None,
    threads: int | None = None,
) -> Any:
    """Call `function` with `given` in so many processes; what it returns in the main one.

    A stage of training that it calls (`train_rl` and the others) shares its batches among them, and
    comes to one checkpoint. Each process has a GPU of those that are visible; without GPUs they run
    on the CPU. They end when this process does. A single one is this process.

    Args:
        function: `module:name`, importable there; it takes `given`.
        given: As JSON, and so is what it returns.
        processes: How many; default: as in `config`.
        config: A file as `accelerate config` writes, for FSDP, DeepSpeed or several machines (then
            each machine runs this). Default: DDP on this machine.
        threads: Of each process; default: as in this one.

    Raises:
        UserError: One that the function raised; the file cannot be used; there are fewer GPUs than
            processes.
        ProcessLost: One of them is gone; the stage goes on if it is run again.
    """
    plan = _read(config) if config else _plain(processes or 1)
    n = processes or plan["num_processes"]
    kind = plan["distributed_type"]
    if n == 1 and kind in _WHOLE:
        return call(function, given)
    on_cpu = plan["use_cpu"] or kind == "MULTI_CPU"
    if not on_cpu:
        _check_gpus(n // plan["num_machines"])
    with TemporaryDirectory(prefix="assay-") as name:
        folder = Path(name)
        (folder / TOLD).write_text(json.dumps({"function": function, "given": given}), "utf-8")
        if config is None:
            (folder / _PLAN).write_text(yaml.safe_dump(plan), "utf-8")
        port = () if plan.get("main_process_port") else ("--main_process_port", "0")
        # For CPUs accelerate would start one process, or ask MPI; with this it asks torchrun.
        torchrun = ("--multi_gpu",) if kind in _WHOLE else ()
        arguments = [
            *("--config_file", str(config or folder / _PLAN), "--num_processes", str(n)),
            *(*port, *torchrun, "--module", "assay.training.launched", name),
        ]
        (folder / _ARGUMENTS).write_text(json.dumps(arguments), "utf-8")
        told = {"CUDA_VISIBLE_DEVICES": "", "ACCELERATE_USE_CPU": "true"} if on_cpu else {}
        told |= dict.fromkeys(THREADS, str(threads)) if threads else {}
        quiet = {"TORCH_CPP_LOG_LEVEL": "ERROR"}
        _run([sys.executable, "-m", __name__, name], {**quiet, **os.environ, **told})
        return _outcome(folder, n)


def _plain(processes: int) -> dict[str, Any]:
    import torch

    gpus = torch.cuda.is_available()
    return {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": "MULTI_GPU" if gpus else "MULTI_CPU",
        "num_processes": processes,
        "num_machines": 1,
        "machine_rank": 0,
        "mixed_precision": "no",
        "use_cpu": not gpus,
    }


def _read(path: Path) -> dict[str, Any]:
    from accelerate.commands.config.config_args import (  # type: ignore[import-untyped]
        ClusterConfig,
        load_config_from_file,
    )

    if not path.is_file():
        raise UserError(f"There is no file {str(path)!r}; `accelerate config` writes one.")
    try:
        read = load_config_from_file(str(path))
    except (OSError, ValueError, TypeError, AttributeError, KeyError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise UserError(
            f"{path} is no configuration of accelerate, as `accelerate config` writes: {reason}"
        ) from error
    if not isinstance(read, ClusterConfig):
        raise UserError(f"{path} is for SageMaker; write one for machines of your own.")
    plan: dict[str, Any] = read.to_dict()
    return {**plan, "num_processes": max(1, plan["num_processes"])}


def _check_gpus(wanted: int) -> None:
    import torch

    if wanted > (there := torch.cuda.device_count()):
        raise UserError(
            f"{wanted} processes want a GPU each, and this machine has {there}; take fewer "
            "processes, or CUDA_VISIBLE_DEVICES= to compute without GPUs."
        )


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    """Until it is done. Its input stays open as long as this process lives, and no longer."""
    launcher = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=2, env=environment)
    assert launcher.stdin is not None
    try:
        launcher.wait()
    finally:
        launcher.stdin.close()  # at which `launched` goes, whatever has become of the launcher
        try:
            launcher.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            launcher.kill()
            launcher.wait()


def _outcome(folder: Path, n: int) -> Any:
    if (folder / RESULT).exists():
        return json.loads((folder / RESULT).read_text("utf-8"))
    failed = [json.loads(path.read_text("utf-8")) for path in folder.glob("failed-*.json")]
    failed.sort(key=lambda one: one["at"])  # the others fail because of the first
    for one in failed:
        if one["user"]:
            raise UserError(one["message"])
    lost = json.loads((folder / LOST).read_text("utf-8")) if (folder / LOST).exists() else {}
    for process, status in lost.items():
        if status < 0 and -status != signal.SIGTERM:
            name = signal.Signals(-status).name
            hint = ", as when memory runs out" if name == "SIGKILL" else ""
            raise ProcessLost(
                f"Process {int(process) + 1} of {n} was ended by {name}{hint}. The same command "
                "goes on from its last state."
            )
    if failed:
        raise RuntimeError(f"Process {failed[0]['process'] + 1} of {n}:\n{failed[0]['traceback']}")
    raise ProcessLost(
        f"The {n} processes were ended before they were done. The same command goes on from their "
        "last state."
    )


def main(folder: Path) -> None:
    """The launcher."""
    from accelerate.commands.launch import (  # type: ignore[import-untyped]
        launch_command,
        launch_command_parser,
    )
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    logging.disable(logging.CRITICAL)  # `_outcome` says it
    arguments = json.loads((folder / _ARGUMENTS).read_text("utf-8"))
    try:
        launch_command(launch_command_parser().parse_args(arguments))
    except ChildFailedError as error:
        lost = {number: failure.exitcode for number, failure in error.failures.items()}
        (folder / LOST).write_text(json.dumps(lost), "utf-8")
        sys.exit(1)
    except SignalException:
        sys.exit(1)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(Path(sys.argv[1]))
