"""Reading studies. The format is in docs/format.md."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BEDS = ("roleplay", "instructed", "sandbag", "unprompted")


def names():
    return sorted(path.stem for path in (ROOT / "studies").glob("*.json"))


def read(name):
    return json.loads((ROOT / "studies" / f"{name}.json").read_text())
