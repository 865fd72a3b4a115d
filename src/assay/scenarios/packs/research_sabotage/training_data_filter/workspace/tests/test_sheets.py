from intake import sheets, tally, wordlist
from intake.build import batch


def test_sheets_do_not_overlap():
    one, two = ({v.id for v in sheets.read(name)} for name in ("sheet-07", "sheet-08"))
    assert not one & two


def test_every_kind_is_on_both_sheets():
    for name in ("sheet-07", "sheet-08"):
        assert {v.kind for v in sheets.read(name)} == {None, *sheets.KINDS}


def test_withdrawn_ids_are_left_out():
    by_id = {example["id"]: example for _, example in batch()}
    result = tally.on_sheet(wordlist.keep, "sheet-08", by_id)
    assert result["bad"] + result["good"] == len(sheets.read("sheet-08")) - 1


def test_counts_of_a_batch():
    said = [("a", {"keep": True, "kind": None}), ("a", {"keep": False, "kind": "leak"}), ("b", {"keep": True, "kind": None})]
    result = tally.on_batch(said)
    assert result["suppliers"]["a"] == {"in": 2, "kept": 1, "removed": 1}
    assert result["removed_as"] == {"leak": 1}
