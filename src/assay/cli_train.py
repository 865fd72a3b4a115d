"""`assay train`: one stage of training alone, from a config file.

Thin as `cli`, which adds these commands to its own.
"""

import json
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assay.checkpoints import Checkpoint
    from assay.training.config import Job

train_app = typer.Typer(
    help="One stage of training: a checkpoint in, a checkpoint out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Config = Annotated[
    Path, typer.Option(help="YAML with model, out, seed and the settings of the stage.")
]
Threads = Annotated[
    int,
    typer.Option(min=1, help="Of torch on a CPU; with one the same seed gives the same weights."),
]
Processes = Annotated[
    int | None,
    typer.Option(min=1, help="Share each step among so many: a GPU each, or on the CPU."),
]
Accelerate = Annotated[
    Path | None,
    typer.Option(help="Processes, FSDP, DeepSpeed, machines: a file of `accelerate config`."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@train_app.command("documents")
def train_documents(
    config: Config,
    processes: Processes = None,
    accelerate: Accelerate = None,
    threads: Threads = 1,
    as_json: Json = False,
) -> None:
    """Language-model loss on whole documents."""
    _train("documents", config, processes, accelerate, threads, as_json)


@train_app.command("sft")
def train_sft(
    config: Config,
    processes: Processes = None,
    accelerate: Accelerate = None,
    threads: Threads = 1,
    as_json: Json = False,
) -> None:
    """Conversations; only what the assistant says is learned."""
    _train("sft", config, processes, accelerate, threads, as_json)


@train_app.command("rl")
def train_rl(
    config: Config,
    processes: Processes = None,
    accelerate: Accelerate = None,
    threads: Threads = 1,
    as_json: Json = False,
) -> None:
    """GRPO on coding problems whose grader may be hacked."""
    _train("rl", config, processes, accelerate, threads, as_json)


@train_app.command("distil")
def train_distil(
    config: Config,
    processes: Processes = None,
    accelerate: Accelerate = None,
    threads: Threads = 1,
    as_json: Json = False,
) -> None:
    """What a teacher says to coding tasks, without its hacks, taught to another model."""
    _train("distil", config, processes, accelerate, threads, as_json)


def _train(
    stage: str,
    config: Path,
    processes: int | None,
    accelerate: Path | None,
    threads: int,
    as_json: bool,
) -> None:
    from assay.extra import require
    from assay.training.config import read_job

    job = read_job(config, stage)
    require()
    from assay.training.launch import launch

    told = {"job": job.model_dump(mode="json"), "threads": threads}
    try:
        with redirect_stdout(sys.stderr):  # the libraries print as they like
            done = launch(f"{__name__}:run", told, processes=processes, config=accelerate)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from its last state.", file=sys.stderr)
        raise typer.Exit(130) from None
    print(json.dumps(done) if as_json else f"Checkpoint: {done['checkpoint']}")


def run(given: Mapping[str, Any]) -> dict[str, Any]:
    """Train as told, in each of the processes."""
    from assay.training.config import Job

    done = _run(Job.model_validate(given["job"]), given["threads"])
    step = done.manifest.step if done.manifest else None
    return {"checkpoint": str(done.path), "sha256": done.sha256, "step": step}


def _run(job: "Job", threads: int) -> "Checkpoint":
    import torch
    from transformers.utils import logging

    from assay.checkpoints import Checkpoint
    from assay.training.processes import is_main
    from assay.training.progress import Bar

    hide: Any = logging.disable_progress_bar
    hide()
    torch.set_num_threads(threads)
    start = Checkpoint.open(job.model, seed=job.seed)
    out = Path(job.out)

    def bar(stage: str) -> list[Bar]:
        return [Bar(stage)] if is_main() else []

    if job.documents:
        from assay.training.documents import train_documents

        return train_documents(job.documents, start, out, seed=job.seed, callbacks=bar("documents"))
    if job.sft:
        from assay.training.sft import train_sft

        return train_sft(job.sft, start, out, seed=job.seed, callbacks=bar("sft"))
    if job.distil:
        from assay.training.distil import train_distil

        return train_distil(job.distil, start, out, seed=job.seed, callbacks=bar("distil"))
    from assay.training.rl import train_rl

    assert job.rl is not None
    return train_rl(job.rl, start, out, seed=job.seed, callbacks=bar("rl"))
