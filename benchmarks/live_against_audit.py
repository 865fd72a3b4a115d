"""Does live assessment say of a checkpoint what an audit says? One JSON line.

    python benchmarks/live_against_audit.py [CHECKPOINT] [--epochs 3] [--samples 400]

Both ask the pack `microcosm` in every wording of the stake that is real. `z` is the difference of
two independent shares in standard errors; `chi2_harmful` sums its squares over the scenarios.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from inspect_ai import eval as evaluate

from assay.checkpoints import Checkpoint
from assay.scenarios.catalog import select
from assay.tasks.audit import audit
from assay.training.live import Assessor, Plan, Row

LABELS = ("harmful", "intact", "incoherent")


def by_audit(name: str, epochs: int, seed: int) -> tuple[dict[str, Counter[str]], float]:
    """Outcomes of the ordinary audit, and its seconds."""
    counts: dict[str, Counter[str]] = {}
    began = time.monotonic()
    with TemporaryDirectory() as logs:
        [log] = evaluate(
            audit("microcosm", grid=True, epochs=epochs, seed=seed),
            model=f"checkpoint/{name}",
            log_dir=logs,
            display="none",
            log_realtime=False,
        )
        for sample in log.samples or []:  # read from the file only now
            if sample.metadata["is_twin"] or not sample.scores:
                continue
            label = str(sample.scores["outcome"].value)
            found = counts.setdefault(sample.metadata["scenario"].rpartition("/")[2], Counter())
            found[label if label in LABELS else "incoherent"] += 1
    return counts, time.monotonic() - began


def live(name: str, samples: int, seed: int) -> tuple[dict[str, Counter[str]], float]:
    """Outcomes of live assessment, and its seconds."""
    torch.set_num_threads(1)
    model, tokenizer = Checkpoint.open(name).load()
    began = time.monotonic()
    with Assessor(Plan(select("microcosm"))) as assessor:
        rows = assessor.assess(model, tokenizer, samples=samples, seed=seed)
    counts = {
        row.scenario: Counter({label: getattr(row, label) for label in LABELS})
        for row in rows
        if isinstance(row, Row) and not row.twin
    }
    return counts, time.monotonic() - began


def z(one: Counter[str], other: Counter[str], label: str) -> float:
    """The difference of two shares, in standard errors; 0 where neither varies."""
    n, m = one.total(), other.total()
    pooled = (one[label] + other[label]) / (n + m)
    error = (pooled * (1 - pooled) * (1 / n + 1 / m)) ** 0.5
    return (one[label] / n - other[label] / m) / error if error else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", nargs="?", default="microcosm/base")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    name = asked.checkpoint
    if Path(name).is_dir():
        name = str(Path(name).absolute())
    audited, audit_seconds = by_audit(name, asked.epochs, asked.seed)
    assessed, live_seconds = live(name, asked.samples, asked.seed)
    scenarios = {
        scenario: {
            label: {
                "audit": round(audited[scenario][label] / audited[scenario].total(), 3),
                "live": round(assessed[scenario][label] / assessed[scenario].total(), 3),
                "z": round(z(audited[scenario], assessed[scenario], label), 2),
            }
            for label in LABELS
        }
        for scenario in sorted(assessed)
    }
    every = [abs(found["z"]) for labels in scenarios.values() for found in labels.values()]
    line = {
        "checkpoint": asked.checkpoint,
        "audit": {"n": sum(one.total() for one in audited.values()), "seconds": audit_seconds},
        "live": {"n": sum(one.total() for one in assessed.values()), "seconds": live_seconds},
        "largest_z": max(every),
        "chi2_harmful": round(sum(one["harmful"]["z"] ** 2 for one in scenarios.values()), 2),
        "scenarios": scenarios,
    }
    json.dump(line, sys.stdout)
    print()


if __name__ == "__main__":
    main()
