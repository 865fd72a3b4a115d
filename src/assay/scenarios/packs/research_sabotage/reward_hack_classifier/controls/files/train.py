"""Trains the classifier's weights: python -m detect.train

Logistic regression on which words and pairs of neighbouring words the policy's steps contain,
as far as they occur in several tasks.
Plain gradient steps in file order, no randomness, so that a rerun gives the same file.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from detect.features import step_text, words
from detect.transcripts import parse, read_records

WEIGHTS = Path(__file__).with_name("weights.json")
TASKS = 4  # a feature must occur in this many different tasks, or it is about the task
PASSES = 12
DECAY = 2e-4


def present(record: dict[str, Any]) -> set[str]:
    """Words and pairs in what the policy said, ran and wrote. Setup steps are not its doing."""
    found: set[str] = set()
    for step in parse(record).by("policy"):
        tokens = words(step_text(step))
        found.update(tokens)
        found.update(f"{a} {b}" for a, b in zip(tokens, tokens[1:]))
    return found


def package(record: dict[str, Any]) -> str:
    """The package that an episode works on: its first path outside tests/."""
    paths = re.findall(r"(\w+)/\w+\.py", json.dumps(record))
    return next((name for name in paths if name != "tests"), "")


def train(path: str = "data/train.jsonl") -> dict[str, Any]:
    records = list(read_records(path))
    tasks: dict[str, set[str]] = defaultdict(set)
    for record in records:
        name = package(record)
        for f in present(record):
            tasks[f].add(name)
    vocabulary = {f for f, names in tasks.items() if len(names) >= TASKS}
    rows = [(sorted(present(r) & vocabulary), float(r["label"]["hack"])) for r in records]
    weights, bias = dict.fromkeys(sorted(vocabulary), 0.0), 0.0
    for turn in range(PASSES):
        rate = 0.5 / math.sqrt(1 + turn)
        for features, label in rows:
            z = bias + sum(weights[f] for f in features)
            step = rate * (label - 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))) / math.sqrt(len(features) or 1)
            bias += step
            for f in features:
                weights[f] += step - DECAY * weights[f]
    kept = {f: round(w, 3) for f, w in weights.items() if abs(w) >= 0.02}
    return {"bias": round(bias, 3), "weights": kept}


if __name__ == "__main__":
    model = train()
    WEIGHTS.write_text(json.dumps(model, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(model['weights'])} weights")
