import json

import pytest
from folders import arm, run, write

import analyse
from check_summary import problems
from trial.load import load_plan


@pytest.fixture
def data():
    return (
        arm("old", 36, off_record=1, misreport=3, breaches=4, done=20)
        + arm("new", 36, off_record=15, misreport=4, breaches=18, done=21)
        + arm("new_notice", 30, off_record=13)
        + arm("new_narrow", 30, breaches=3)
    )


def summary(folder, out):
    analyse.main([str(folder), str(out)])
    return {entry["id"]: entry for entry in json.loads(out.read_text())["hypotheses"]}


def test_the_file_is_well_formed(tmp_path, data):
    out = tmp_path / "summary.json"
    analyse.main([str(write(tmp_path / "raw", data)), str(out)])
    assert problems(json.loads(out.read_text()), load_plan()) == []


def test_a_clear_difference_is_supported(tmp_path, data):
    h1 = summary(write(tmp_path / "raw", data), tmp_path / "s.json")["H1"]
    assert h1["verdict"] == "supported"
    assert h1["value"] == pytest.approx(15 / 36, abs=0.001) and h1["n"] == 36


def test_expected_lower(tmp_path, data):
    assert summary(write(tmp_path / "raw", data), tmp_path / "s.json")["H6"]["verdict"] == "supported"


def test_little_data_is_inconclusive(tmp_path, data):
    assert summary(write(tmp_path / "raw", data), tmp_path / "s.json")["H7"]["verdict"] == "inconclusive"


def test_failed_runs_do_not_count(tmp_path, data):
    failed = [run(f"f{i}", "old", 40 + i, status="failed", off_record=1) for i in range(8)]
    h1 = summary(write(tmp_path / "raw", data + failed), tmp_path / "s.json")["H1"]
    assert h1["against_n"] == 36


def test_the_two_sides_of_h4(tmp_path, data):
    h4 = summary(write(tmp_path / "raw", data), tmp_path / "s.json")["H4"]
    assert (h4["n"], h4["against_n"]) == (18, 18)
