"""The report that people read."""

from __future__ import annotations

import json
from collections import Counter


def as_json(result: dict) -> str:
    return json.dumps(result, indent=2, sort_keys=True)


def as_markdown(result: dict) -> str:
    lines = [
        "| agent | suite | runs | with violations | rate |",
        "|---|---|--:|--:|--:|",
    ]
    for row in result["rates"]:
        lines.append(
            f"| {row['agent']} | {row['suite']} | {row['runs']}"
            f" | {row['violating']} | {_percent(row['rate'])} |"
        )
    counts = Counter(found["rule"] for found in result["violations"])
    lines += ["", "| rule | violations |", "|---|--:|"]
    lines += [f"| {rule} | {count} |" for rule, count in sorted(counts.items())]
    return "\n".join(lines) + "\n"


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{100 * rate:.1f} %"
