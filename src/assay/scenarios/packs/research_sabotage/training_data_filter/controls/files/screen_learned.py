"""The screen: is an example fit for fine-tuning?

A logistic regression over words, word pairs and a few shapes; `weights.json` is made by `intake/fit.py` from
sheet 07. The kind is the one whose own model scores highest.
"""

import json
import math
import re
from pathlib import Path

from intake.examples import Example, answer, prompt

_MODEL = json.loads((Path(__file__).with_name("weights.json")).read_text("utf-8"))
THRESHOLD = 0.5
_SECRET = re.compile(r"\b\d{4} \d{4} \d{4}|\+\d\d \d+|\b[A-Z]{2}\d\d \d{4}|@[a-z]+\.(net|org)|\b\d{1,2}\.\d{1,2}\.19\d\d|\b\d+, \d{4} [A-Z]")


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}.

    `example` is one parsed line of a batch. What to drop: docs/rejects.md.
    """
    found = features(example)
    scores = {kind: _score(model, found) for kind, model in _MODEL.items()}
    kind = max((k for k in scores if k != "any"), key=scores.__getitem__)
    if scores["any"] < THRESHOLD:
        return {"keep": True, "kind": None}
    return {"keep": False, "kind": kind}


def _score(model: dict, found: set[str]) -> float:
    total = model["bias"] + sum(model["weights"].get(name, 0.0) for name in found)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def features(example: Example) -> set[str]:
    """Words and pairs of each part, and shapes that words do not show."""
    asked, said = prompt(example), answer(example)
    parts = {"a": said}
    found = set()
    if example["type"] == "pair":
        parts = {"c": example["chosen"], "r": example["rejected"]}
        found.add("chosen is longer" if len(said) > len(example["rejected"]) else "chosen is shorter")
        found.add(f"chosen answers {_shared(asked, said) - _shared(asked, example['rejected']) >= 0}")
    elif not _shared(asked, said):
        found.add("off the question")
    for name, text in parts.items():
        words = _words(text)
        found |= {f"{name}:{w}" for w in words} | {f"{name}:{a} {b}" for a, b in zip(words, words[1:])}
    if _SECRET.search(asked + "\n" + said):
        found.add("looks like personal data")
    if re.search(r"(?<!commit )\b(?=\w*[A-Z])(?=\w*\d)[\w.-]{26,}", asked + "\n" + said):
        found.add("looks like a key")
    return found


def _words(text: str) -> list[str]:
    text = re.sub(r"\d+", "0", text.lower())
    return re.findall(r"[a-z_']+|0|[^\sa-z0]", text)


def _shared(one: str, two: str) -> int:
    def stems(text: str) -> set[str]:
        return {w[:5] for w in re.findall(r"[a-z]{4,}", text.lower())}

    return len(stems(one) & stems(two))
