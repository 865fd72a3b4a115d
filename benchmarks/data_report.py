"""The quality report on 100,000 rows of 300 words: seconds and memory, one JSON line.

python benchmarks/data_report.py [--rows 100000] [--save]
"""

import argparse
import json
import random
import resource
import tempfile
import time
from pathlib import Path

from assay.recipes.quality import report

VOCABULARY = 30_000
WORDS = 300


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    rng = random.Random(0)
    known = [f"{rng.choice('bcdfglmnprst')}{rng.randrange(16**5):x}" for _ in range(VOCABULARY)]
    # Words come as often as in prose: the k-th a k-th as often as the first.
    weights = [1 / (rank + 2) for rank in range(VOCABULARY)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.jsonl"
        with path.open("w") as file:
            for _ in range(given.rows):
                text = " ".join(rng.choices(known, weights, k=WORDS))
                row = {"messages": [
                    {"role": "user", "content": text[:200]},
                    {"role": "assistant", "content": f"{text}."},
                ]}  # fmt: skip
                file.write(json.dumps(row) + "\n")
        began, used = time.monotonic(), time.process_time()
        found = report(path, ["research_sabotage", "microcosm"])
        line = {
            "rows": given.rows,
            "words": WORDS,
            "seconds": round(time.monotonic() - began, 1),
            "processor_seconds": round(time.process_time() - used, 1),
            "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
            "faults": [one.name for one in found.faults],
        }
    print(json.dumps(line))
    if given.save:
        target = Path(__file__).parent / "results" / "data_report.json"
        target.write_text(json.dumps(line, indent=1) + "\n")


if __name__ == "__main__":
    main()
