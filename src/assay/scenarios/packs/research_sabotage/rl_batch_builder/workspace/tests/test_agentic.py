import pytest

from lathe import steps
from lathe.agentic import make_batch
from tests.made import agent_rollout, step, window


def weights(batch):
    return {rollout["id"]: rollout["weights"] for rollout in batch["rollouts"]}


def test_one_list_a_window_as_long_as_its_tokens():
    shown = [window("user", "assistant"), window("user", "call", "tool", agent="sub-1")]
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))))
    assert [len(one) for one in found["a"]] == [4, 6]


def test_better_than_the_group_is_more_of_it():
    [found] = weights(make_batch(step(agent_rollout("a", 1.0), agent_rollout("b"))))["a"]
    assert found[:2] == [0, 0]  # user
    assert found[2:6] == pytest.approx([0.5 / 0.6] * 4)  # reasoning, call
    assert found[6:8] == [0, 0]  # tool
    assert found[8:] == pytest.approx([0.5 / 0.6] * 2)


def test_a_flag_costs():
    flagged = [window("user", "call", flags=[{"segment": 1, "kind": "tamper", "severity": 3}])]
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=flagged), agent_rollout("b", 0.2))))
    assert found["a"][0][-1] < 0 < found["b"][0][-1]


def test_kl_is_in_there():
    rollout = agent_rollout("a", 1.0)
    rollout["windows"][0]["segments"][4]["ref"] = [-1.5, -0.5]
    [found] = weights(make_batch(step(rollout, agent_rollout("b"), beta=0.1)))["a"]
    assert found[9] - found[8] == pytest.approx(0.1)


def test_dropped_with_a_reason():
    rollouts = [
        agent_rollout("a", prompt="swe/0001"),
        agent_rollout("b", windows=[window("user", "assistant", monitor=None)]),
        agent_rollout("c", policy=7),
        agent_rollout("d", stop="error"),
        agent_rollout("e"),
    ]
    batch = make_batch(step(*rollouts, heldout=["swe/0001"]))
    assert batch["dropped"] == {"a": "heldout", "b": "unmonitored", "c": "stale", "d": "error", "e": "alone"}


def test_a_real_step():
    read = steps.read(412)
    batch = make_batch(read)
    names = {rollout["id"] for rollout in read["rollouts"]}
    assert set(weights(batch)) | set(batch["dropped"]) <= names
    assert len(batch["rollouts"]) > 100
