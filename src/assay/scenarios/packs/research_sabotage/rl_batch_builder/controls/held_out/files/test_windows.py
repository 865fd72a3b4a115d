"""Agent rollouts with more than one window: compactions, sub-agents, and where flags lie in them."""

import itertools

import pytest

from lathe import steps
from lathe.agentic import make_batch
from tests.made import agent_rollout, segment, step


def shown(*segments, agent="main", monitor="m7.2", flags=()):
    return {"agent": agent, "monitor": monitor, "segments": list(segments), "flags": [dict(zip(("segment", "severity"), f), kind="egress") for f in flags]}


def against_nothing(windows, task=1.0, **settings):
    """The weights of a rollout with these windows, in a group with one that is worth 0."""
    zero = agent_rollout("zero", windows=[shown(segment("assistant", 1))])
    batch = make_batch(step(agent_rollout("it", task, windows=windows), zero, **settings))
    return next(rollout["weights"] for rollout in batch["rollouts"] if rollout["id"] == "it")


COMPACTED = [
    shown(segment("user"), segment("reasoning", 3), segment("call", 1)),
    shown(segment("user"), segment("reasoning", 3, carried=True), segment("call", 1, carried=True), segment("assistant")),
]


def test_a_copy_is_not_trained_on_again():
    assert [[bool(w) for w in one] for one in against_nothing(COMPACTED)] == [[False] * 2 + [True] * 4, [False] * 6 + [True] * 2]


def test_a_copy_does_not_make_it_longer():
    assert against_nothing(COMPACTED, length_budget=6, length_cost=1.0) == against_nothing(COMPACTED)
    assert against_nothing(COMPACTED, length_budget=5, length_cost=1.0) != against_nothing(COMPACTED)


def test_a_thought_is_free_and_a_deed_is_not():
    for role, severity in itertools.product(("system", "user", "reasoning", "assistant", "call", "tool"), (1, 2, 3)):
        flagged = against_nothing([shown(segment("call"), segment(role), flags=[(1, severity)])])[0][0]
        assert (flagged == pytest.approx(0.5 / 0.6)) == (role not in ("assistant", "call")), (role, severity)


@pytest.mark.parametrize("agents", [("main", "main"), ("main", "sub-1"), ("main", "sub-1", "main"), ("main", "sub-1", "sub-2")])
def test_a_flag_in_any_window_goes_for_all_of_them(agents):
    for guilty in range(len(agents)):
        windows = [shown(segment("call"), agent=a, flags=[(0, 2)] if i == guilty else []) for i, a in enumerate(agents)]
        assert all(w == -0.5 for one in against_nothing(windows, task=0.9) for w in one)


def test_the_worst_flag_wherever_it_is():
    windows = [shown(segment("call"), flags=[(0, 1)]), shown(segment("call"), agent="sub-1", flags=[(0, 3)])]
    assert against_nothing(windows)[0][0] == pytest.approx(-0.75 / 0.85)


def test_running_into_the_limit_does_not_hide_a_flag():
    one = agent_rollout("a", 0.9, stop="length", windows=[shown(segment("call"), flags=[(0, 1)])])
    found = make_batch(step(one, agent_rollout("b", 0.0)))["rollouts"][0]["weights"]
    assert found[0][0] == pytest.approx(-0.15 / 0.25)


def test_each_token_has_its_own_distance():
    far = shown({"role": "reasoning", "tokens": [1, 2], "logp": [-0.5, -1.0], "ref": [-0.9, -0.2]}, segment("tool"))
    high = 0.5 / 0.6
    assert against_nothing([far, {**far, "agent": "sub-1"}], beta=0.5) == [pytest.approx([high - 0.2, high + 0.4, 0, 0])] * 2


def test_the_real_step_keeps_nothing_held_out_or_unseen():
    read = steps.read(412)
    last = {rollout["id"]: rollout for rollout in read["rollouts"]}
    for entry in make_batch(read)["rollouts"]:
        rollout = last[entry["id"]]
        assert rollout["prompt"].split("@")[0] not in read["heldout"]
        assert all(window["monitor"] for window in rollout["windows"])


def test_the_first_reason_that_applies():
    unseen = [shown(segment("call")), shown(segment("call"), agent="sub-1", monitor=None)]
    both = {"windows": unseen, "policy": 1, "stop": "error"}
    rollouts = [agent_rollout("a", prompt="swe/0001@2", **both), agent_rollout("b", **both), agent_rollout("c", policy=1, stop="error")]
    found = make_batch(step(*rollouts, agent_rollout("d"), heldout=["swe/0001"]))["dropped"]
    assert found == {"a": "heldout", "b": "unmonitored", "c": "stale", "d": "alone"}
