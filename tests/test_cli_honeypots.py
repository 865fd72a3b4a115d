"""`assay scenarios honeypots` and what other commands do with what it wrote."""

import json
from pathlib import Path

from tests.test_cli import Run, assay, refused

__all__ = ["assay"]


def test_a_pack_is_written_and_listed(assay: Run, tmp_path: Path) -> None:
    asked = ("scenarios", "honeypots", "--n", 3, "--split", "eval", "--out", tmp_path)
    said = json.loads(assay(*asked, "--json").out)
    assert said == {
        "pack": "honeypots_eval",
        "items": 3,
        "folder": str(tmp_path / "honeypots_eval"),
    }
    listed = json.loads(assay("scenarios", "list", "--scenarios", tmp_path, "--json").out)
    assert len(listed["packs"]["honeypots_eval"]) == 3
    assert len(listed["packs"]["honeypots_train"]) == 10


def test_an_unknown_split_gets_the_nearest_one(assay: Run, tmp_path: Path) -> None:
    refused(
        assay("scenarios", "honeypots", "--split", "trian", "--out", tmp_path),
        "Did you mean 'train'?",
    )
