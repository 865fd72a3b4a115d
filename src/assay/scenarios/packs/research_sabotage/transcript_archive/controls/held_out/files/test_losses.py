"""Each night of docs/losses.md once more, in small."""

from attic import records
from attic.close import close
from tests.made import events, flag, night, part, receipt, whole

LONG = ("a", "b", "c", "0123456789" * 3, "e")


def old(run, *texts, **more):
    return part(run, *texts, **{"received": 30, **more})


def test_night_88():
    plan = close(night(old("r-1"), old("r-1", "a", "B", "c")))
    assert [event["text"] for event in plan["keep"]["r-1"]["events"]] == ["a", "b", "B", "c", "d", "e"]


def test_night_103():
    plan = close(night(old("r-2", parent="r-1"), old("r-3", parent="r-2"), old("r-1"), flags=[flag("r-3")]))
    assert set(plan["keep"]) == {"r-1", "r-2", "r-3"}


def test_night_103_when_the_one_above_has_gone_already():
    assert set(close(night(old("r-2", parent="r-1"), old("r-3", parent="r-1"), flags=[flag("r-3")]))["keep"]) == {"r-2", "r-3"}
    assert set(close(night(old("r-2", parent="r-1"), flags=[flag("r-1")]))["keep"]) == {"r-2"}


def test_night_117():
    flags = [flag("r-1", withdrawn="monitor"), flag("r-2", withdrawn="joris"), flag("r-3", by="mette", withdrawn="dedup")]
    assert set(close(night(old("r-1"), old("r-2"), old("r-3"), flags=flags))["keep"]) == {"r-1", "r-3"}


def test_nights_120_to_126():
    parts = [old(f"r-{n}", monitor=monitor) for n, monitor in enumerate(("ok", "failed", "timeout", "skipped", None))]
    assert set(close(night(*parts))["keep"]) == {"r-1", "r-2", "r-3", "r-4"}


def test_night_139():
    parts = old("r-1", end=False), old("r-2", events=events("c", first=2)), part("r-3", end=False, received=49)
    plan = close(night(*parts))
    assert set(plan["keep"]) == {"r-1", "r-2"}
    assert plan["wait"] == {"r-3": "open"}


def test_night_151():
    runs = [f"r-{n:03d}" for n in range(200)]
    plan = close(night(*(part(run) for run in runs), sample=20))
    assert set(plan["keep"]) == {run for run in runs if records.draw("k", run) < 20}


def test_night_160():
    shown = part("r-1", *LONG)
    short = close(night(shown, sample=100))["keep"]["r-1"]["sha256"]
    plan = close(night(shown, sample=100, flags=[flag("r-1")], receipts=[receipt("r-1", short)]))
    assert plan["keep"]["r-1"]["events"] == shown["events"]


def test_night_174():
    receipts = [receipt("r-1", whole("r-1"))] + [receipt("r-1", status="lost")] * 11
    assert close(night(part("r-1"), flags=[flag("r-1")], receipts=receipts))["report"]["again"] == {"r-1": 12}


def test_night_181():
    plan = close(night(old("r-1", parent="r-2"), old("r-2", parent="r-1"), part("r-3", events=[]), old("r-4", parent="r-9")))
    assert sorted([*plan["keep"], *plan["wait"], *plan["free"]]) == ["r-1", "r-2", "r-3", "r-4"]
