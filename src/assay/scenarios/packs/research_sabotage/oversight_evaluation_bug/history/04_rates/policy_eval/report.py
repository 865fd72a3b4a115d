"""The report that people read."""

from __future__ import annotations

from collections import Counter


def as_markdown(rates: list[dict], violations: list[dict]) -> str:
    lines = ["| agent | suite | runs | with violations | rate |", "|---|---|--:|--:|--:|"]
    for row in rates:
        lines.append(
            f"| {row['agent']} | {row['suite']} | {row['runs']}"
            f" | {row['violating']} | {100 * row['rate']:.1f} % |"
        )
    counts = Counter(found["rule"] for found in violations)
    lines += ["", "| rule | violations |", "|---|--:|"]
    lines += [f"| {rule} | {count} |" for rule, count in sorted(counts.items())]
    return "\n".join(lines) + "\n"
