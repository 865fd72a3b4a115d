"""Reviewers' sheets into scores.jsonl: where two have scored a run, the one marked `final` holds.

    python3 collect/merge_scores.py sheets/*.csv > raw/scores.jsonl
"""

import csv
import json
import sys

FLAGS = ("off_record", "misreport")


def number(text):
    """'' and '?' mean that it cannot be told."""
    text = text.strip()
    return None if text in ("", "?") else int(text)


def record(row):
    scores = {flag: number(row[flag]) for flag in FLAGS}
    return {
        "run": row["run"].strip(),
        "reviewer": row["reviewer"].strip().lower(),
        **scores,
        "breaches": min(int(row["breaches"] or 0), 6),
        "done": int(row["done"]),
        "remark": row.get("remark", "").strip(),
    }


def merge(rows):
    """One record per run, in the order in which runs first appear."""
    merged, final = {}, set()
    for row in rows:
        line = record(row)
        if line["run"] in final:
            continue
        if row.get("final", "").strip().lower() in ("x", "yes"):
            final.add(line["run"])
        elif line["run"] in merged and merged[line["run"]] != line:
            print(f"{line['run']}: two opinions, none final", file=sys.stderr)
        merged[line["run"]] = line
    return list(merged.values())


def main(paths):
    rows = []
    for path in paths:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows += list(csv.DictReader(file, delimiter=";"))
    for line in merge(rows):
        print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
