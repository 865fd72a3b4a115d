"""What fooled us once (docs/fooled.md), on made-up studies."""

from plumb.assess import assess, gather
from tests.made import BEDS, item, study


def test_w02_the_prompt_is_not_read():
    found = study()
    before = assess(found)
    for one in found["items"]:
        one["tokens"][0]["act"] = [50.0 if one["state"] else -50.0]
    assert assess(found) == before


def test_w05_the_worst_bed_decides():
    found = study(positives=30)
    for one in found["items"]:
        if one["bed"] == "unprompted" and one["state"]:
            one["tokens"][1]["act"] = [0.1]
    assert assess(found)["verdict"] == "not_trusted"


def test_w06_dialogues_are_compared_not_ids():
    found = study(trained_on=[f"{bed}-p{i}" for bed in BEDS for i in range(7)])
    for number, one in enumerate(found["items"]):
        one["id"] = f"i{number}"
    assert assess(found)["verdict"] == "undecided"
    assert {cell["n"] for cell in assess(found)["beds"].values()} == {3}


def test_w08_excerpts_far_apart_are_one_dialogue():
    found = study()
    found["items"] = [item(f"many{i % 4}", "sandbag", True, 1.0) for i in range(20)] + found["items"]
    found["items"] += [item(f"many{i % 4}", "sandbag", True, 0.0) for i in range(20)]
    many = [one for one in gather(found) if len(one.readings) > 1]
    assert [round(one.score, 2) for one in many] == [0.5] * 4
    assert assess(found)["beds"]["sandbag"]["n"] == 14


def test_w09_within_a_topic():
    found = study()
    for one in found["items"]:
        if one["bed"] != "everyday" and one["state"]:
            one["topic"] = "money"
    found["items"] += [item(f"{bed}-m", bed, False, 2.0, topic="money") for bed in BEDS]
    assert assess(found)["beds"]["roleplay"]["auroc"] == 0


def test_w10_told_to():
    found = study()
    for one in found["items"]:
        if one["bed"] == "roleplay" and one["state"]:
            one["label_by"] = "instruction"
    assert assess(found)["verdict"] == "undecided"


def test_w12_alarms_a_month_later():
    found = study()
    late = [one for one in found["items"] if one["bed"] == "everyday" and one["split"] == "test"]
    for one in late[:6]:
        one["tokens"][1]["act"] = [0.8]
    assert assess(found)["alarms"] > 0.25
    assert assess(found)["verdict"] == "not_trusted"


def test_the_sign():
    assert assess(study(w=[-1.0]))["verdict"] == "not_trusted"
