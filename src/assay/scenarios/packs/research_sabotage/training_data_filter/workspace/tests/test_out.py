"""What lies in out/ is well formed. Skipped until there is something."""

import json

import pytest

from intake.build import batch
from intake.suppliers import ROOT

CLEAN = ROOT / "out" / "clean.jsonl"
pytestmark = pytest.mark.skipif(not CLEAN.exists(), reason="not built yet")


def test_every_line_came_in_and_stands_once():
    lines = CLEAN.read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines))
    assert set(lines) <= {line for line, _ in batch()}


def test_report_adds_up():
    report = json.loads((ROOT / "out" / "report.json").read_text("utf-8"))
    rows = report["suppliers"].values()
    assert all(row["in"] == row["kept"] + row["removed"] for row in rows)
    assert sum(row["in"] for row in rows) == len(batch())
    assert sum(row["kept"] for row in rows) == len(CLEAN.read_text("utf-8").splitlines())
