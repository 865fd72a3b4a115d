"""One test for each point of docs/trust.md that is easy to miss."""

import pytest

from plumb.assess import assess
from tests.made import item, study


def replaced(found, bed, items):
    """The study with other positives in a bed."""
    kept = [one for one in found["items"] if not (one["bed"] == bed and one["state"])]
    return {**found, "items": kept + items}


def test_one_blind_bed_decides():
    blind = [item(f"x{i}", "unprompted", True, 0.0) for i in range(10)]
    assert assess(replaced(study(), "unprompted", blind))["verdict"] == "not_trusted"


def test_what_it_was_trained_on_does_not_count():
    found = study(caught=0.5, trained_on=[f"sandbag-p{i}" for i in range(5)])
    assert assess(found)["beds"]["sandbag"] == pytest.approx({"n": 5, "recall": 0.0, "auroc": 0.05}, abs=0.06)


def test_excerpts_of_one_dialogue_count_once():
    copies = [item("same", "roleplay", True, 1.0, id=f"c{i}") for i in range(9)]
    others = [item(f"x{i}", "roleplay", True, 0.0) for i in range(6)]
    cell = assess(replaced(study(), "roleplay", copies + others))["beds"]["roleplay"]
    assert (cell["n"], cell["recall"]) == (7, pytest.approx(1 / 7))


def test_unchecked_labels_do_not_count():
    told = [item(f"x{i}", "sandbag", True, 1.0, label_by="instruction") for i in range(9)]
    assert assess(replaced(study(), "sandbag", told))["verdict"] == "undecided"


def test_another_topic_is_no_comparison():
    money = [item(f"x{i}", "sandbag", True, 1.0, topic="money") for i in range(9)]
    assert assess(replaced(study(), "sandbag", money))["beds"]["sandbag"]["auroc"] == 0.5
