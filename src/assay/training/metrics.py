"""`metrics.jsonl` of a stage: a line for each logged step, none for those a kill has undone.

Of several processes the main one writes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assay.extra import writing
from assay.training.processes import is_main

FILE = "metrics.jsonl"
_CUT = 1 << 62  # after every step


def forget(out: Path, after: int) -> None:
    """Remove what was written after a step, and a line that a kill has cut."""
    if not is_main():
        return
    path = out / FILE
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        kept = [line for line in lines if _step(line) <= after]
        path.write_text("".join(f"{line}\n" for line in kept), "utf-8")


def append(out: Path, line: Mapping[str, Any]) -> None:
    """Write down one step."""
    if not is_main():
        return
    with writing(out), (out / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _step(line: str) -> int:
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return _CUT
