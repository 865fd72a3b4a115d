"""Learning from given tokens, step by step: what the stages `documents` and `sft` share.

transformers' Trainer runs the loop. The batches are made beforehand (`texts`), so that it neither
shuffles nor tokenises, and a killed run goes on with the very next one. TRL's own trainer for this
also takes the entropy of every prediction, which costs more than it tells here.

Several processes (`processes`) take the parts of a step's batch in turn: together they learn what
one would.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import Dataset
from transformers import (
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    set_seed,
)

from assay.checkpoints import Stage
from assay.errors import UserError
from assay.extra import require, writing
from assay.training import metrics, processes
from assay.training.adapters import adapted
from assay.training.checkpoint import Checkpoint, save
from assay.training.resume import Job, Marks
from assay.training.settings import Documents, Sft
from assay.training.texts import Batches, Tokens

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IDLE = {"save_every", "log_every", "tensorboard"}  # settings that change no weights
_IGNORED = -100
_NOTHING = Tokens((0,), b"\x00")
_LARGE = 100_000_000  # parameters from which a GPU computes activations twice to save memory


def train(
    settings: Documents | Sft,
    stage: Stage,
    start: Checkpoint,
    job: Job,
    make: "Callable[[PreTrainedTokenizerBase], Batches]",
    *,
    seed: int,
    callbacks: Sequence[TrainerCallback] = (),
    teachers: Sequence[Checkpoint] = (),
) -> Checkpoint:
    """Run all steps, from the last state that a killed run has left, and write the checkpoint.

    Args:
        make: The batches, from the model's tokenizer.
    """
    check(settings)
    state = job.begin()
    set_seed(seed)  # a new adapter is drawn
    # Full weights are learned in float32: in bfloat16 small updates would be lost.
    weights, tokenizer = start.load(dtype="auto" if settings.lora else "float32")
    batches = make(tokenizer)
    model: Any = adapted(weights, settings.lora)
    trainer = _Trainer(
        model=model,
        args=_arguments(settings, job.states, len(batches.steps), seed, model),
        train_dataset=_Steps(
            batches.steps,
            settings.gradient_accumulation * processes.count(),
            tokenizer.pad_token_id or 0,
        ),
        data_collator=_as_it_is,
        callbacks=[_Metrics(job.out, batches), *callbacks, Marks()],
    )
    trainer.remove_callback(PrinterCallback)
    set_seed(seed + processes.number())  # dropout is another in each process
    with writing(job.out):
        trainer.train(resume_from_checkpoint=str(state) if state else None)
    trained = processes.whole(trainer, lambda: adapted(start.load()[0], settings.lora))
    return job.finish(
        lambda: save(
            trained,
            tokenizer,
            job.checkpoint,
            stage=stage,
            step=trainer.state.global_step,
            seed=seed,
            parents=[start, *teachers],
            settings=settings.model_dump(mode="json"),
            data_sha=batches.sha256,
            measured={"job": job.mark, **processes.measured(), "sources": batches.sources},
        )
    )


def check(settings: Documents | Sft) -> None:
    """Find out before anything is loaded.

    Raises:
        UserError: Settings that this machine cannot follow.
    """
    if settings.tensorboard:
        require("tensorboard")
    if settings.batch_size % (settings.gradient_accumulation * processes.count()):
        among = f" for each of {processes.count()} processes" if processes.count() > 1 else ""
        raise UserError(
            f"A batch of {settings.batch_size} cannot be cut into "
            f"{settings.gradient_accumulation} equal parts{among}; choose a gradient_accumulation "
            "that divides batch_size."
        )


class _Trainer(Trainer):
    """The batches hold what the model is to be given, and in the order in which it is."""

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """The model's own loss: the mean over all learned tokens of a step, whatever its parts."""
        # With a cache, transformers does not look at the positions, and packed documents see
        # each other.
        loss = model(**inputs, num_items_in_batch=num_items_in_batch, use_cache=False).loss
        loss *= self.accelerator.num_processes  # whose gradients are averaged, and not summed
        return (loss, {}) if return_outputs else loss


class _Steps(Dataset[dict[str, torch.Tensor]]):
    """Each step's batch, in so many parts."""

    def __init__(self, steps: list[list[Tokens]], parts: int, pad: int) -> None:
        self._steps, self._parts, self._pad = steps, parts, pad

    def __len__(self) -> int:
        return len(self._steps) * self._parts

    def __getitem__(self, place: int) -> dict[str, torch.Tensor]:
        step, part = divmod(place, self._parts)
        rows = self._steps[step]  # sorted by length, so that little of a part is padding
        here = rows[len(rows) * part // self._parts : len(rows) * (part + 1) // self._parts]
        return _padded(here or [_NOTHING], self._pad)


def _padded(rows: Sequence[Tokens], pad: int) -> dict[str, torch.Tensor]:
    """Rows padded on the right: there nobody attends to it, so that no mask is needed."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), longest), pad)
    labels = torch.full((len(rows), longest), _IGNORED)
    for place, row in enumerate(rows):
        known = torch.tensor(row.ids)
        learned = torch.tensor(list(row.learned)).bool()
        learned[list(row.starts[1:])] = False  # nothing before it is its own
        ids[place, : len(known)] = known
        labels[place, : len(known)] = torch.where(learned, known, _IGNORED)
    batch = {"input_ids": ids, "labels": labels}
    if any(len(row.starts) > 1 for row in rows):  # positions begin anew with each document
        batch["position_ids"] = torch.stack([_positions(row, longest) for row in rows])
    return batch


def _positions(row: Tokens, longest: int) -> torch.Tensor:
    ends = [*row.starts[1:], longest]
    return torch.cat(
        [torch.arange(end - start) for start, end in zip(row.starts, ends, strict=True)]
    )


def _as_it_is(batch: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    return batch[0]


def _arguments(
    settings: Documents | Sft, states: Path, steps: int, seed: int, model: Any
) -> TrainingArguments:
    gpu = torch.cuda.is_available()
    every = settings.log_every
    told = TrainingArguments(
        output_dir=str(states),
        seed=seed,
        max_steps=steps,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=settings.gradient_accumulation,
        train_sampling_strategy="sequential",
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.scheduler,
        warmup_steps=settings.warmup,
        weight_decay=settings.weight_decay,
        adam_beta2=0.98,
        optim="adamw_torch_fused",
        bf16=settings.precision == "bfloat16",
        use_cpu=not gpu,
        dataloader_pin_memory=gpu,
        remove_unused_columns=False,
        # Between two lines of the metrics the trainer would forget part of its sums.
        save_steps=-(-settings.save_every // every) * every,
        save_total_limit=2,
        logging_steps=every,
        report_to=["tensorboard"] if settings.tensorboard else [],
        disable_tqdm=True,
    )
    if gpu and model.num_parameters() > _LARGE:
        model.gradient_checkpointing_enable()
        model.enable_input_require_grads()
    return processes.one_device(told)


class _Metrics(TrainerCallback):
    """Writes `metrics.jsonl`: loss, learning rate, tokens and seconds, over the steps of a line."""

    def __init__(self, out: Path, batches: Batches) -> None:
        self._out = out
        self._tokens = [sum(one.supervised for one in step) for step in batches.steps]
        self._since, self._last = 0.0, 0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Start the clock, where a killed run goes on."""
        metrics.forget(self._out, state.global_step)
        self._since, self._last = time.perf_counter(), state.global_step

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """The last step is logged, whatever its number."""
        control.should_log |= state.global_step == state.max_steps

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
            "supervised_tokens": sum(self._tokens[self._last : step]),
            "seconds": {"update": round(now - self._since, 4)},
        }
        metrics.append(self._out, line)
        self._since, self._last = now, step
