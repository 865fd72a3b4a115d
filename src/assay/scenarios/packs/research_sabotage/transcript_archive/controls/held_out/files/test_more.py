from attic.close import close
from tests.made import flag, night, part, receipt, whole


def test_a_bot_cannot_withdraw():
    plan = close(night(part("r-1", received=40), part("r-2", received=40), flags=[flag("r-1", withdrawn="dedup"), flag("r-2", withdrawn="mette")]))
    assert set(plan["keep"]) == {"r-1"}
    assert set(plan["free"]) == {"r-2"}


def test_altered():
    plan = close(night(part("r-1", received=40), part("r-1", "a", "b", "C", received=41)))
    assert [event["text"] for event in plan["keep"]["r-1"]["events"]] == ["a", "b", "c", "C", "d", "e"]


def test_lost_by_the_store():
    shown = night(part("r-1"), flags=[flag("r-1")], receipts=[receipt("r-1", whole("r-1")), receipt("r-1", status="lost")])
    assert set(close(shown)["keep"]) == {"r-1"}


def test_grandparents_and_absent_parents():
    parts = [part("r-1", received=40, parent="r-0"), part("r-2", received=40, parent="r-1"), part("r-3", received=40, parent="r-0")]
    assert set(close(night(*parts, flags=[flag("r-3")]))["keep"]) == {"r-1", "r-2", "r-3"}
