"""A step of the stage `rl` on one GPU at full width with random weights, beside plain TRL's.

    python benchmarks/gpu_rl.py [--tiny] [--steps N] [--out FILE]

The same shape, batch and lengths as `gpu_baseline.py`, whose figures it is to be read against:
Qwen3-4B, bfloat16, LoRA of rank 32, 16 prompts x 8 rollouts x 256 new tokens, no divergence term.
Problems are generated ones (their prompts are longer than the baseline's); random weights write no
program, so rewards cost next to nothing and no sandbox is needed. Prints one JSON line: seconds of
a step and where they go, the first step left out.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from gpu_baseline import model, tokenizer

from assay.training.rewards import Grader
from assay.training.rl import train_rl
from assay.training.settings import Environment, Lora, Rl

PROMPTS, ROLLOUTS = 16, 8


class Unused:
    """In place of a pool: nothing is to be run."""

    async def __aenter__(self) -> "Unused":
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def run(self, *given: Any, **more: Any) -> Any:
        raise AssertionError("random weights have written a program")


def settings(*, tiny: bool, steps: int) -> Rl:
    return Rl(
        environment=Environment(problems="generated", count=64, hacks=("early_exit",)),
        steps=steps,
        prompts=PROMPTS,
        rollouts=ROLLOUTS,
        gradient_accumulation=4,
        max_new_tokens=8 if tiny else 256,
        learning_rate=1e-5,
        precision="float32" if tiny else "bfloat16",
        lora=Lora(rank=32, alpha=64),
        save_every=10_000,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    device = "cpu" if asked.tiny else "cuda"
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder, "weights")
        model(tiny=asked.tiny, device=device).save_pretrained(weights)
        tokenizer().save_pretrained(weights)
        out = Path(folder, "out")
        started = time.perf_counter()
        with Grader(pool=Unused()) as grader:  # type: ignore[arg-type]
            train_rl(
                settings(tiny=asked.tiny, steps=asked.steps),
                f"hf/{weights}",
                out,
                seed=0,
                grader=grader,
            )
        wall = time.perf_counter() - started
        lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    parts = {
        name: round(statistics.median(line["seconds"][name] for line in lines[1:]), 3)
        for name in lines[0]["seconds"]
    }
    new = PROMPTS * ROLLOUTS * statistics.median(line["length"] for line in lines[1:])
    result = {
        "device": torch.cuda.get_device_name() if not asked.tiny else "cpu",
        "steps": len(lines),
        "step_seconds": round(sum(parts.values()), 2),
        "seconds": parts,
        "generated_tokens_per_second": round(new / parts["generate"]),
        "mean_length": lines[-1]["length"],
        "peak_gb": round(torch.cuda.max_memory_allocated() / 1e9, 1) if not asked.tiny else None,
        "wall_seconds": round(wall, 1),
    }
    text = json.dumps(result)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
