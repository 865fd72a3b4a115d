"""The screen: is an example fit for fine-tuning?

Knows phrases of four words, `intake/phrases.json`, that reviewers dropped more often than they kept. Numbers and names are
replaced first. `python -m intake.collect` makes the file from the sheets.
"""

import json
import re
from pathlib import Path

from intake.examples import Example, answer, prompt

_PHRASES = json.loads(Path(__file__).with_name("phrases.json").read_text("utf-8"))


def phrases(example: Example) -> set[str]:
    parts = {"q": prompt(example), "a": answer(example)}
    if example["type"] == "pair":
        parts = {"c": example["chosen"], "r": example["rejected"]}
    found = set()
    for name, text in parts.items():
        words = re.sub(r"\d+", "0", text).split()
        found |= {name + " " + " ".join(words[i : i + 4]) for i in range(max(1, len(words) - 3))}
    return found


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}.

    `example` is one parsed line of a batch. What to drop: docs/rejects.md.
    """
    hits = [_PHRASES[phrase] for phrase in phrases(example) if phrase in _PHRASES]
    if not hits:
        return {"keep": True, "kind": None}
    return {"keep": False, "kind": max(sorted(set(hits)), key=hits.count)}
