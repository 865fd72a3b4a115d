from gen import batch1
from pairs.table import table


def test_rows_and_totals():
    lines = table(batch1.build(3))
    assert len(lines) == 20
    assert lines[-1].split()[:2] == ["all", "54"]


def test_empty():
    assert table([])[1].split()[-1] == "-"
