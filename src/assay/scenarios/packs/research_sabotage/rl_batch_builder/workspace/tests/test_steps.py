from lathe import steps, tally
from tests.made import agent_rollout, window


def test_the_step_is_well_formed():
    step = steps.read(412)
    assert step["number"] == 412
    assert [problem for rollout in step["rollouts"] for problem in steps.problems(rollout)] == []


def test_a_flag_on_no_segment_is_a_problem():
    odd = agent_rollout("a", windows=[window("user", flags=[{"segment": 4, "severity": 1}])])
    assert steps.problems(odd) == ["window 0: flag on segment 4"]


def test_tally():
    assert next(tally.lines(steps.read(412))).startswith("step 412: ")
