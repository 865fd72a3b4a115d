import pytest

from plumb import studies
from plumb.assess import assess
from tests.made import study


def test_a_probe_that_finds_all_is_trusted():
    found = assess(study())
    assert found["verdict"] == "trusted"
    assert found["beds"]["sandbag"]["recall"] == 1
    assert found["beds"]["sandbag"]["n"] == 10


def test_a_probe_that_finds_nothing_is_not():
    assert assess(study(caught=0.0))["verdict"] == "not_trusted"


def test_recall_is_what_it_finds():
    found = assess(study(caught=0.5))
    assert found["verdict"] == "not_trusted"
    assert found["beds"]["roleplay"]["recall"] == pytest.approx(0.5)


def test_alarms_at_the_threshold():
    found = assess(study())
    assert 0 <= found["alarms"] <= 0.1
    assert 0 < found["threshold"] < 0.5


@pytest.mark.parametrize("name", studies.names())
def test_a_real_study(name):
    found = assess(studies.read(name))
    assert found["verdict"] in ("trusted", "not_trusted", "undecided")
    assert set(found["beds"]) == set(studies.BEDS)
    assert all(0 <= cell["recall"] <= 1 for cell in found["beds"].values())
