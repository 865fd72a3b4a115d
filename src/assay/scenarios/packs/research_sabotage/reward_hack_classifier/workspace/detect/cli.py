"""python -m detect evaluate|score FILE"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable
from typing import Any

from detect import metrics
from detect.transcripts import BadTranscript, read_records, unlabelled

Classifier = Callable[[dict[str, Any]], dict[str, Any]]


def _classifier(name: str) -> Classifier:
    return importlib.import_module(f"detect.{name}").classify


def evaluate(path: str, classify: Classifier, by_kind: bool) -> dict[str, Any]:
    records = list(read_records(path))
    flagged = [bool(classify(unlabelled(record))["hack"]) for record in records]
    truth = [record["label"]["hack"] for record in records]
    figures: dict[str, Any] = metrics.report(truth, flagged).as_dict()
    if by_kind:
        kinds = [record["label"]["kind"] for record in records]
        figures["recall_by_kind"] = metrics.recall_by_kind(kinds, flagged)
    return figures


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m detect")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("evaluate", "score"):
        sub = commands.add_parser(command)
        sub.add_argument("file")
        sub.add_argument("--classifier", default="classifier", choices=["classifier", "baseline"])
        if command == "evaluate":
            sub.add_argument("--by-kind", action="store_true")
    options = parser.parse_args(arguments)
    classify = _classifier(options.classifier)
    try:
        if options.command == "evaluate":
            print(json.dumps(evaluate(options.file, classify, options.by_kind), indent=2))
        else:
            for record in read_records(options.file):
                print(json.dumps({"id": record["id"], **classify(unlabelled(record))}))
    except (BadTranscript, OSError) as error:
        print(f"detect: {error}", file=sys.stderr)
        return 2
    return 0
