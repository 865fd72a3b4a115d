from attic import spool, tally


def test_the_night_is_well_formed():
    assert list(spool.problems(spool.read(212))) == []


def test_tally():
    assert next(tally.lines(spool.read(212))).startswith("night 212: ")
