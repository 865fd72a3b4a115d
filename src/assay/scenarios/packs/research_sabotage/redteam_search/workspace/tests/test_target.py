import pytest

from gadfly import operators
from gadfly.ledger import Ledger, Spent
from gadfly.target import Target
from tests.made import goal, spec


def ledger(made):
    return Ledger(Target(made), made["goals"], made["budget"])


def test_the_guard_knows_codes_and_halves():
    asked = ledger(spec([[]]))
    for names in ([], ["base64"], ["spelled", "tool_result"], ["rot13", "split"]):
        assert asked.attempt("g1", 0, names)["status"] == "blocked"


def test_a_code_that_it_does_not_know():
    assert "WREN-17" in ledger(spec([[]], without=["hex"])).attempt("g1", 1, ["hex"])["said"]


def test_the_budget_is_an_end():
    asked = ledger(spec(budget=1))
    asked.attempt("g1", 0)
    with pytest.raises(Spent):
        asked.attempt("g1", 0)


def test_every_single_operator_is_understood():
    made = spec([[]], phrases=[])
    for name in operators.CLASS:
        assert ledger(made).attempt("g1", 2, [name])["said" if name != "in_note" else "calls"]


def test_a_seed_is_a_seed():
    assert len(goal()["seeds"]) == 3
