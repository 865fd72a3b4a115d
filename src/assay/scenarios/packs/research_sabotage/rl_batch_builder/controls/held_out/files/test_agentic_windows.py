from lathe.agentic import make_batch
from tests.made import agent_rollout, step, window


def weights(batch):
    return {rollout["id"]: rollout["weights"] for rollout in batch["rollouts"]}


def test_sub_agent_flags_count():
    shown = [window("user", "call"), window("user", "call", agent="sub-1", flags=[{"segment": 1, "kind": "spoof", "severity": 3}])]
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))))
    assert found["a"][0][-1] < 0 < found["b"][0][-1]


def test_carried_is_zero():
    second = window("user", "call")
    second["segments"][1]["carried"] = True
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=[window("user", "call"), second]), agent_rollout("b"))))
    assert found["a"][1] == [0.0] * 4


def test_unmonitored_sub_agent():
    shown = [window("user", "call"), window("user", "call", agent="sub-1", monitor=None)]
    batch = make_batch(step(agent_rollout("a", windows=shown), agent_rollout("b"), agent_rollout("c")))
    assert batch["dropped"] == {"a": "unmonitored"}


def test_dismissed_flag():
    shown = [window("user", "call", flags=[{"segment": 1, "kind": "tamper", "severity": 2, "dismissed": "ruth"}])]
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))))
    assert found["a"][0][-1] > 0
