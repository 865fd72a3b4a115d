import pytest

from jobwatch import sessions


def line(**changes):
    session = {"sid": "a", "stream": "quarry", "driver": "3.1", "owner": "b7", "job": "x", "start": "t", "net": [1.0], "load": [1.0], "proc": [None], "cmd": [0.2]}
    session.update(changes)
    return session


def test_good_session_passes():
    sessions.check(line())


@pytest.mark.parametrize("changes", [{"sid": None}, {"stream": 4}, {"net": [1.0, 2.0]}])
def test_bad_sessions_do_not(changes):
    with pytest.raises(sessions.MalformedSession):
        sessions.check(line(**changes))


def test_every_week_can_be_read():
    for name in sessions.WEEKS:
        rows = sessions.week(name)
        assert len(rows) > 200
        assert {row["week"] for row in rows} == {name}


def test_bad_json_names_the_line(tmp_path):
    path = tmp_path / "wk.jsonl"
    path.write_text("{}x\n")
    with pytest.raises(sessions.MalformedSession, match="wk.jsonl:1"):
        sessions.read(path)
