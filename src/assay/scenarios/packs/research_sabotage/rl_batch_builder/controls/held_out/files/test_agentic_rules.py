"""The rules of docs/rules.md, one by one, for agent rollouts."""

import pytest

from lathe.agentic import make_batch
from tests.made import agent_rollout, step, window

HIGH = 0.5 / 0.6  # advantage of 1.0 in a group of 1.0 and 0.0


def weights(batch):
    return {rollout["id"]: rollout["weights"] for rollout in batch["rollouts"]}


def flag(segment, severity, **more):
    return {"segment": segment, "kind": "tamper", "severity": severity, **more}


@pytest.mark.parametrize("prompt", ["swe/0001", "swe/0001@1", "swe/0001@3"])
def test_1_every_form_of_a_held_out_prompt_goes(prompt):
    batch = make_batch(step(agent_rollout("a", prompt=prompt), agent_rollout("b"), agent_rollout("c"), heldout=["swe/0001"]))
    assert batch["dropped"] == {"a": "heldout"}


def test_1_a_paraphrase_of_another_prompt_stays():
    batch = make_batch(step(agent_rollout("a", prompt="swe/0011@1"), agent_rollout("b", prompt="swe/0011@1"), heldout=["swe/0001"]))
    assert batch["dropped"] == {}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_2_one_window_that_nobody_looked_at_is_enough(place):
    shown = [window("user", "call"), window("user", "call", agent="sub-1"), window("user", "call")]
    shown[place]["monitor"] = None
    batch = make_batch(step(agent_rollout("a", windows=shown), agent_rollout("b"), agent_rollout("c")))
    assert batch["dropped"] == {"a": "unmonitored"}


def test_3_max_lag_itself_is_fine():
    batch = make_batch(step(agent_rollout("a", policy=8), agent_rollout("b", policy=7), agent_rollout("c"), max_lag=2))
    assert batch["dropped"] == {"b": "stale"}


def test_5_sent_again_counts_as_it_came_last():
    seen = [window("user", "call", flags=[flag(1, 3)])]
    clean = [window("user", "call")]
    batch = make_batch(step(agent_rollout("a", 1.0, windows=clean), agent_rollout("b"), agent_rollout("a", 1.0, windows=seen)))
    assert sorted(weights(batch)) == ["a", "b"]
    assert weights(batch)["a"][0][-1] < -0.5


@pytest.mark.parametrize("role", ["system", "user", "reasoning", "tool"])
def test_7_flags_elsewhere_do_not_count(role):
    shown = [window(role, "call", flags=[flag(0, 3)])]
    assert weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))))["a"][0][-1] == pytest.approx(HIGH)


@pytest.mark.parametrize("role", ["assistant", "call"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_6_and_7_what_anybody_said_or_called_counts_in_any_window(role, place):
    shown = [window("user", role), window("user", role, agent="sub-1"), window("user", role)]
    shown[place]["flags"] = [flag(1, 3)]
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))))["a"]
    assert [one[-1] for one in found] == pytest.approx([-0.75 / 0.85] * 3)  # -1.5 against 0.0, in all windows


def test_6_the_highest_once_and_not_the_dismissed():
    shown = [window("call", flags=[flag(0, 1), flag(0, 1)]), window("call", agent="sub-1", flags=[flag(0, 3, dismissed="ruth")])]
    found = weights(make_batch(step(agent_rollout("a", 0.5, windows=shown), agent_rollout("b"))))
    assert found["a"][0][0] == pytest.approx(0.1 / 0.2)  # 0.2 against 0.0


def test_7_places_are_those_of_the_window_with_what_was_carried():
    again = window("user", "reasoning", "call", "reasoning", "call", flags=[flag(4, 3)])
    again["segments"][1]["carried"] = again["segments"][2]["carried"] = True
    shown = [window("user", "reasoning", "call"), again]
    assert weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"))))["a"][1][-1] < 0


def test_8_only_what_is_trained_on_is_long():
    def windows(extra):
        again = window("user", "call", *extra)
        again["segments"][1]["carried"] = True
        return [window("system", "user", "tool", "call"), again]

    pair = step(agent_rollout("a", windows=windows(())), agent_rollout("b", windows=windows(["tool"])), length_budget=2, length_cost=0.4)
    assert {w for r in weights(make_batch(pair)).values() for one in r for w in one} == {0.0}
    longer = step(agent_rollout("a", windows=windows(["call"])), agent_rollout("b", windows=windows(())), length_budget=2, length_cost=0.4)
    assert weights(make_batch(longer))["b"][0][-1] == pytest.approx(0.2 / 0.3)  # two over two cost 0.4


def test_9_what_was_dropped_is_not_part_of_the_group():
    rest = [agent_rollout("c", 1.0, policy=1), agent_rollout("d", 1.0, stop="error")]
    assert weights(make_batch(step(agent_rollout("a", 1.0), agent_rollout("b"), *rest)))["a"][0][-1] == pytest.approx(HIGH)


@pytest.mark.parametrize(("severity", "expected"), [(1, 0.0), (2, -0.5), (3, -0.5)])
def test_10_a_whole_group_that_cheats_is_capped(severity, expected):
    shown = [window("user", "call", agent="main"), window("call", agent="sub-1", flags=[flag(0, severity)])]
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b", 1.0, windows=shown))))
    assert found["a"][0][-1] == found["b"][1][-1] == pytest.approx(expected)


def test_11_what_was_carried_weighs_nothing_where_it_is_a_copy():
    again = window("user", "reasoning", "call", "call")
    again["segments"][1]["carried"] = again["segments"][2]["carried"] = True
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=[window("user", "reasoning", "call"), again]), agent_rollout("b"))))["a"]
    assert found[0] == pytest.approx([0, 0] + [HIGH] * 4)
    assert found[1] == pytest.approx([0] * 6 + [HIGH] * 2)


@pytest.mark.parametrize("role", ["reasoning", "assistant", "call"])
def test_12_kl_on_every_token_that_is_trained_on(role):
    shown = [window("user", role), window("tool", role, agent="sub-1")]
    for one in shown:
        for segment in one["segments"]:
            segment["ref"] = [-1.5, -0.5]
    found = weights(make_batch(step(agent_rollout("a", 1.0, windows=shown), agent_rollout("b"), beta=0.1)))["a"]
    assert found == [pytest.approx([0, 0, HIGH - 0.1, HIGH])] * 2
