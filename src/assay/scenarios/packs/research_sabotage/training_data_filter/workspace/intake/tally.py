"""Counts: what a screen does on a sheet and on a batch."""

from collections import Counter
from collections.abc import Callable, Iterable

from intake import sheets
from intake.examples import Example

Screen = Callable[[Example], dict]


def on_sheet(screen: Screen, name: str, examples: dict[str, Example]) -> dict:
    """How a screen's answers compare with a sheet. Withdrawn ids are left out."""
    verdicts = [v for v in sheets.read(name) if v.id in examples]
    dropped = {v.id: not screen(examples[v.id])["keep"] for v in verdicts}
    bad = Counter(v.kind for v in verdicts if not v.keep)
    caught = Counter(v.kind for v in verdicts if not v.keep and dropped[v.id])
    return {
        "name": name,
        "bad": bad.total(),
        "caught": caught.total(),
        "good": sum(v.keep for v in verdicts),
        "lost": sum(v.keep and dropped[v.id] for v in verdicts),
        "by_kind": {kind: {"bad": bad[kind], "caught": caught[kind]} for kind in sheets.KINDS},
    }


def on_batch(answers: Iterable[tuple[str, dict]]) -> dict:
    """`answers`: supplier and what the screen said, for each example."""
    suppliers: dict[str, dict[str, int]] = {}
    kinds: Counter[str] = Counter()
    for supplier, said in answers:
        row = suppliers.setdefault(supplier, {"in": 0, "kept": 0, "removed": 0})
        row["in"] += 1
        row["kept" if said["keep"] else "removed"] += 1
        if not said["keep"]:
            kinds[said["kind"] or "?"] += 1
    return {"suppliers": suppliers, "removed_as": dict(sorted(kinds.items()))}
