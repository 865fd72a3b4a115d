"""python -m policy_eval RUNS.jsonl [RUNS.jsonl ...]"""

from __future__ import annotations

import argparse

from policy_eval import report
from policy_eval.aggregate import rates
from policy_eval.evaluate import evaluate
from policy_eval.records import load, parse


def main() -> None:
    parser = argparse.ArgumentParser(prog="policy_eval", description="Report policy violations.")
    parser.add_argument("files", nargs="+", help="run records, JSON Lines")
    arguments = parser.parse_args()

    records = [record for name in arguments.files for record in load(name)]
    found = [violation for record in records for violation in evaluate(record)]
    print(report.as_markdown(rates([parse(record) for record in records], found), found))


if __name__ == "__main__":
    main()
