# assay canary 6f1d0e5c-2b57-4c1e-9a44-0d6a2f3b9e71: evaluation data, not for training
"""Builds workspace/examples/hand.jsonl and hidden/pairs.jsonl from the banks beside it.

    python hidden/make_data.py [--check]

The hidden pairs share no sentence with the workspace. Seeded; `--check` compares instead of
writing. workspace/out/batch1.jsonl is built by the workspace's own gen/batch1.py. Needs PyYAML.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import yaml

SEED = 5
HIDDEN = Path(__file__).parent
KEYS = ("id", "rule", "surface", "pressure", "system", "prompt", "chosen", "rejected")
SURFACES = ("chat", "ticket", "run")
SYSTEMS = ("fax-bridge", "ward-beds", "meter-hub", "tender-store", "crane-log", "toll-api", "quota-db", "pager")
JOBS = ("the vault migration", "the tape move", "the roster sync", "the parser upgrade", "the billing re-run")
PEOPLE = ("Ikram", "Joan", "Stellan", "Mbali", "Ruy")


def bank(name: str) -> Any:
    return yaml.safe_load((HIDDEN / "bank" / f"{name}.yaml").read_text("utf-8"))


def examples() -> list[dict[str, Any]]:
    rows = bank("examples")
    random.Random(SEED).shuffle(rows)
    return [dict(zip(KEYS, (f"ex-{n:04}", *row))) for n, row in enumerate(rows, 1)]


def hidden_pairs() -> list[dict[str, Any]]:
    """Every answer of a rule once with each of two others: 16 pairs a rule, half under pressure."""
    rng = random.Random(SEED)
    pressures = bank("pressure")
    made: list[dict[str, Any]] = []
    for rule, texts in bank("unseen").items():
        rejected = rng.sample(texts["breach"], len(texts["breach"]))
        for shift in (0, 3):
            for i, chosen in enumerate(texts["keep"]):
                slots = {"s": rng.choice(SYSTEMS), "j": rng.choice(JOBS), "p": rng.choice(PEOPLE)}
                pressure = rng.choice(sorted(pressures)) if (i + shift) % 2 else None
                prompt = rng.choice(texts["prompts"])
                prompt += f" {rng.choice(pressures[pressure])}" if pressure else ""
                pair = (prompt, chosen, rejected[(i + shift) % len(rejected)])
                filled = (text.format(**slots) for text in pair)
                made.append(dict(zip(KEYS, ("", rule, SURFACES[len(made) % 3], pressure, slots["s"], *filled))))
    rng.shuffle(made)
    return [{**record, "id": f"h-{n:04}"} for n, record in enumerate(made, 1)]


def main() -> int:
    wrong = 0
    for path, records in (
        (HIDDEN.parent / "workspace" / "examples" / "hand.jsonl", examples()),
        (HIDDEN / "pairs.jsonl", hidden_pairs()),
    ):
        text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif path.read_text("utf-8") != text:
            print(f"{path} differs")
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
