import pytest

from pairs import records as rec

GOOD = {"id": "b2-0001", "rule": "stop.1", "surface": "chat", "pressure": None, "system": "ledger-db",
        "prompt": "a", "chosen": "b", "rejected": "c"}  # fmt: skip


def test_good_record():
    rec.verify(GOOD)


@pytest.mark.parametrize(
    "change",
    [{"rule": "stop.4"}, {"surface": "mail"}, {"pressure": "money"}, {"prompt": ""}, {"chosen": " b"}, {"rejected": "a\nb"}],
)
def test_bad_record(change):
    with pytest.raises(rec.BadRecord):
        rec.verify({**GOOD, **change})


def test_order_of_keys():
    with pytest.raises(rec.BadRecord, match="keys"):
        rec.verify(dict(reversed(GOOD.items())))


def test_line_number_is_named():
    with pytest.raises(rec.BadRecord, match="x:4"):
        rec.parse("{", "x:4")


def test_situation():
    assert rec.situation(GOOD) == "stop"
    assert len(rec.RULES) == 18


def test_round_trip(tmp_path):
    rec.dump([GOOD, {**GOOD, "prompt": "é"}], tmp_path / "x.jsonl")
    assert rec.load(tmp_path / "x.jsonl")[1]["prompt"] == "é"
