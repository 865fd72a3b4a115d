"""Counts for the card."""

from collections import Counter

from pairs.records import PRESSURES, RULES, SURFACES
from pairs.text import length


def table(records):
    """Lines of a table by rule: pairs, surfaces, pressures, words of chosen and rejected."""
    head = ["rule", "pairs", *SURFACES, *(p[:8] for p in PRESSURES), "words c", "words r"]
    rows = [head]
    for rule in (*RULES, "all"):
        own = [r for r in records if rule in (r["rule"], "all")]
        surfaces = Counter(r["surface"] for r in own)
        pressures = Counter(r["pressure"] for r in own)
        rows.append(
            [rule, len(own), *(surfaces[s] for s in SURFACES), *(pressures[p] for p in PRESSURES),
             _mean(own, "chosen"), _mean(own, "rejected")]
        )  # fmt: skip
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(head))]
    return ["  ".join(str(cell).rjust(width) for cell, width in zip(row, widths)) for row in rows]


def _mean(records, key):
    return round(sum(length(r[key]) for r in records) / len(records), 1) if records else "-"
