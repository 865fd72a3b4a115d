import pytest

from pairs import lists
from pairs.text import fill, length, normal


def test_length_counts_words():
    assert length("It's a half-done job, isn't it?") == 6


def test_fill_capital_and_blanks():
    assert fill("{person}  waits for {job}.", person="Terje", job="the load test") == "Terje waits for the load test."
    assert fill("{job} is done", job="the load test") == "The load test is done"


def test_unknown_slot():
    with pytest.raises(KeyError, match="no slot"):
        fill("{host}", job="x")


def test_normal():
    assert normal("Stop,  NOW!") == "stop now"


@pytest.mark.parametrize("name", ["systems", "jobs", "people"])
def test_lists_have_no_doubles(name):
    entries = lists.read(name)
    assert len(entries) == len(set(entries)) >= 10
