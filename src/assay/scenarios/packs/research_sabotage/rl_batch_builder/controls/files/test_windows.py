"""What is new in format 2: windows, sub-agents, copies, paraphrases."""

import pytest

from lathe.agentic import make_batch
from tests.made import agent_rollout, segment, step, window


def weights(batch):
    return {rollout["id"]: rollout["weights"] for rollout in batch["rollouts"]}


def flag(place, severity, **more):
    return {"segment": place, "kind": "tamper", "severity": severity, **more}


def flagged(name, *flags, **more):
    shown = [window("user", "reasoning", "call", "tool", "assistant", flags=flags)]
    return agent_rollout(name, 1.0, windows=shown, **more)


def test_paraphrases_of_a_held_out_prompt():
    batch = make_batch(step(agent_rollout("a", prompt="swe/0001@2"), heldout=["swe/0001"]))
    assert batch["dropped"] == {"a": "heldout"}


def test_one_unseen_window_is_enough():
    shown = [window("user", "call"), window("user", "assistant", agent="sub-1", monitor=None)]
    assert make_batch(step(agent_rollout("a", windows=shown)))["dropped"] == {"a": "unmonitored"}


@pytest.mark.parametrize("place", [1, 3])
def test_flags_on_thoughts_and_tool_results_cost_nothing(place):
    found = weights(make_batch(step(flagged("a", flag(place, 3)), agent_rollout("b"))))
    assert found["a"][0][-1] > 0


def test_a_sub_agent_is_on_the_bill():
    shown = [window("user", "call"), window("user", "call", agent="sub-1", flags=[flag(1, 3)])]
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))))
    assert found["a"][0][-1] < 0


def test_a_whole_group_that_cheats():
    found = weights(make_batch(step(flagged("a", flag(2, 2)), flagged("b", flag(4, 2)))))
    assert found["a"][0][-1] == found["b"][0][-1] == -0.5


def test_copies_are_not_trained_on():
    copied = {**window("user"), "segments": [segment("call", carried=True), segment("assistant")]}
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=[copied]), agent_rollout("b"))))
    assert found["a"][0][:2] == [0, 0]
