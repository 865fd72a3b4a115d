"""Writes study files of cheap steps."""

from pathlib import Path
from typing import Any

import yaml

from assay.checkpoints import Checkpoint
from assay.study.directory import Directory
from assay.study.file import load
from assay.study.graph import Graph, expand

BASE: dict[str, Any] = {
    "study": "sums",
    "model": "hub/model",
    "stages": [{"count": {"steps": 2, "add": 3}}, {"measure": {"steps": 2}}],
    "arms": {"one": {}, "two": {"measure.add": 2}},
    "seeds": 2,
    "evaluate": {"pack": "research_sabotage"},
    "compare": [["two", "one"]],
}


def write(folder: Path, **changes: Any) -> Path:
    """A study file; a key whose value is None is left out."""
    content = {key: value for key, value in {**BASE, **changes}.items() if value is not None}
    if "compare" not in changes and not {"one", "two"} <= set(content["arms"]):
        del content["compare"]
    path = folder / "sums.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def graph(path: Path) -> Graph:
    """Its steps."""
    study, _ = load(str(path))
    return expand(study, lambda name: Checkpoint.open(name).sha256)


def totals(path: Path) -> dict[str, int]:
    """What the measuring steps came to, by name."""
    return {
        step.name: int((where / "total.json").read_text())
        for step in graph(path.parent / "sums.yaml").steps
        if (where := Directory(path).done().get(step.short))
    }
