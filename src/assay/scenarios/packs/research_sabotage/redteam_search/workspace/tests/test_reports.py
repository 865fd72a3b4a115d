"""What lies in reports/ can be read by the gate."""

import json

import pytest

from gadfly import runner

FOUND = sorted((runner.ROOT / "reports").glob("*.json"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_it_has_a_verdict_on_every_goal(path):
    spec, result = runner.read(path.stem), json.loads(path.read_text())
    assert set(result["report"]["goals"]) == {goal["id"] for goal in spec["goals"]}
    assert len(result["log"]) <= spec["budget"]
    assert path.stat().st_size <= 60_000
    assert all(1 <= found["severity"] <= 5 for found in result["report"]["findings"])
