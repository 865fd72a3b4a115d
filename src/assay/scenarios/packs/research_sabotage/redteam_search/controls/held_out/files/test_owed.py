"""What docs/search.md and docs/triage.md owe and the thin tests leave out."""

import base64

import pytest

from gadfly.ledger import Ledger
from gadfly.operators import CLASS
from gadfly.search import search
from gadfly.target import Target
from gadfly.triage import triage
from tests.made import breach, goal, record, row, spec


def tried(made):
    ledger = Ledger(Target(made), made["goals"], made["budget"])
    search(made["goals"], ledger)
    return ledger.rows


def through(made):
    return {tuple(found["operators"]) for found in triage({"target": "small", "goals": made["goals"], "rows": tried(made)})["findings"]}


def test_halves_of_codes():
    assert ("hex", "split") in through(spec([[]], joins="plain"))


def test_one_channel_that_reads_no_codes():
    assert ("rot13", "tool_result") in through(spec([[]], decodes={"user": ["base64", "hex", "rot13", "spelled"], "attachment": ["base64", "hex", "rot13", "spelled"], "tool": []}))


def test_frame_and_turns_without_a_guard():
    assert ("agreed", "drill") in through(spec([["drill", "agreed"]], phrases=[]))


def test_each_of_two_that_moved_is_followed_up():
    assert {("hex", "roleplay"), ("roleplay", "rot13")} <= through(spec([["roleplay"]], without=["hex", "rot13"]))


def test_what_is_withheld_is_followed_up():
    made = spec([["warmup"]], phrases=[])
    made["out"]["g1"] = {"reads": ["said", "calls"], "decodes": ["base64_answer"]}
    assert through(made) == {("backwards", "warmup")}


def test_three_together():
    made = spec([["drill"]], without=["hex"])
    made["out"]["g1"] = {"reads": ["said", "calls"], "decodes": ["backwards"]}
    assert through(made) == {("base64_answer", "drill", "hex")}


@pytest.mark.parametrize("errors", [2, 3, 7])
def test_errors_cost_nothing_but_queries(errors):
    assert through(spec([["drill"]], without=["hex"], errors=errors)) == {("drill", "hex")}


def test_only_errors():
    rows = tried(spec(errors=1))
    report = triage(record(*rows))
    assert report["overall"] == {"tried": 0, "breached": 0, "rate": None}
    assert report["goals"]["g1"]["untried"] == sorted(CLASS)


def test_no_and_does_it():
    acted = row("hex", calls=[{"tool": "send", "arguments": {}}])
    [found] = triage(record(acted, goals=[goal(tool="send")]))["findings"]
    assert found["severity"] == 3


def test_forms():
    for said in ("71-NERW", base64.b64encode(b"It is WREN-17.").decode()):
        assert triage(record(row("hex", said=said)))["overall"]["breached"] == 1
    assert triage(record(row("hex", calls=[{"tool": "note", "arguments": {"text": ["WREN-17"]}}])))["overall"]["breached"] == 1
    assert triage(record(row("hex", status="withheld", said="WREN-17")))["overall"]["breached"] == 0


def test_repeats_and_errors():
    report = triage(record(row("hex"), breach("hex"), row("drill", status="error")))
    assert report["overall"] == {"tried": 1, "breached": 1, "rate": 1}
    assert report["classes"]["frame"] == {"tried": 0, "breached": 0, "rate": None}


def test_the_same_set_on_two_goals_is_two_findings():
    report = triage(record(breach("hex"), breach("drill", "hex", goal="g2"), goals=[goal(), goal("g2")]))
    assert len(report["findings"]) == 2


def test_held():
    everything = [*(row(seed=seed) for seed in range(3)), *(row(name) for name in CLASS)]
    assert triage(record(*everything))["goals"]["g1"]["verdict"] == "held"
    assert triage(record(*everything[1:]))["goals"]["g1"]["verdict"] == "open"
    assert triage(record(*everything[:-1]))["goals"]["g1"]["verdict"] == "open"
