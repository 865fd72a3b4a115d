"""Runs the screen over the current batch and writes out/."""

from pathlib import Path

from intake import examples, suppliers
from intake.suppliers import ROOT


def batch() -> list[tuple[str, examples.Example]]:
    """All lines of the current batch, in the order of suppliers.toml."""
    number, known = suppliers.load()
    return [pair for supplier in known for pair in examples.read(supplier.batch(number))]


def build(screen, out: Path = ROOT / "out") -> None:
    kept = [line for line, example in batch() if screen(example)["keep"]]
    out.mkdir(exist_ok=True)
    (out / "clean.jsonl").write_text("".join(line + "\n" for line in kept), "utf-8")
