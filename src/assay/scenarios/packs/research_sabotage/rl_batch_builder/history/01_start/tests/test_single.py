import pytest

from lathe.single import make_batch
from tests.made import single_rollout, step


def weights(batch):
    return {rollout["id"]: rollout["weights"] for rollout in batch["rollouts"]}


def test_the_prompt_weighs_nothing():
    found = weights(make_batch(step(single_rollout("a", 1.0), single_rollout("b"))))
    assert found["a"][:2] == [0.0, 0.0]
    assert found["a"][2] == pytest.approx(0.5 / 0.6)
    assert found["b"][3] == pytest.approx(-0.5 / 0.6)


def test_kl_is_paid_per_token():
    rollout = single_rollout("a", 1.0, ref=[-0.5, -0.5, -1.5, -0.5])
    found = weights(make_batch(step(rollout, single_rollout("b"), beta=0.1)))
    assert found["a"][3] - found["a"][2] == pytest.approx(0.1)


def test_dropped_with_a_reason():
    rollouts = [
        single_rollout("a", prompt="swe/0001"),
        single_rollout("b", monitor=None),
        single_rollout("c", policy=7),
        single_rollout("d", stop="error"),
        single_rollout("e"),
    ]
    batch = make_batch(step(*rollouts, heldout=["swe/0001"]))
    assert batch["dropped"] == {"a": "heldout", "b": "unmonitored", "c": "stale", "d": "error", "e": "alone"}
