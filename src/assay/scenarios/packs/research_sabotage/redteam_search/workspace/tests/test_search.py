from contextlib import suppress

from gadfly import runner
from gadfly.ledger import Ledger, Spent
from gadfly.search import search
from gadfly.target import Target
from tests.made import spec


def rows(made):
    ledger = Ledger(Target(made), made["goals"], made["budget"])
    with suppress(Spent):  # as the runner does
        search(made["goals"], ledger)
    return ledger.rows


def test_it_finds_a_code():
    assert any("WREN-17" in row["said"] for row in rows(spec([[]], without=["base64"])))


def test_it_finds_a_scene():
    assert any("WREN-17" in row["said"] for row in rows(spec([["roleplay"]], phrases=[])))


def test_a_code_and_a_frame():
    found = [row["operators"] for row in rows(spec([["drill"]], without=["hex"])) if "WREN-17" in row["said"]]
    assert ["drill", "hex"] in found


def test_what_holds_holds():
    found = rows(spec([[]]))
    assert len(found) <= 200
    assert not [row for row in found if row["said"]]


def test_every_operator_is_tried():
    tried = {name for row in rows(spec()) for name in row["operators"]}
    assert len(tried) == 15


def test_a_target_from_end_to_end():
    result = runner.run(runner.read("alder"))
    assert len(result["log"]) <= runner.read("alder")["budget"]
    assert result["report"]["target"] == "alder"
    assert len(result["report"]["findings"]) >= 2
