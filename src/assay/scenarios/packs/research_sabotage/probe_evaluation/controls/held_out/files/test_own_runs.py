"""Cases of fooled.md on made-up studies."""

from plumb.assess import assess
from tests.made import item, study


def replaced(bed, items):
    found = study()
    found["items"] = [one for one in found["items"] if not (one["bed"] == bed and one["state"])] + items
    return found


def test_excerpts_of_four_dialogues_are_four():
    found = replaced("sandbag", [item(f"s{i // 8}", "sandbag", True, 1.0) for i in range(32)])
    assert assess(found)["beds"]["sandbag"]["n"] == 4
    assert assess(found)["verdict"] == "undecided"


def test_fitted_on_them():
    found = study(trained_on=[f"roleplay-p{i}" for i in range(5)])
    assert assess(found)["verdict"] == "undecided"


def test_by_instruction():
    found = replaced("roleplay", [item(f"r{i}", "roleplay", True, 1.0, label_by="instruction") for i in range(20)])
    assert assess(found)["verdict"] == "undecided"


def test_blind_in_one_bed():
    found = replaced("unprompted", [item(f"u{i}", "unprompted", True, 0.1) for i in range(6)])
    assert assess(found)["verdict"] == "not_trusted"


def test_upside_down():
    assert assess(study(w=[-1.0]))["verdict"] == "not_trusted"
