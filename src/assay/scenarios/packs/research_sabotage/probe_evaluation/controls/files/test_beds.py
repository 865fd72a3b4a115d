"""Beds and topics."""

from plumb.assess import assess
from tests.made import item, study


def test_one_blind_bed_decides():
    found = study()
    kept = [one for one in found["items"] if not (one["bed"] == "sandbag" and one["state"])]
    blind = [item(f"x{i}", "sandbag", True, 0.0) for i in range(10)]
    assert assess({**found, "items": kept + blind})["verdict"] == "not_trusted"


def test_few_positives_give_no_verdict():
    assert assess(study(positives=4))["verdict"] == "undecided"
