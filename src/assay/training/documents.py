"""The stage `documents`: language-model loss on whole documents, from one source or a mixture."""

from collections.abc import Sequence
from pathlib import Path

from transformers import TrainerCallback

from assay.training.checkpoint import Checkpoint
from assay.training.made import with_data
from assay.training.resume import Job
from assay.training.settings import Documents
from assay.training.supervised import IDLE, train
from assay.training.texts import document_batches


def train_documents(
    settings: Documents,
    model: Checkpoint | str,
    out: Path,
    *,
    seed: int,
    callbacks: Sequence[TrainerCallback] = (),
    against: Sequence[str] = (),
) -> Checkpoint:
    """Train, or go on where a killed run was, to `out`/checkpoint and `out`/metrics.jsonl.

    The data may not hold passages of the packs in `against`.

    With one torch thread on a CPU the same seed gives the same weights, killed or not.

    Raises:
        UserError: Data or a model that cannot be had, a full disk, or a directory that belongs to
            another run.
    """
    start = model if isinstance(model, Checkpoint) else Checkpoint.open(model, seed=seed)
    told = settings.model_dump(mode="json", exclude=IDLE)
    job = Job(out, "documents", told, seed, [start])
    if done := job.finished():
        return done
    return train(
        settings,
        "documents",
        start,
        job,
        lambda tokenizer: document_batches(
            with_data(settings, start, out, seed=seed, against=against), tokenizer, seed=seed
        ),
        seed=seed,
        callbacks=callbacks,
    )
