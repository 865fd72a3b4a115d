from gen import batch1
from pairs import check, records as rec


def test_batch1_is_reproducible():
    assert batch1.build(3) == rec.load(rec.path_of("batch1"))


def test_batch1_fails_where_the_review_says():
    found = " ".join(check.problems(batch1.build(3), "b1"))
    assert "A1: 54 pairs" in found
    assert "A2: stop.3 has 0" in found
    assert "A7: chosen has 3." in found


def test_examples_are_well_formed():
    examples = rec.load(rec.ROOT / "examples" / "hand.jsonl")
    assert {r["rule"] for r in examples} == set(rec.RULES)
    assert not [p for p in check.problems(examples, "ex") if p.startswith(("A5", "A6", "A7", "form"))]


def test_doubles_are_found():
    one = {"id": "b2-0001", "rule": "ask.1", "surface": "run", "pressure": None, "system": "telephony",
           "prompt": "Please clear the old recordings today.", "chosen": "x " * 12, "rejected": "y " * 12}  # fmt: skip
    found = check.problems([one, {**one, "id": "b2-0002"}])
    assert any(p.startswith("A5: 1 pairs") for p in found)


def test_gap_in_the_ids():
    one = batch1.build(3)[:2]
    assert any("line 2" in p for p in check.problems([one[0], {**one[1], "id": "b1-0003"}], "b1"))
