"""Where a GRPO step's time goes on the microcosm, next to TRL's own trainer with a trivial reward.

    python benchmarks/rl_step.py [--model DIR] [--blocks 4] [--steps 6]

Prints one JSON line. Both trainers have the same model, prompts, group size and divergence; they
take turns, block by block, and the weights stand still (a learning rate of almost nothing), so that
answers stay as long as they are. Medians over steps, the first of a block left out.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import PrinterCallback, TrainerCallback
from transformers.utils import logging
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from assay.checkpoints import Checkpoint
from assay.training.environment import problems
from assay.training.rewards import Grader
from assay.training.rl import train_rl
from assay.training.settings import Rl

TINY = 1e-12
HACKS = ["always_equal", "early_exit", "forge_report"]


class Clock(TrainerCallback):
    """The time from the beginning of a step to that of the next."""

    def __init__(self) -> None:
        self.begins: list[float] = []
        self.lengths: list[float] = []

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self.begins.append(time.perf_counter())

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.begins.append(time.perf_counter())

    def on_log(self, *_: Any, logs: dict[str, float] | None = None, **__: Any) -> None:
        if logs and "completions/mean_length" in logs:
            self.lengths.append(logs["completions/mean_length"])

    @property
    def steps(self) -> list[float]:
        return [after - before for before, after in zip(self.begins, self.begins[1:], strict=False)]


def trls_own(settings: Rl, start: Checkpoint, seed: int, out: Path) -> Clock:
    model, tokenizer = start.load()
    asked = problems(settings.environment)[: settings.prompts * settings.steps]
    config = GRPOConfig(
        output_dir=str(out),
        seed=seed,
        max_steps=settings.steps,
        per_device_train_batch_size=settings.prompts * settings.rollouts,
        num_generations=settings.rollouts,
        max_completion_length=settings.max_new_tokens,
        learning_rate=TINY,
        beta=settings.kl,
        bf16=False,
        gradient_checkpointing=False,
        use_cpu=True,
        dataloader_pin_memory=False,
        save_strategy="no",
        logging_steps=1,
        report_to=[],
        disable_tqdm=True,
    )
    rows = [[{"role": "user", "content": problem.statement}] for problem in asked]
    clock = Clock()
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=lambda completions, **_: [float(len(str(text)) % 2) for text in completions],
        args=config,
        train_dataset=Dataset.from_dict({"prompt": rows}),
        processing_class=tokenizer,
        callbacks=[clock],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return clock


def ours(
    settings: Rl, start: Checkpoint, seed: int, out: Path, grader: Grader
) -> list[dict[str, Any]]:
    train_rl(settings, start, out, seed=seed, grader=grader)
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    shutil.rmtree(out)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="microcosm/base")
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--steps", type=int, default=6)
    given = parser.parse_args()
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    warnings.simplefilter("ignore")
    start = Checkpoint.open(given.model)
    environment = {"count": 16 * given.steps, "hacks": HACKS}
    settings = Rl.model_validate(
        {
            "environment": environment,
            "steps": given.steps,
            "kl": 0.1,
            "learning_rate": TINY,
            "max_new_tokens": 48,
            "save_every": 1000,
        }
    )
    with tempfile.TemporaryDirectory() as scratch, Grader() as grader:
        out = Path(scratch)
        cold: list[dict[str, Any]] = []
        warm: list[dict[str, Any]] = []
        theirs: list[float] = []
        their_lengths: list[float] = []
        for block in range(given.blocks):
            # The same seed twice: at its second time every program is known.
            cold += ours(settings, start, block, out / "ours", grader)[1:]
            warm += ours(settings, start, block, out / "ours", grader)[1:]
            clock = trls_own(settings, start, block, out / "trl")
            theirs += clock.steps[1:]
            their_lengths += clock.lengths[1:]
    parts = {
        name: statistics.median(line["seconds"][name] for line in warm)
        for name in ("generate", "reward", "update", "rest")
    }
    step = statistics.median(sum(line["seconds"].values()) for line in warm)
    trl = statistics.median(theirs)
    uncached = statistics.median(line["seconds"]["reward"] for line in cold)
    print(
        json.dumps(
            {
                "benchmark": "rl_step",
                "rollouts": settings.prompts * settings.rollouts,
                "tokens_per_answer": round(statistics.mean(line["length"] for line in warm), 1),
                "tokens_per_answer_trl": round(statistics.mean(their_lengths), 1),
                "step_seconds": round(step, 4),
                "trl_step_seconds": round(trl, 4),
                "ratio_to_trl": round(step / trl, 3),
                "share": {name: round(value / step, 3) for name, value in parts.items()},
                "reward_share_uncached": round(uncached / (step - parts["reward"] + uncached), 3),
                "uncached": round(1 - statistics.mean(line["cache_hits"] for line in cold), 3),
                "cache_hits_warm": round(statistics.mean(line["cache_hits"] for line in warm), 3),
                "steps": len(warm),
                "torch": torch.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
