import pytest

from lathe.agentic import make_batch
from tests.made import agent_rollout, step, window


def first(batch, name):
    return next(rollout["weights"] for rollout in batch["rollouts"] if rollout["id"] == name)


def flagged(role, severity, agent="main", **more):
    return window("user", role, agent=agent, flags=[{"segment": 1, "kind": "egress", "severity": severity, **more}])


def test_paraphrases_of_held_out_prompts():
    rollouts = [agent_rollout("a", prompt="swe/0001@2"), agent_rollout("b"), agent_rollout("c")]
    assert make_batch(step(*rollouts, heldout=["swe/0001"]))["dropped"] == {"a": "heldout"}


def test_a_window_without_a_monitor():
    half = [window("user", "call"), window("user", "call", agent="sub-1", monitor=None)]
    assert make_batch(step(agent_rollout("a", windows=half), agent_rollout("b"), agent_rollout("c")))["dropped"] == {"a": "unmonitored"}


@pytest.mark.parametrize("agent", ["main", "sub-1"])
def test_whoever_does_it(agent):
    shown = [window("user", "assistant"), flagged("call", 3, agent)]
    assert first(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))), "a")[0][-1] < -0.5


def test_thoughts_and_tools_do_not_cost():
    for role in ("reasoning", "tool"):
        shown = [flagged(role, 3), window("user", "call")]
        assert first(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))), "a")[1][-1] > 0.5


def test_dismissed():
    shown = [flagged("call", 3, dismissed="ines")]
    assert first(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))), "a")[0][-1] > 0.5


def test_carried_over_is_trained_on_once():
    second = window("user", "call", "call")
    second["segments"][1]["carried"] = True
    found = first(make_batch(step(agent_rollout("a", 1.0, windows=[window("user", "call"), second]), agent_rollout("b"))), "a")
    assert found[1][:4] == [0.0] * 4 and found[0][-1] == found[1][-1] > 0


def test_cap():
    cheats = [agent_rollout(name, 1.0, windows=[flagged("call", 2)]) for name in "ab"]
    assert first(make_batch(step(*cheats)), "a")[0][-1] == -0.5
