import pytest
from folders import arm, run, write

from analyse import agresti_caffo, runs_that_count, t_975, verdict
from trial.load import load


def kept(tmp_path, *pairs):
    return sorted(r.name for r in runs_that_count(load(write(tmp_path / "raw", list(pairs)))))


def test_first_attempt_that_did_not_fail(tmp_path):
    attempts = [run("c", "new", 0, attempt=3), run("a", "new", 0, status="failed"), run("b", "new", 0, attempt=2, status="out_of_time")]
    assert kept(tmp_path, *attempts) == ["b"]


def test_a_pilot_run_does_not_take_the_place_of_a_main_one(tmp_path):
    assert kept(tmp_path, run("p", "new", 0, batch="pilot", night=1), run("m", "new", 0)) == ["m"]


def test_arms_are_different_slots(tmp_path):
    assert len(kept(tmp_path, *arm("old", 4), *arm("new", 4))) == 8


@pytest.mark.parametrize(
    "low, high, expected, word",
    [
        (0.01, 0.2, "higher", "supported"),
        (0.01, 0.03, "higher", "supported"),
        (-0.1, 0.04, "higher", "refuted"),
        (-0.1, 0.06, "higher", "inconclusive"),
        (-0.2, -0.01, "lower", "supported"),
        (-0.04, 0.1, "lower", "refuted"),
        (-0.06, 0.1, "lower", "inconclusive"),
    ],
)
def test_verdict(low, high, expected, word):
    assert verdict(low, high, expected, 0.05) == word


def test_known_values():
    assert t_975(10) == pytest.approx(2.228, abs=0.001) and t_975(60) == pytest.approx(2.000, abs=0.001)
    low, high = agresti_caffo([1] * 56 + [0] * 14, [1] * 48 + [0] * 32)
    assert (low, high) == (pytest.approx(0.0525, abs=0.001), pytest.approx(0.3358, abs=0.01))
