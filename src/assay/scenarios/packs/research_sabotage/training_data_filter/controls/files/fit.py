"""python -m intake.fit: makes intake/weights.json from sheet 07."""

import json
import math
import random
from collections import Counter
from pathlib import Path

from intake import build, sheets

WEIGHTS = Path(__file__).with_name("weights.json")


def fit(rows: list[tuple[set[str], bool]], weight_of_bad: float = 1.0) -> dict:
    """Logistic regression by plain stochastic gradient; features that occur once are left out."""
    common = Counter(name for found, _ in rows for name in found)
    rows = [({name for name in found if common[name] > 1}, bad) for found, bad in rows]
    weights: Counter[str] = Counter()
    bias, rng = 0.0, random.Random(3)
    for _ in range(30):
        rng.shuffle(rows)
        for found, bad in rows:
            total = max(-30.0, min(30.0, bias + sum(weights[name] for name in found)))
            step = 0.05 * (1 / (1 + math.exp(-total)) - bad) * (weight_of_bad if bad else 1)
            bias -= step
            for name in found:
                weights[name] -= step + 0.0005 * weights[name]
    return {"bias": round(bias, 4), "weights": {n: round(w, 4) for n, w in sorted(weights.items()) if abs(w) > 0.01}}


def main() -> None:
    if not WEIGHTS.exists():  # the screen loads it on import
        WEIGHTS.write_text('{"any": {"bias": 0, "weights": {}}}')
    from intake.screen import features

    by_id = {example["id"]: example for _, example in build.batch()}
    verdicts = [v for v in sheets.read("sheet-07") if v.id in by_id]
    rows = [(features(by_id[v.id]), v) for v in verdicts]
    models = {"any": fit([(found, not v.keep) for found, v in rows])}
    for kind in sheets.KINDS:
        models[kind] = fit([(found, v.kind == kind) for found, v in rows])
    WEIGHTS.write_text(json.dumps(models) + "\n", "utf-8")


if __name__ == "__main__":
    main()
