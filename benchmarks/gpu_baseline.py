"""What plain TRL costs on one GPU at full width with random weights: the measure for `training`.

    python benchmarks/gpu_baseline.py [--tiny] [--out FILE]

Needs torch, transformers, peft and trl (no weights, no network) and, without `--tiny`, a GPU of
80 GB or more. The model has Qwen3-4B's shape, in bfloat16, with LoRA of rank 32 on its linear
layers and a word tokenizer. Prints one JSON line: tokens a second of generation by batch size, of a
forward and backward pass, and TRL's own GRPO step (16 prompts x 8 rollouts x 256 new tokens, reward
of length) with the share of generation in it. Medians after a warm-up.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM
from trl import GRPOConfig, GRPOTrainer

WORDS = 1000
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CHAT = "{% for message in messages %}{{ message['content'] }} {% endfor %}"


def model(*, tiny: bool, device: str) -> Qwen3ForCausalLM:
    """Random weights in the shape of Qwen3-4B, or of a toy that a CPU can run."""
    shape: dict[str, int] = {
        "vocab_size": 151936,
        "hidden_size": 2560,
        "intermediate_size": 9728,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
    }
    if tiny:
        shape |= {"vocab_size": WORDS, "hidden_size": 64, "intermediate_size": 128}
        shape |= {"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2}
        shape |= {"head_dim": 16}
    torch.manual_seed(0)
    ends = {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}
    config = Qwen3Config(**shape, **ends, tie_word_embeddings=True)
    with torch.device(device):
        return Qwen3ForCausalLM(config).to(torch.float32 if tiny else torch.bfloat16)


def tokenizer() -> PreTrainedTokenizerFast:
    words = {f"w{number}": number for number in range(WORDS)}
    core = Tokenizer(models.WordLevel(words, unk_token="w1"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    found = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="w0", pad_token="w0", unk_token="w1", padding_side="left"
    )
    found.chat_template = CHAT
    return found


def median_seconds(run: Callable[[], None], repeats: int) -> float:
    run()
    taken = []
    for _ in range(repeats):
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        started = time.perf_counter()
        run()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def generation(llm: Qwen3ForCausalLM, batch: int, new: int, repeats: int) -> float:
    """Tokens a second of `generate` with a static length, sampling."""
    prompt = torch.randint(2, WORDS, (batch, 128), device=llm.device)
    mask = torch.ones_like(prompt)

    def run() -> None:
        with torch.inference_mode():
            llm.generate(
                prompt,
                attention_mask=mask,
                min_new_tokens=new,
                max_new_tokens=new,
                do_sample=True,
                pad_token_id=0,
            )

    return batch * new / median_seconds(run, repeats)


def training(llm: Any, batch: int, length: int, repeats: int) -> float:
    """Tokens a second of a forward and backward pass through the adapters."""
    tokens = torch.randint(2, WORDS, (batch, length), device=llm.device)

    def run() -> None:
        llm(input_ids=tokens, labels=tokens).loss.backward()
        llm.zero_grad(set_to_none=True)

    return batch * length / median_seconds(run, repeats)


def grpo(llm: Any, *, tiny: bool, steps: int) -> dict[str, float]:
    """Seconds of TRL's own step, and the share that is generation; the first step is left out."""
    prompts = Dataset.from_dict({"prompt": [f"w{n} w{n + 1} w{n + 2}" for n in range(2, 130)]})
    started: list[float] = []
    passes: list[float] = []
    generated: list[float] = []

    def length(completions: list[str], **_: Any) -> list[float]:
        """The reward; it is called as soon as the completions are there."""
        generated.append(time.perf_counter() - started[-1])
        return [float(len(text)) for text in completions]

    class Timed(GRPOTrainer):
        def training_step(self, *args: Any, **kwargs: Any) -> Any:
            started.append(time.perf_counter())
            result = super().training_step(*args, **kwargs)
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            passes.append(time.perf_counter() - started[-1])
            return result

    with tempfile.TemporaryDirectory() as folder:
        settings = GRPOConfig(
            output_dir=folder,
            per_device_train_batch_size=32,
            gradient_accumulation_steps=4,
            num_generations=8,
            max_completion_length=8 if tiny else 256,
            max_steps=steps,
            learning_rate=1e-5,
            beta=0.0,
            bf16=not tiny,
            use_cpu=tiny,
            gradient_checkpointing=not tiny,
            logging_steps=steps,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
        )
        Timed(
            model=llm,
            reward_funcs=length,
            args=settings,
            train_dataset=prompts,
            processing_class=tokenizer(),
        ).train()
    # Four passes make a step; its completions are generated at the start of the first.
    seconds = [sum(passes[first : first + 4]) for first in range(0, len(passes), 4)]
    step = statistics.median(seconds[1:])
    return {
        "step_seconds": round(step, 3),
        "generation_share": round(statistics.median(generated[1:]) / step, 3),
        "rollouts": 128,
        "new_tokens": 8 if tiny else 256,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiny", action="store_true", help="a toy model on the CPU: does it run?")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    tiny = options.tiny
    torch.set_num_threads(2 if tiny else 8)
    device = "cpu" if tiny else "cuda"
    import transformers
    import trl

    result: dict[str, Any] = {
        "device": "cpu" if tiny else torch.cuda.get_device_name(),
        "versions": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "trl": trl.__version__,
        },
    }

    def keep(name: str, value: Any) -> None:
        result[name] = value
        line = json.dumps(result)
        print(line, flush=True)
        if options.out:
            options.out.write_text(line + "\n")

    llm = model(tiny=tiny, device=device)
    result["parameters"] = sum(weight.numel() for weight in llm.parameters())
    new, repeats = (8, 1) if tiny else (128, 2)
    keep(
        "generate_tokens_per_second",
        {
            batch: round(generation(llm, batch, new, repeats))
            for batch in ((2, 4) if tiny else (8, 64, 128))
        },
    )
    adapted = get_peft_model(llm, LoraConfig(r=32, lora_alpha=64, target_modules=LINEAR))
    keep(
        "train_tokens_per_second",
        {
            f"{batch}x{length}": round(training(adapted, batch, length, 3))
            for batch, length in (((2, 16),) if tiny else ((8, 512), (4, 2048)))
        },
    )
    keep("grpo", grpo(adapted, tiny=tiny, steps=3 if tiny else 4))
    if not tiny:
        keep("peak_gb", round(torch.cuda.max_memory_allocated() / 2**30, 1))


if __name__ == "__main__":
    main()
