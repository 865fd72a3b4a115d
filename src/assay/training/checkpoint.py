"""Writing a checkpoint. `assay.checkpoints` opens it again."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.checkpoints import ADAPTER, Checkpoint, Origin, Stage, weights_sha
from assay.extra import versions, writing
from assay.manifest import FILE, revision
from assay.training import adapters

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["Checkpoint", "Origin", "initialise", "save"]


def save(
    model: "PreTrainedModel | PeftModel",
    tokenizer: "PreTrainedTokenizerBase",
    out: Path,
    *,
    stage: Stage,
    step: int,
    seed: int,
    parents: Sequence[Checkpoint] = (),
    settings: Mapping[str, Any] | None = None,
    data_sha: str | None = None,
    measured: Mapping[str, Any] | None = None,
) -> Checkpoint:
    """Write a checkpoint, all or nothing: a reader sees none or the whole one.

    A low-rank adapter is kept in `adapter/`, and merged into the weights.

    Raises:
        UserError: The disk is full, or `out` cannot be written to.
    """
    partial = out.with_name(f".{out.name}.partial")
    with writing(out.parent):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        if is_adapted := adapters.is_adapted(model):
            adapters.keep(model, partial / ADAPTER)
            model = adapters.merged(model)
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        manifest = Origin(
            stage=stage,
            step=step,
            parents=tuple(parent.sha256 for parent in parents),
            data_sha=data_sha,
            settings=dict(settings or {}),
            seed=seed,
            base=parents[0].address if is_adapted else None,
            measured=dict(measured or {}),
            versions=versions(),
            git_revision=revision(),
            sha256=weights_sha(partial),
        )
        text = json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n"
        (partial / FILE).write_text(text, encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        partial.rename(out)
    return Checkpoint(str(out), out, manifest, manifest.sha256)


def initialise(out: Path, *, seed: int, **shape: int) -> Checkpoint:
    """The stage `init`: fresh weights of the microcosm, saved to `out`/checkpoint.

    Args:
        shape: As `microcosm.model.build` takes it.
    """
    from assay.microcosm.model import build

    model, tokenizer = build(seed, **shape)
    checkpoint = out / "checkpoint"
    return save(model, tokenizer, checkpoint, stage="init", step=0, seed=seed, settings=shape)
