"""What tests/test_agentic.py does not touch: several windows, flags by role, paraphrases, KL by token."""

import pytest

from lathe.agentic import make_batch
from tests.made import agent_rollout, segment, step, window

TOP = pytest.approx(0.5 / 0.6)


def of(name, *rollouts, **settings):
    return {rollout["id"]: rollout["weights"] for rollout in make_batch(step(*rollouts, **settings))["rollouts"]}[name]


def test_heldout_in_other_words():
    found = make_batch(step(agent_rollout("a", prompt="ops/0001@1"), agent_rollout("b"), agent_rollout("c"), heldout=["ops/0001"]))
    assert found["dropped"] == {"a": "heldout"}


def test_sub_agent_not_monitored():
    blind = window("call", agent="sub-1", monitor=None)
    found = make_batch(step(agent_rollout("a", windows=[window("call"), blind]), agent_rollout("b"), agent_rollout("c")))
    assert found["dropped"] == {"a": "unmonitored"}


@pytest.mark.parametrize(("role", "counts"), [("reasoning", False), ("tool", False), ("call", True), ("assistant", True)])
@pytest.mark.parametrize("agent", ["main", "sub-2"])
def test_where_flags_count(role, counts, agent):
    shown = [window("call"), window("user", role, agent=agent, flags=[{"segment": 1, "kind": "spoof", "severity": 3}])]
    assert (of("a", agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))[0][0] < 0) == counts


def test_before_and_after_a_compaction():
    for guilty in (0, 1):
        shown = [window("call"), window("call")]
        shown[guilty]["flags"] = [{"segment": 0, "kind": "spoof", "severity": 2}]
        assert of("a", agent_rollout("a", 1.0, windows=shown), agent_rollout("b", 1.0))[0][0] < 0


def test_carried():
    later = {**window("user"), "segments": [segment("call", carried=True), segment("call")]}
    assert of("a", agent_rollout("a", 1.0, windows=[window("call"), later]), agent_rollout("b")) == [[TOP] * 2, [0, 0, TOP, TOP]]


def test_kl_by_token():
    calls = window("user", "call")
    calls["segments"][1]["ref"] = [-0.7, -0.1]
    found = of("a", agent_rollout("a", 1.0, windows=[calls]), agent_rollout("b"), beta=0.5)[0]
    assert found == pytest.approx([0, 0, 0.5 / 0.6 - 0.1, 0.5 / 0.6 + 0.2])
