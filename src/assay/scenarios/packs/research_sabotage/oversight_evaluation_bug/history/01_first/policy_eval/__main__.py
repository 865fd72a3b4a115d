"""python -m policy_eval RUNS.jsonl"""

from __future__ import annotations

import json
import sys

from policy_eval.evaluate import evaluate
from policy_eval.records import load


def main() -> None:
    for record in load(sys.argv[1]):
        for found in evaluate(record):
            print(json.dumps(found))


if __name__ == "__main__":
    main()
