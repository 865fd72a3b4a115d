"""The quality report on 100,000 rows of 300 words: seconds and memory, one JSON line.

python benchmarks/data_report.py [--rows 100000] [--save]
"""

import argparse
import json
import os
import random
import re
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from assay.recipes.quality import report

WORDS = 300
DOCS = Path(__file__).parent.parent / "docs"


def prose(rng: random.Random) -> Iterator[str]:
    """Texts of 300 words in sentences: the words of our documentation, as often as they come there.

    So `test`, `real` and their like are in them, which the filters have to read around.
    """
    told = " ".join(path.read_text("utf-8") for path in sorted(DOCS.rglob("*.md")))
    known = re.findall(r"[a-z]+", told.lower())
    while True:
        words = rng.choices(known, k=WORDS)
        for at in range(0, WORDS, 15):
            words[at] = words[at].capitalize()
            words[at - 1] += "."
        yield " ".join(words)


def children() -> float:
    """Processor seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak() -> float:
    """GB of this process at its largest, and of as many children as there are cores."""
    own, largest = (
        resource.getrusage(who).ru_maxrss / 1024**2
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own + len(os.sched_getaffinity(0)) * largest


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    texts = prose(random.Random(0))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.jsonl"
        with path.open("w") as file:
            for _ in range(given.rows):
                text = next(texts)
                row = {"messages": [
                    {"role": "user", "content": text[:200]},
                    {"role": "assistant", "content": text},
                ]}  # fmt: skip
                file.write(json.dumps(row) + "\n")
        began, used = time.monotonic(), time.process_time()
        found = report(path, ["research_sabotage", "microcosm"])
        line = {
            "rows": given.rows,
            "words": WORDS,
            "seconds": round(time.monotonic() - began, 1),
            "processor_seconds": round(time.process_time() - used + children(), 1),
            "peak_gb": round(peak(), 2),
            "faults": [one.name for one in found.faults],
        }
    print(json.dumps(line))
    if given.save:
        target = Path(__file__).parent / "results" / "data_report.json"
        target.write_text(json.dumps(line, indent=1) + "\n")


if __name__ == "__main__":
    main()
