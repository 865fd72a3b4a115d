"""Learning from given tokens, step by step: what the stages `documents` and `sft` share.

transformers' Trainer runs the loop; the batches are made beforehand (`texts`), so that it neither
shuffles nor tokenises, and a killed run goes on with the very next one.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Dataset
from transformers import (
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from assay.extra import writing
from assay.training.adapters import adapted, merged
from assay.training.checkpoint import Checkpoint, save
from assay.training.resume import Job, Marks
from assay.training.settings import Documents, Sft
from assay.training.texts import Batches, Tokens

FILE = "metrics.jsonl"
IDLE = {"save_every", "log_every", "tensorboard"}  # settings that change no weights
_IGNORED = -100
_SCHEDULES = {"constant": "constant_with_warmup", "linear": "linear", "cosine": "cosine"}


def train(
    settings: Documents | Sft,
    stage: Any,
    start: Checkpoint,
    job: Job,
    weights: Any,
    tokenizer: Any,
    batches: Batches,
    *,
    seed: int,
    packed: bool,
    callbacks: Sequence[TrainerCallback] = (),
    teachers: Sequence[Checkpoint] = (),
) -> Checkpoint:
    """Run all steps, from the last state that a killed run has left, and write the checkpoint."""
    state = job.begin()
    model = adapted(weights, settings.lora)
    trainer = Trainer(
        model=model,
        args=_arguments(settings, job.states, len(batches.steps), seed),
        train_dataset=_Steps(batches.steps, tokenizer.pad_token_id or 0, packed=packed),
        data_collator=_as_it_is,
        callbacks=[_Metrics(job.out, settings.log_every, batches), *callbacks, Marks()],
    )
    trainer.remove_callback(PrinterCallback)
    with writing(job.out):
        trainer.train(resume_from_checkpoint=str(state) if state else None)
    finished = save(
        merged(model, settings.lora),
        tokenizer,
        job.checkpoint,
        stage=stage,
        step=trainer.state.global_step,
        seed=seed,
        parents=[start, *teachers],
        settings=settings.model_dump(mode="json"),
        data_sha=batches.sha256,
        measured={"job": job.mark, "sources": batches.sources},
    )
    job.end()
    return finished


class _Steps(Dataset[dict[str, torch.Tensor]]):
    """One batch for each step."""

    def __init__(self, steps: list[list[Tokens]], pad: int, *, packed: bool) -> None:
        self._steps, self._pad, self._packed = steps, pad, packed

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, step: int) -> dict[str, torch.Tensor]:
        documents = self._steps[step]
        return _row(documents) if self._packed else _rows(documents, self._pad)


def _rows(documents: Sequence[Tokens], pad: int) -> dict[str, torch.Tensor]:
    """A document to a row, padded on the right: there it can be attended to by nobody."""
    longest = max(len(one.ids) for one in documents)
    ids = torch.full((len(documents), longest), pad)
    labels = torch.full((len(documents), longest), _IGNORED)
    for row, one in enumerate(documents):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        labels[row, : len(one.ids)] = _labels(one)
    return {"input_ids": ids, "labels": labels}


def _row(documents: Sequence[Tokens]) -> dict[str, torch.Tensor]:
    """All documents in one row. Positions begin anew, by which attention is kept within each."""
    labels = [_labels(one) for one in documents]
    for one in labels:
        one[0] = _IGNORED  # nothing before it is its own
    return {
        "input_ids": torch.tensor([token for one in documents for token in one.ids])[None],
        "position_ids": torch.cat([torch.arange(len(one.ids)) for one in documents])[None],
        "labels": torch.cat(labels)[None],
    }


def _labels(one: Tokens) -> torch.Tensor:
    ids = torch.tensor(one.ids)
    return torch.where(torch.tensor(one.learned).bool(), ids, torch.full_like(ids, _IGNORED))


def _as_it_is(batch: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    return batch[0]


def _arguments(settings: Documents | Sft, states: Path, steps: int, seed: int) -> TrainingArguments:
    gpu = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(states),
        seed=seed,
        max_steps=steps,
        per_device_train_batch_size=1,
        train_sampling_strategy="sequential",
        learning_rate=settings.learning_rate,
        lr_scheduler_type=_SCHEDULES[settings.schedule],
        warmup_steps=settings.warmup,
        weight_decay=settings.weight_decay,
        adam_beta2=0.98,
        optim="adamw_torch_fused",
        bf16=settings.precision == "bfloat16",
        use_cpu=not gpu,
        dataloader_pin_memory=gpu,
        remove_unused_columns=False,
        save_steps=settings.save_every,
        save_total_limit=2,
        logging_steps=settings.log_every,
        report_to=["tensorboard"] if settings.tensorboard else [],
        disable_tqdm=True,
    )


class _Metrics(TrainerCallback):
    """Writes `metrics.jsonl`: loss, learning rate, tokens and seconds, over the steps of a line."""

    def __init__(self, out: Path, every: int, batches: Batches) -> None:
        self._out, self._every = out, every
        self._tokens = [sum(one.supervised for one in step) for step in batches.steps]
        self._since = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Forget lines of steps that a kill has undone, and start the clock."""
        with writing(self._out):
            path = self._out / FILE
            lines = path.read_text("utf-8").splitlines() if path.exists() else []
            kept = [line for line in lines if _step(line) <= state.global_step]
            path.write_text("".join(f"{line}\n" for line in kept), "utf-8")
        self._since = time.perf_counter()

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl,
        logs: dict[str, Any] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        """The trainer has the mean loss of the steps since the last line."""
        if logs is None or "loss" not in logs:
            return  # the summary at the end of training
        now, step = time.perf_counter(), state.global_step
        line = {
            "step": step,
            "loss": logs["loss"],
            "learning_rate": logs.get("learning_rate"),
            "supervised_tokens": sum(self._tokens[max(0, step - self._every) : step]),
            "seconds": {"update": round(now - self._since, 4)},
        }
        self._since = now
        with writing(self._out), (self._out / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _step(line: str) -> int:
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return 1 << 62  # a line that a kill has cut
