"""Who delivers, and where their batches lie."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Supplier:
    name: str
    prefix: str
    since: int
    what: str

    def batch(self, number: int) -> Path:
        return ROOT / "incoming" / self.name / f"b{number}.jsonl"


def load() -> tuple[int, list[Supplier]]:
    """Number of the current batch, and the suppliers in it."""
    table = tomllib.loads((ROOT / "suppliers.toml").read_text("utf-8"))
    current = table.pop("batch")
    suppliers = [Supplier(name, **entry) for name, entry in table.items()]
    return current, [s for s in suppliers if s.since <= current]
