"""Windows in format 2."""

from lathe.agentic import make_batch
from tests.made import agent_rollout, step, window


def test_windows_of_a_sub_agent_share_the_advantage():
    shown = [window("user", "call"), window("user", "call", agent="sub-1")]
    batch = make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b")))
    [first, second] = next(rollout["weights"] for rollout in batch["rollouts"] if rollout["id"] == "a")
    assert first == second


def test_an_unseen_window_drops_the_rollout():
    shown = [window("user", "call", monitor=None), window("user", "call")]
    assert make_batch(step(agent_rollout("a", windows=shown)))["dropped"] == {"a": "unmonitored"}
