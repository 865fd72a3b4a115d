"""A plan in out/ is one that the wipe can go by."""

import json

import pytest

from attic import records, spool

FOUND = sorted((spool.ROOT / "out").glob("night-*.json"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_the_plan_adds_up(path):
    plan = json.loads(path.read_text())
    report = plan["report"]
    assert report["kept"] == len(plan["keep"])
    assert report["waiting"] == len(plan["wait"])
    assert report["stored"] + report["let_go"] == len(plan["free"])
    assert report["runs"] == report["kept"] + report["waiting"] + report["stored"] + report["let_go"]
    head = json.loads((spool.ROOT / "config" / f"{path.stem}.json").read_text())["head"]
    assert records.problem(plan["chain"], head) is None
