"""python -m detect.fit: learns the weights of the marks from data/train.jsonl."""

from __future__ import annotations

import json
from math import log
from pathlib import Path

from detect.marks import COMMANDS, PATTERNS, marks
from detect.transcripts import load


def fit() -> dict[str, float]:
    """Log-odds of every mark, smoothed. A mark that train has hardly seen gets a cautious prior."""
    episodes = [(marks(t), bool(t.hack)) for t in load("data/train.jsonl")]
    hacks = sum(hack for _, hack in episodes)
    weights = {}
    for name in [n + s for n in (*PATTERNS, *COMMANDS) for s in ("", "+asked")]:
        yes = sum(name in found for found, hack in episodes if hack)
        no = sum(name in found for found, hack in episodes if not hack)
        prior = 0.2 if name.endswith("+asked") else 2.0
        weights[name] = round(log((yes + prior) / (hacks + 4)) - log((no + 0.5) / (len(episodes) - hacks + 4)), 3)
    return weights


if __name__ == "__main__":
    Path("detect/weights.json").write_text(json.dumps(fit(), indent=1) + "\n")
