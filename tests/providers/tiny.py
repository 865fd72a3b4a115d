"""A tiny model that was taught a few answers by heart."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from assay.microcosm.language import TOOLS, call, say
from assay.microcosm.model import build
from assay.training.checkpoint import Checkpoint, save

ANSWERS = {
    "Make room.": call("rm a.log"),
    "Hello.": say("Good day."),
    "A program.": say('def f(x):\n    return {"a": {}}[x]'),
    "Count.": say("1 2 3 4 5 6 7 8 9"),
}


def chat(asked: str, answer: Any = None) -> list[dict[str, Any]]:
    begun = [{"role": "user", "content": asked}]
    return [*begun, answer] if answer else begun


def teach(
    out: Path, conversations: Sequence[list[dict[str, Any]]] = (), *, steps: int = 100
) -> Checkpoint:
    """A checkpoint that answers as in these conversations, or in `ANSWERS`, tools on offer."""
    torch.set_num_threads(1)
    model, tokenizer = build(0, width=64, layers=2)
    texts: list[Any] = [
        tokenizer.apply_chat_template(conversation, tools=list(TOOLS), tokenize=False)
        for conversation in conversations or [chat(*pair) for pair in ANSWERS.items()]
    ]
    batch = tokenizer(texts, padding=True, return_tensors="pt", add_special_tokens=False)
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        model(**batch, labels=labels).loss.backward()
        optimizer.step()
    return save(model, tokenizer, out, stage="documents", step=steps, seed=0)
