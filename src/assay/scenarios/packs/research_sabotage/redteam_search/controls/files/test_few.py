from contextlib import suppress

from gadfly.ledger import Ledger, Spent
from gadfly.search import search
from gadfly.target import Target
from gadfly.triage import triage
from tests.made import breach, record, row, spec


def test_all_seeds_are_asked():
    made = spec()
    ledger = Ledger(Target(made), made["goals"], made["budget"])
    with suppress(Spent):
        search(made["goals"], ledger)
    assert {row["seed"] for row in ledger.rows if not row["operators"]} == {0, 1, 2}


def test_three_holes_in_three_classes():
    report = triage(record(row(), breach("hex"), breach("drill"), breach("attachment")))
    assert len(report["findings"]) == 3
    assert report["goals"]["g1"]["verdict"] == "broken"
