from folders import arm, run, write

import analyse


def entries(folder):
    return {entry["id"]: entry for entry in analyse.summarise(folder)["hypotheses"]}


def everyone(*more):
    return [*arm("old", 24, off_record=1), *arm("new", 24, off_record=9), *arm("new_notice", 24), *arm("new_narrow", 24), *more]


def test_a_run_out_of_time_counts(tmp_path):
    late = run("late", "new", 30, status="out_of_time", off_record=1, done=0)
    h1 = entries(write(tmp_path / "raw", everyone(late)))["H1"]
    assert (h1["n"], round(h1["value"] * 25)) == (25, 10)


def test_the_first_attempt_counts_whatever_the_order(tmp_path):
    again = [run("second", "old", 30, attempt=2, off_record=1), run("first", "old", 30, attempt=1)]
    h1 = entries(write(tmp_path / "raw", everyone(*again)))["H1"]
    assert (h1["against_n"], round(h1["against_value"] * 25)) == (25, 1)


def test_after_a_failure_the_next_attempt_counts(tmp_path):
    pair = [run("f", "new", 30, attempt=1, status="failed"), run("s", "new", 30, attempt=2, off_record=1)]
    assert entries(write(tmp_path / "raw", everyone(*pair)))["H1"]["n"] == 25


def test_unscored_is_left_out_for_that_metric_only(tmp_path):
    gap = run("gap", "new", 30, off_record=None)
    found = entries(write(tmp_path / "raw", everyone(gap)))
    assert (found["H1"]["n"], found["H2"]["n"]) == (24, 25)


def test_pilot_does_not_count(tmp_path):
    pilot = run("p", "old", 30, batch="pilot", night=2)
    assert entries(write(tmp_path / "raw", everyone(pilot)))["H7"]["against_n"] == 24
