"""What a step of the stage `documents` costs beside a bare loop and beside TRL's `SFTTrainer`.

All learn the same batches of the microcosm's corpus with the same model, one torch thread, in
interleaved rounds of one process. CPU time of the median round, without the first steps. Prints
one JSON line.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from datasets import Dataset
from transformers import PrinterCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

from assay.microcosm.model import build, build_tokenizer
from assay.training import supervised
from assay.training.settings import Documents
from assay.training.texts import Batches, document_batches

WARM = 4


class Clock(TrainerCallback):
    """CPU seconds from the end of the warm-up to the last step."""

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == WARM:
            self._began = time.process_time()
        self.seconds = time.process_time() - getattr(self, "_began", 0.0)


def ours(settings: Documents, batches: Batches) -> float:
    model, _ = build(0)
    clock = Clock()
    with tempfile.TemporaryDirectory() as states:
        trainer = supervised._Trainer(
            model=model,
            args=supervised._arguments(settings, Path(states), settings.steps, 0, model),
            train_dataset=supervised._Steps(batches.steps, 1, 0),
            data_collator=supervised._as_it_is,
            callbacks=[supervised._Metrics(Path(states), batches), clock],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return clock.seconds


def bare(settings: Documents, batches: Batches) -> float:
    model, _ = build(0)
    model.train()
    steps = supervised._Steps(batches.steps, 1, 0)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, betas=(0.9, 0.98), fused=True
    )
    for step in range(settings.steps):
        if step == WARM:
            began = time.process_time()
        batch = steps[step]
        tokens = int((batch["labels"] != -100).sum())
        model(**batch, num_items_in_batch=tokens, use_cache=False).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
    return time.process_time() - began


def trl(settings: Documents, batches: Batches) -> float:
    model, tokenizer = build(0)
    rows = [
        {"input_ids": list(row.ids), "labels": list(row.ids)}
        for step in batches.steps
        for row in step
    ]
    clock = Clock()
    with tempfile.TemporaryDirectory() as states:
        config = SFTConfig(
            output_dir=states,
            max_steps=settings.steps,
            per_device_train_batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            train_sampling_strategy="sequential",
            dataset_kwargs={"skip_prepare_dataset": True},
            max_length=None,
            bf16=False,
            use_cpu=True,
            report_to=[],
            disable_tqdm=True,
        )
        trainer = SFTTrainer(
            model=model,
            args=config,
            train_dataset=Dataset.from_list(rows),
            processing_class=tokenizer,
            callbacks=[clock],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return clock.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=24)
    given = parser.parse_args()
    torch.set_num_threads(1)
    settings = Documents(
        documents=32 * given.steps, steps=given.steps, batch_size=32, learning_rate=3e-3
    )
    batches = document_batches(settings, build_tokenizer(), seed=0)
    loops: dict[str, Callable[[Documents, Batches], float]] = {
        "ours": ours,
        "bare": bare,
        "trl": trl,
    }
    seconds: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(given.rounds):
        for name, loop in loops.items():
            seconds[name].append(loop(settings, batches))
    measured = batches.steps[WARM:]
    tokens = sum(len(row.ids) for step in measured for row in step)
    padded = sum(len(step) * max(len(row.ids) for row in step) for step in measured)
    median = {name: statistics.median(found) for name, found in seconds.items()}
    result = {
        "benchmark": "documents_step",
        "steps": len(measured),
        "rounds": given.rounds,
        "tokens_per_step": round(tokens / len(measured)),
        "padding": round(1 - tokens / padded, 3),
        "cpu_ms_per_step": {
            name: round(1000 * found / len(measured), 1) for name, found in median.items()
        },
        "tokens_per_cpu_second": {name: round(tokens / found) for name, found in median.items()},
        "ratio_to_bare": round(
            statistics.median(a / b for a, b in zip(seconds["ours"], seconds["bare"], strict=True)),
            3,
        ),
        "ratio_to_trl": round(
            statistics.median(a / b for a, b in zip(seconds["ours"], seconds["trl"], strict=True)),
            3,
        ),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
