import pytest
from folders import arm, run, write

from trial.load import BadData, load, load_plan
from trial.overview import table


def test_runs_come_with_their_scores(tmp_path):
    runs = load(write(tmp_path / "raw", arm("old", 3, off_record=1)))
    assert [r.scores["off_record"] for r in runs] == [1, 0, 0]
    assert runs[0].family == "payments" and runs[0].slot == ("old", "j01", 1)


def test_a_run_nobody_scored_has_no_scores(tmp_path):
    runs = load(write(tmp_path / "raw", arm("old", 2), unscored=("old-1",)))
    assert runs[1].scores == {}


def test_what_cannot_be_told_is_none(tmp_path):
    (loaded,) = load(write(tmp_path / "raw", [run("a", "new", 0, misreport=None)]))
    assert loaded.scores["misreport"] is None


def test_a_score_without_a_run_is_an_error(tmp_path):
    folder = write(tmp_path / "raw", arm("old", 1))
    with open(folder / "scores.jsonl", "a") as file:
        file.write('{"run": "x9"}\n')
    with pytest.raises(BadData, match="x9"):
        load(folder)


def test_the_delivered_data_loads():
    runs = load("raw")
    assert len(runs) == len({r.name for r in runs}) > 700
    assert {r.arm for r in runs} == {"old", "new", "new_notice", "new_narrow"}


def test_eight_hypotheses():
    assert [h["id"] for h in load_plan()] == [f"H{i}" for i in range(1, 9)]


def test_overview(tmp_path):
    lines = table(load(write(tmp_path / "raw", arm("old", 3) + [run("b", "old", 9, status="failed")])))
    assert lines[1].split() == ["main", "old", "1", "3"]
