"""Runs the screen over the current batch and writes out/."""

import json
from pathlib import Path

from intake import examples, suppliers, tally
from intake.suppliers import ROOT

SHEET = "sheet-08"


def batch() -> list[tuple[str, examples.Example]]:
    """All lines of the current batch, in the order of suppliers.toml."""
    number, known = suppliers.load()
    return [pair for supplier in known for pair in examples.read(supplier.batch(number))]


def build(screen: tally.Screen, out: Path = ROOT / "out") -> dict:
    """Write clean.jsonl and report.json; returns the report."""
    lines = batch()
    answers = [screen(example) for _, example in lines]
    by_id = {example["id"]: example for _, example in lines}
    report = {
        "batch": suppliers.load()[0],
        **tally.on_batch((ex["supplier"], said) for (_, ex), said in zip(lines, answers)),
        "sheet": tally.on_sheet(screen, SHEET, by_id),
    }
    kept = [line for (line, _), said in zip(lines, answers) if said["keep"]]
    out.mkdir(exist_ok=True)
    (out / "clean.jsonl").write_text("".join(line + "\n" for line in kept), "utf-8")
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return report
