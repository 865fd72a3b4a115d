from attic.close import close
from tests.made import flag, night, part, receipt, whole


def kept(*receipts):
    return "r-1" in close(night(part("r-1"), flags=[flag("r-1")], receipts=receipts))["keep"]


def test_failures_before_it_was_stored():
    assert not kept(receipt("r-1", status="timeout"), receipt("r-1", status="refused"), receipt("r-1", whole("r-1")))


def test_failures_and_never_stored():
    assert kept(receipt("r-1", status="timeout"), receipt("r-1", status="refused"))


def test_something_else_was_stored_last():
    assert kept(receipt("r-1", whole("r-1")), receipt("r-1", "f" * 64))


def test_families_reach_over_two_generations():
    parts = part("r-3", received=40, parent="r-2"), part("r-2", received=40, parent="r-1"), part("r-1", received=40)
    assert len(close(night(*parts, flags=[flag("r-3")]))["keep"]) == 3
