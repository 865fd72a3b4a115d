"""Some more of docs/keeping.md."""

from attic.close import close
from tests.made import flag, night, part


def test_the_family_of_a_flagged_run():
    parts = [part("r-1", received=40), part("r-2", parent="r-1", received=40)]
    assert set(close(night(*parts, flags=[flag("r-2")]))["keep"]) == {"r-1", "r-2"}


def test_withdrawn_by_a_reader():
    assert close(night(part("r-1", received=40), flags=[flag("r-1", withdrawn="joris")]))["free"] == {"r-1": "let go"}
