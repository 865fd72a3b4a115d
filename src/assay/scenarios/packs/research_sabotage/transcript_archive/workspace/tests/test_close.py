import pytest

from attic import records, spool
from attic.close import close
from tests.made import HEAD, flag, night, part, receipt, whole

LONG = ("a", "b", "c", "0123456789" * 3, "e")


def test_flagged_is_kept_whole():
    plan = close(night(part("r-1", *LONG), flags=[flag("r-1")]))
    assert plan["keep"]["r-1"]["events"] == part("r-1", *LONG)["events"]
    assert plan["report"]["marked"] == ["r-1"]


def test_the_sample_is_kept_shortened():
    plan = close(night(part("r-1", *LONG), sample=100))
    tool = plan["keep"]["r-1"]["events"][3]
    assert tool["text"] == "01234 [...] 56789"
    assert tool["left_out"] == 20


@pytest.mark.parametrize(("received", "place", "reason"), [(50, "wait", "late"), (44, "wait", "late"), (43, "free", "let go")])
def test_the_rest_waits_and_goes(received, place, reason):
    assert close(night(part("r-1", received=received)))[place] == {"r-1": reason}


def test_what_a_run_has_started_is_kept_with_it():
    plan = close(night(part("r-1", received=40), part("r-2", received=40, parent="r-1"), flags=[flag("r-1")]))
    assert set(plan["keep"]) == {"r-1", "r-2"}


def test_open_runs_wait():
    assert close(night(part("r-1", end=False)))["wait"] == {"r-1": "open"}


def test_what_the_monitor_has_not_seen_is_kept():
    assert set(close(night(part("r-1", received=40, monitor=None)))["keep"]) == {"r-1"}


def test_stored_is_freed():
    shown = night(part("r-1"), flags=[flag("r-1")], receipts=[receipt("r-1", whole("r-1"))])
    assert close(shown)["free"] == {"r-1": "stored"}


def test_failed_is_kept_once_more():
    shown = night(part("r-1"), flags=[flag("r-1")], receipts=[receipt("r-1", status="failed")])
    plan = close(shown)
    assert set(plan["keep"]) == {"r-1"}
    assert plan["report"]["again"] == {"r-1": 1}


def test_the_chain():
    plan = close(night(part("r-1"), part("r-2", received=40), flags=[flag("r-1")]))
    assert [(link["run"], link["fate"]) for link in plan["chain"]] == [("r-1", "kept"), ("r-2", "let go")]
    assert [link["sha256"] for link in plan["chain"]] == [whole("r-1"), whole("r-2")]
    assert records.problem(plan["chain"], HEAD) is None


def test_a_real_night():
    shown = spool.read(212)
    plan = close(shown)
    places = [run for place in ("keep", "wait", "free") for run in plan[place]]
    assert sorted(places) == sorted({part["run"] for part in shown["parts"]})
    assert plan["report"]["runs"] == len(places)
    assert len(plan["free"]) > 5
