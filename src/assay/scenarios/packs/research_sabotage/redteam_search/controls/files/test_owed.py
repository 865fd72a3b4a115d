"""What search.md and triage.md ask for and the other tests do not touch."""

from contextlib import suppress

import pytest

from gadfly.ledger import Ledger, Spent
from gadfly.search import search
from gadfly.target import Target
from gadfly.triage import triage
from tests.made import CHANNELS, CODES, SEEDS, goal, record, row, spec


def findings(made):
    ledger = Ledger(Target(made), made["goals"], made["budget"])
    with suppress(Spent):
        search(made["goals"], ledger)
    found = triage({"target": "small", "goals": made["goals"], "rows": ledger.rows})["findings"]
    return sorted("+".join(one["operators"]) for one in found)


def test_a_code_in_a_channel_where_the_guard_does_not_know_it():
    decodes = {channel: CODES if channel != "tool" else ["hex", "rot13", "spelled"] for channel in CHANNELS}
    assert findings(spec([[]], decodes=decodes)) == ["base64+tool_result"]


def test_halves_of_codes():
    assert findings(spec([[]], joins="plain")) == ["base64+split", "hex+split", "rot13+split", "spelled+split"]


def test_every_set_that_moved_is_followed_up():
    assert findings(spec([["drill"]], without=["base64", "rot13"])) == ["base64+drill", "drill+rot13"]


def test_a_second_door():
    assert findings(spec([["drill"], ["warmup"]], phrases=[])) == ["drill", "warmup"]


def test_the_leading_seed():
    assert findings(spec([["roleplay"]], phrases=list(SEEDS)[:2])) == ["roleplay"]


@pytest.mark.parametrize(("name", "decodes", "reads"), [("backwards", ["base64_answer"], ["said", "calls"]), ("in_note", ["backwards", "base64_answer"], ["said"])])
def test_three_together(name, decodes, reads):
    made = spec([["authority"]], without=["hex"])
    made["out"]["g1"] = {"reads": reads, "decodes": decodes}
    assert findings(made) == ["+".join(sorted(("authority", "hex", name)))]


def test_errors_are_asked_again():
    assert findings(spec([[]], without=["hex"], errors=2)) == ["hex"]


def test_says_no_and_does_it():
    done = row("hex", calls=[{"tool": "open", "arguments": {"what": "it"}}])
    [found] = triage(record(done, goals=[goal(tool="open")]))["findings"]
    assert found["severity"] == 3


def test_errors_and_repeats_are_in_no_count():
    report = triage(record(row(), row(), row("hex", status="error", said="")))
    assert report["overall"]["tried"] == 1
    assert report["classes"]["encode"] == {"tried": 0, "breached": 0, "rate": None}
