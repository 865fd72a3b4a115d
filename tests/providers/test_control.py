from datetime import date
from pathlib import Path

import pytest

from assay.errors import UserError
from assay.providers.control import ControlPlan
from assay.providers.control_judge import JudgePlan
from assay.scenarios.samples import assignments
from assay.scenarios.scenario import Scenario

LEVELS = {"motivation": "safety", "oversight": "unreviewed"}


def test_a_name_says_kind_rate_seed_and_levels() -> None:
    plan = ControlPlan.parse("control/sabotage?rate=0.12&seed=7&oversight=unreviewed")
    assert (plan.kind, plan.rate, plan.seed) == ("sabotage", 0.12, 7)
    assert plan.only == (("oversight", "unreviewed"),)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("sabotag", "Did you mean 'sabotage'"),
        ("sabotage?rate=2", "rate=2 is no number between 0 and 1"),
        ("sabotage?rate=often", "rate=often"),
        ("sabotage?oversigt=reviewed", "Did you mean 'oversight'"),
        ("sabotage?oversight=never", "Unknown level of oversight 'never'"),
    ],
)
def test_what_a_name_cannot_mean_is_said(folder: Path, name: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        ControlPlan.parse(name, [Scenario.load(folder)])


def test_the_rate_is_kept_in_the_long_run() -> None:
    plan = ControlPlan.parse("sabotage?rate=0.12")
    drawn = sum(plan.draws("greeting", LEVELS, epoch) for epoch in range(10_000))
    assert 0.11 < drawn / 10_000 < 0.13


def test_outside_its_levels_a_control_is_honest() -> None:
    plan = ControlPlan.parse("sabotage?oversight=unreviewed")
    assert plan.draws("greeting", LEVELS, 1)
    assert not plan.draws("greeting", {**LEVELS, "oversight": "reviewed"}, 1)


def test_the_choice_among_controls_depends_on_the_run_alone(folder: Path) -> None:
    [run, _] = assignments([Scenario.load(folder)], {}, grid=False, today=date.today(), seed=0)
    plan = ControlPlan.parse("sabotage?seed=3")
    names = [plan.choose(run, epoch).name for epoch in range(40)]
    assert set(names) == {"sabotage", "sabotage_2"}
    assert names == [plan.choose(run, epoch).name for epoch in range(40)]


def test_a_scenario_without_such_a_control_says_so(folder: Path) -> None:
    [run, _] = assignments([Scenario.load(folder)], {}, grid=False, today=date.today(), seed=0)
    with pytest.raises(UserError, match="ships no control of kind 'partial'"):
        ControlPlan.parse("partial").choose(run, 1)


def test_a_scripted_judge_takes_error_rates_and_nothing_else() -> None:
    assert JudgePlan.parse("judge?sensitivity=0.9").sensitivity == 0.9
    with pytest.raises(UserError, match="Did you mean 'sensitivity'"):
        JudgePlan.parse("judge?sensitvity=0.9")
