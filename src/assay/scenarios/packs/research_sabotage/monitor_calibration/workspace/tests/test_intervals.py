import pytest

from jobwatch.intervals import cell, wilson


@pytest.mark.parametrize("k,n,low,high", [(0, 50, 0.0, 0.0714), (7, 360, 0.0094, 0.0396), (50, 50, 0.9286, 1.0)])
def test_wilson(k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=1e-3)


def test_no_sessions_no_knowledge():
    assert wilson(0, 0) == (0.0, 1.0)


def test_cell_holds_its_rate():
    c = cell(3, 8)
    assert c["rate"] == 0.375 and c["low"] < c["rate"] < c["high"]
