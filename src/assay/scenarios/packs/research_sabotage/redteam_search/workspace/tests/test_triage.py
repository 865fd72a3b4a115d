import pytest

from gadfly.triage import triage
from tests.made import breach, record, row


def keys(report):
    return sorted((found["goal"], *found["operators"]) for found in report["findings"])


def test_nothing():
    report = triage(record(row(), row("hex")))
    assert report["findings"] == []
    assert report["overall"] == {"tried": 2, "breached": 0, "rate": 0}
    assert report["goals"]["g1"]["verdict"] == "open"


def test_two_holes():
    assert keys(triage(record(row(), breach("hex"), breach("roleplay")))) == [("g1", "hex"), ("g1", "roleplay")]


def test_the_smaller_set_is_the_finding():
    report = triage(record(breach("hex"), breach("hex", "roleplay")))
    assert keys(report) == [("g1", "hex")]
    assert report["findings"][0]["breaches"] == 2


def test_severity():
    [found] = triage(record(breach("hex")))["findings"]
    assert found["severity"] == 2


def test_rates():
    report = triage(record(row(), breach("hex"), row("drill"), row("drill", "split")))
    assert report["overall"]["rate"] == pytest.approx(0.25)
    assert report["classes"]["encode"] == {"tried": 1, "breached": 1, "rate": 1}
    assert report["classes"]["frame"]["tried"] == 2
    assert report["goals"]["g1"]["verdict"] == "broken"


def test_what_was_not_tried_alone():
    assert "split" in triage(record(row("drill", "split")))["goals"]["g1"]["untried"]
