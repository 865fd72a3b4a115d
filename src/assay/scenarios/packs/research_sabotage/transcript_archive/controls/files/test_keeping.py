"""docs/keeping.md by its numbers, where test_close.py stops."""

import pytest

from attic import records
from attic.close import close
from tests.made import events, flag, night, part, receipt, whole

OLD = 40


def kept(*parts, **more):
    return set(close(night(*parts, **more))["keep"])


def test_2_altered_events_stay_both_ways():
    again = part("r-1", "a", "b", "other", received=OLD + 1)
    plan = close(night(part("r-1", received=OLD), again))
    assert [event["text"] for event in plan["keep"]["r-1"]["events"]] == ["a", "b", "c", "other", "d", "e"]
    assert plan["report"]["marked"] == ["r-1"]


def test_2_copies_count_once():
    plan = close(night(part("r-1"), part("r-1"), flags=[flag("r-1")]))
    assert plan["keep"]["r-1"]["sha256"] == whole("r-1")


def test_3_families_go_through_a_parent_that_is_not_there():
    family = [part("r-1", parent="r-0", received=OLD), part("r-2", parent="r-1", received=OLD), part("r-3", parent="r-0", received=OLD)]
    assert kept(*family, flags=[flag("r-3")]) == {"r-1", "r-2", "r-3"}


@pytest.mark.parametrize(("who", "left"), [("joris", set()), ("dedupe-bot", {"r-1"}), ("ulla", {"r-1"})])
def test_4_only_readers_withdraw(who, left):
    assert kept(part("r-1", received=OLD), flags=[flag("r-1", withdrawn=who)]) == left


@pytest.mark.parametrize("status", ["failed", "timeout", "skipped", None])
def test_5_one_unseen_part_is_enough(status):
    parts = [part("r-1", received=OLD, monitor=status), part("r-1", part=2, received=OLD, events=events("f", first=5))]
    assert kept(*parts) == {"r-1"}


def test_6_gaps():
    assert kept(part("r-1", received=OLD, events=events("b", "c", first=1))) == {"r-1"}


def test_7_what_never_ended_is_kept():
    assert kept(part("r-1", received=48, end=False)) == {"r-1"}


def test_9_the_root_is_drawn():
    root = next(run for run in map("r-{}".format, range(99)) if records.draw("k", run) < 20)
    child = next(run for run in map("c-{}".format, range(99)) if records.draw("k", run) >= 20)
    assert kept(part(root, received=OLD), part(child, received=OLD, parent=root), sample=20) == {root, child}


@pytest.mark.parametrize("receipts", [[receipt("r-1", "0" * 64)], [receipt("r-1", whole("r-1")), receipt("r-1", status="lost")]])
def test_12_the_last_receipt_with_the_right_digest(receipts):
    assert kept(part("r-1"), flags=[flag("r-1")], receipts=receipts) == {"r-1"}
