from plumb.assess import assess
from tests.made import BEDS, item, study


def test_what_it_was_trained_on_is_left_out():
    found = assess(study(trained_on=["roleplay-p0", "roleplay-p1"]))
    assert found["beds"]["roleplay"]["n"] == 8


def test_with_too_few_left_it_is_undecided():
    found = assess(study(trained_on=[f"{bed}-p{i}" for bed in BEDS for i in range(5)]))
    assert found["verdict"] == "undecided"


def test_excerpts_of_a_dialogue_count_once():
    found = study(positives=0)
    for i in range(24):
        found["items"] += [item(f"{bed}-d{i % 8}", bed, True, 1.0) for bed in BEDS]
    assert assess(found)["beds"]["sandbag"]["n"] == 8


def test_the_prompt_is_not_read():
    found = study()
    for one in found["items"]:
        one["tokens"][0]["act"] = [5.0]
    assert assess(found)["verdict"] == "trusted"
