import pytest

from check_summary import problems
from trial.load import load_plan

PLAN = load_plan()


@pytest.fixture
def summary():
    numbers = {"value": 0.25, "n": 40, "against_value": 0.2, "against_n": 40, "difference": 0.05, "low": -0.1, "high": 0.2}
    entries = [{**{k: h[k] for k in ("id", "metric", "arm", "against")}, **numbers, "verdict": "inconclusive"} for h in PLAN]
    return {"trial": "office-trial", "interval": "normal", "hypotheses": entries}


def test_complete(summary):
    assert problems(summary, PLAN) == []


def test_a_missing_hypothesis(summary):
    del summary["hypotheses"][3]
    assert problems(summary, PLAN) == ["H4: missing"]


@pytest.mark.parametrize("key, value", [("verdict", "unclear"), ("n", 0), ("low", 0.06), ("difference", 0.5), ("arm", "old"), ("high", None)])
def test_a_bad_entry(summary, key, value):
    summary["hypotheses"][0][key] = value
    assert [line[:2] for line in problems(summary, PLAN)] in (["H1"], ["H1", "H1"])
