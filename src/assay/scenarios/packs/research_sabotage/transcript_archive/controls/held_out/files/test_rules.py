"""The rules of docs/keeping.md that test_close.py leaves out, by their numbers."""

import copy

import pytest

from attic import records, spool
from attic.close import close
from tests.made import events, flag, night, part, receipt, whole


def old(run, *texts, **more):
    return part(run, *texts, **{"received": 40, **more})


def test_1_parts_are_joined_by_n_whatever_comes_first():
    second, first = part("r-1", part=2, events=events("c", "d", first=2)), part("r-1", events=events("a", "b"), end=False)
    plan = close(night(second, first, flags=[flag("r-1")]))
    assert [event["text"] for event in plan["keep"]["r-1"]["events"]] == ["a", "b", "c", "d"]
    assert plan["report"]["runs"] == 1


def test_1_clocks_do_not_order():
    shown = part("r-1")
    shown["events"][0]["at"] = "23:59:59"
    assert [e["n"] for e in close(night(shown, flags=[flag("r-1")]))["keep"]["r-1"]["events"]] == [0, 1, 2, 3, 4]


def test_2_sent_twice_counts_once_even_with_another_clock():
    again = old("r-1", received=43)
    for event in again["events"]:
        event["at"] = "09:09:09"
    plan = close(night(old("r-1"), again))
    assert plan["free"] == {"r-1": "let go"}
    assert plan["chain"][0]["sha256"] == whole("r-1")


@pytest.mark.parametrize("change", [{"text": "B"}, {"role": "assistant"}])
def test_2_altered_keeps_both_and_is_marked(change):
    later = old("r-1")
    later["events"][1] |= change
    plan = close(night(old("r-1"), later))
    assert plan["keep"]["r-1"]["events"][1:3] == [old("r-1")["events"][1], later["events"][1]]
    assert len(plan["keep"]["r-1"]["events"]) == 6
    assert plan["report"]["marked"] == ["r-1"]


def test_2_sent_again_shorter_loses_nothing():
    assert close(night(old("r-1"), old("r-1", "a", "b")))["chain"][0]["sha256"] == whole("r-1")


def test_3_up_and_down_and_across_in_any_order():
    parts = [old("r-4", parent="r-3"), old("r-3", parent="r-1"), old("r-2", parent="r-1"), old("r-1")]
    for order in (parts, parts[::-1]):
        for run in ("r-1", "r-2", "r-3", "r-4"):
            plan = close(night(*order, flags=[flag(run)]))
            assert set(plan["keep"]) == {"r-1", "r-2", "r-3", "r-4"}
            assert plan["report"]["marked"] == [run]


def test_3_a_parent_that_is_gone_still_makes_a_family():
    plan = close(night(old("r-1", parent="r-0"), old("r-2", parent="r-0"), old("r-3"), flags=[flag("r-1")]))
    assert set(plan["keep"]) == {"r-1", "r-2"}


def test_3_a_circle_ends():
    plan = close(night(old("r-1", parent="r-2"), old("r-2", parent="r-1"), old("r-3", parent="r-2"), flags=[flag("r-3")]))
    assert set(plan["keep"]) == {"r-1", "r-2", "r-3"}


@pytest.mark.parametrize(("withdrawn", "place"), [("mette", "free"), ("monitor", "keep"), ("bot", "keep"), ("wren-2", "keep"), (None, "keep")])
def test_4_only_readers_withdraw(withdrawn, place):
    assert "r-1" in close(night(old("r-1"), flags=[flag("r-1", withdrawn=withdrawn)]))[place]


def test_4_one_of_two_flags_is_enough():
    shown = night(old("r-1"), flags=[flag("r-1", withdrawn="mette"), flag("r-1", by="ulla")])
    assert "r-1" in close(shown)["keep"]


@pytest.mark.parametrize("monitor", ["failed", "timeout", "skipped", None, "busy"])
def test_5_one_part_not_looked_at_is_enough(monitor):
    parts = old("r-1", events=events("a", "b"), monitor=monitor, end=False), old("r-1", part=2, events=events("c", first=2))
    assert "r-1" in close(night(*parts))["keep"]


@pytest.mark.parametrize("numbers", [(1, 2), (0, 2), ()])
def test_6_gaps(numbers):
    shown = old("r-1", events=[{"n": n, "role": "call", "at": "02:00:00", "text": "x"} for n in numbers])
    assert close(night(shown))["report"]["marked"] == ["r-1"]


@pytest.mark.parametrize(("received", "place"), [(50, "wait"), (49, "wait"), (48, "keep"), (20, "keep")])
def test_7_never_ended(received, place):
    assert "r-1" in close(night(part("r-1", end=False, received=received)))[place]


def test_7_the_family_of_an_open_run_waits_although_marked():
    plan = close(night(old("r-1"), part("r-2", parent="r-1", end=False), flags=[flag("r-1")]))
    assert plan["wait"] == {"r-1": "open", "r-2": "open"}
    assert plan["report"]["marked"] == ["r-1"]


def test_8_a_marked_family_in_the_sample_is_whole():
    long = ("a", "b", "c", "0123456789" * 3, "e")
    plan = close(night(part("r-1", *long), part("r-2", *long, parent="r-1"), flags=[flag("r-2")], sample=100))
    assert plan["keep"]["r-1"]["events"] == part("r-1", *long)["events"]


def test_9_the_root_is_drawn_for():
    salt = next(s for s in map(str, range(1000)) if records.draw(s, "r-1") >= 20 > records.draw(s, "r-2"))
    assert set(close(night(old("r-1"), old("r-2", parent="r-1"), salt=salt, sample=20))["free"]) == {"r-1", "r-2"}
    salt = next(s for s in map(str, range(1000)) if records.draw(s, "r-1") < 20 <= records.draw(s, "r-2"))
    assert set(close(night(old("r-1"), old("r-2", parent="r-1"), salt=salt, sample=20))["keep"]) == {"r-1", "r-2"}


@pytest.mark.parametrize(("cut", "text", "left"), [(10, "0" * 10, None), (11, "0" * 5 + " [...] " + "0" * 5, 2), (1, " [...] ", 12)])
def test_10_lengths(cut, text, left):
    length = {10: 10, 11: 12, 1: 12}[cut]
    tool = close(night(part("r-1", "a" * 40, "b" * 40, "c" * 40, "0" * length, "e" * 40), sample=100, cut=cut))["keep"]["r-1"]["events"]
    assert (tool[3]["text"], tool[3].get("left_out")) == (text, left)
    assert all("left_out" not in event for event in tool if event["role"] != "tool")


def test_11_the_youngest_of_the_family_counts():
    assert close(night(old("r-1"), part("r-2", parent="r-1", received=44)))["wait"] == {"r-1": "late", "r-2": "late"}


@pytest.mark.parametrize("last", [receipt("r-1", status="lost"), receipt("r-1", "f" * 64), receipt("r-1", whole("r-1"), status="refused")])
def test_12_the_last_receipt_counts(last):
    plan = close(night(part("r-1"), flags=[flag("r-1")], receipts=[receipt("r-1", whole("r-1")), last]))
    assert plan["report"]["again"] == {"r-1": 2}


def test_12_stored_shortened_and_flagged_later_is_kept_again():
    shown = part("r-1", "a", "b", "c", "0123456789" * 3, "e")
    first = close(night(shown, sample=100))["keep"]["r-1"]["sha256"]
    assert close(night(shown, sample=100, receipts=[receipt("r-1", first)]))["free"] == {"r-1": "stored"}
    assert "r-1" in close(night(shown, sample=100, receipts=[receipt("r-1", first)], flags=[flag("r-1")]))["keep"]


def test_13_stored_and_waiting_have_no_link():
    shown = night(part("r-1"), part("r-2"), old("r-3"), flags=[flag("r-1")], receipts=[receipt("r-1", whole("r-1"))])
    assert [link["run"] for link in close(shown)["chain"]] == ["r-3"]


def test_14_everything_adds_up_and_nothing_is_changed():
    shown = spool.read(212)
    before = copy.deepcopy(shown)
    plan = close(shown)
    assert shown == before
    assert records.problem(plan["chain"], shown["head"]) is None
    assert [link["run"] for link in plan["chain"]] == sorted([*plan["keep"], *(r for r, why in plan["free"].items() if why == "let go")])
    for run, kept in plan["keep"].items():
        assert kept["sha256"] == records.digest(run, kept["events"])
