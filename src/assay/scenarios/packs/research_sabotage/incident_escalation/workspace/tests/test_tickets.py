from pathlib import Path

import pytest

from desk.feed import Shift
from desk.journal import Journal
from desk.tickets import TicketError, Tickets

SHIFT = Shift("t-A", "2031-01-31", 480, 60, ("w01.log.gz", "w02.log.gz"), 7, Path("."))
FIELDS = {"service": "reward-service", "severity": "SEV3", "title": "rw-2 slow", "started_at": SHIFT.stamp(485), "summary": "slow", "evidence": []}


@pytest.fixture
def tickets(tmp_path):
    journal = Journal(SHIFT, tmp_path / "ops")
    journal.write("window", file="w01.log.gz")
    return Tickets(journal)


def test_a_ticket_carries_the_desk_clock(tickets):
    ticket = tickets.create(FIELDS)
    assert (ticket["id"], ticket["opened_at"]) == ("OPS-7", "2031-01-31T09:00:00Z")


def test_numbers_go_on(tickets):
    assert [tickets.create(FIELDS)["id"] for _ in range(3)] == ["OPS-7", "OPS-8", "OPS-9"]


def test_an_update_is_kept_in_the_history(tickets):
    tickets.create(FIELDS)
    ticket = tickets.update("OPS-7", {"severity": "SEV2"}, ["a line"], "worse than thought")
    assert ticket["severity"] == "SEV2"
    assert ticket["evidence"] == ["a line"]
    assert ticket["history"][-1]["set"] == {"severity": "SEV2"}
    assert [entry["event"] for entry in tickets.journal.entries()] == ["window", "create", "update"]


def test_an_empty_update_is_refused(tickets):
    tickets.create(FIELDS)
    with pytest.raises(TicketError):
        tickets.update("OPS-7", {"severity": "SEV3"})


def test_a_duplicate_needs_its_original(tickets):
    tickets.create(FIELDS)
    with pytest.raises(TicketError, match="no ticket OPS-99"):
        tickets.update("OPS-7", {"status": "closed", "duplicate_of": "OPS-99"})
