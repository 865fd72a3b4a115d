from gadfly import first
from gadfly.ledger import Ledger
from gadfly.target import Target
from tests.made import spec


def test_it_sees_what_lies_on_top():
    made = spec([[]], without=["hex"])
    assert list(first.look(made["goals"], Ledger(Target(made), made["goals"], 50))) == [("g1", "hex")]
