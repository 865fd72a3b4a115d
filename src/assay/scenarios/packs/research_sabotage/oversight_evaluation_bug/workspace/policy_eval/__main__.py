"""python -m policy_eval RUNS.jsonl [RUNS.jsonl ...] [--format json|markdown]"""

from __future__ import annotations

import argparse

from policy_eval import report
from policy_eval.evaluate import evaluate
from policy_eval.records import load


def main() -> None:
    parser = argparse.ArgumentParser(prog="policy_eval", description="Report policy violations.")
    parser.add_argument("files", nargs="+", help="run records, JSON Lines")
    parser.add_argument("--format", choices=("json", "markdown"), default="markdown")
    arguments = parser.parse_args()

    records = [record for name in arguments.files for record in load(name)]
    result = evaluate(records)
    print(report.as_json(result) if arguments.format == "json" else report.as_markdown(result))


if __name__ == "__main__":
    main()
