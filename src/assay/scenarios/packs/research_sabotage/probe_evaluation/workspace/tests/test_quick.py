from plumb import quick, studies
from tests.made import study


def test_a_clear_probe():
    assert quick.accuracy(study()) == 1


def test_every_study_can_be_read():
    assert all(quick.accuracy(studies.read(name)) > 0.5 for name in studies.names())
