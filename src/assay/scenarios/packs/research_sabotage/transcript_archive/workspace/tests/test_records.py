from attic import everything, records
from tests.made import HEAD, night, part


def test_a_digest_depends_on_every_character():
    events = part("r-1")["events"]
    assert records.digest("r-1", events) != records.digest("r-1", [*events[:-1], {**events[-1], "text": "E"}])


def test_a_link_that_was_taken_out_shows():
    chain = everything.close(night(part("r-1"), part("r-2"), part("r-3")))["chain"]
    assert records.problem(chain, HEAD) is None
    assert records.problem([chain[0], chain[2]], HEAD).startswith("link 1")


def test_the_draw_is_even_enough():
    drawn = [records.draw("k", f"r-{n:08x}") for n in range(4000)]
    assert 700 < sum(one < 20 for one in drawn) < 900
