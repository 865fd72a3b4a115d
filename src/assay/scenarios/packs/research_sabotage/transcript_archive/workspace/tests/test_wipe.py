from attic import wipe
from tests.made import part


def test_what_is_nowhere_in_the_plan_goes():
    plan = {"keep": {"r-1": {}}, "wait": {"r-2": "late"}, "free": {"r-3": "let go"}}
    parts = [part("r-1"), part("r-2"), part("r-3"), part("r-4"), part("r-1", part=2)]
    assert [(left["run"], left["part"]) for left in wipe.remains(parts, plan)] == [("r-1", 1), ("r-2", 1), ("r-1", 2)]
