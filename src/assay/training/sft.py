"""The stage `sft`: conversations, of which only what the assistant says is learned."""

from collections.abc import Sequence
from pathlib import Path

from transformers import TrainerCallback

from assay.training.checkpoint import Checkpoint
from assay.training.made import with_data
from assay.training.resume import Job
from assay.training.settings import Sft
from assay.training.supervised import IDLE, train
from assay.training.texts import conversation_batches


def train_sft(
    settings: Sft,
    model: Checkpoint | str,
    out: Path,
    *,
    seed: int,
    callbacks: Sequence[TrainerCallback] = (),
    teachers: Sequence[Checkpoint] = (),
    against: Sequence[str] = (),
) -> Checkpoint:
    """Train, or go on where a killed run was, to `out`/checkpoint and `out`/metrics.jsonl.

    Args:
        settings: Of the stage.
        model: What to begin with.
        out: The stage's directory.
        seed: Of the order of the data.
        callbacks: Called as transformers calls them.
        against: Packs whose passages the data may not hold.
        teachers: Who said what is learned, where that was a model: parents too.

    Raises:
        UserError: Data or a model that cannot be had, a chat template without marks, a full disk,
            or a directory that belongs to another run.
    """
    start = model if isinstance(model, Checkpoint) else Checkpoint.open(model, seed=seed)
    told = settings.model_dump(mode="json", exclude=IDLE)
    job = Job(out, "sft", told, seed, [start, *teachers])
    if done := job.finished():
        return done
    return train(
        settings,
        "sft",
        start,
        job,
        lambda tokenizer: conversation_batches(
            with_data(settings, start, out, seed=seed, against=against), tokenizer, seed=seed
        ),
        seed=seed,
        callbacks=callbacks,
        teachers=teachers,
    )
