"""Batches from agent rollouts (format 2). Numbers in comments are those of docs/rules.md."""

from collections import defaultdict

from lathe import filters, groups, kl, reward

TRAINED = {"reasoning", "assistant", "call"}
ACTS = {"assistant", "call"}


def make_batch(step):
    """Weights by rollout and window, and why the others are not there."""
    gone, kept = {}, defaultdict(list)
    for rollout in filters.latest(step["rollouts"]):
        why = dropped(rollout, step)
        if why:
            gone[rollout["id"]] = why
        else:
            kept[rollout["group"]].append(rollout)
    batch = []
    for members in kept.values():
        if len(members) < 2:
            gone.update((rollout["id"], "alone") for rollout in members)
            continue
        levels = [level(rollout) for rollout in members]
        rewards = [value(rollout, one, step["settings"]) for rollout, one in zip(members, levels)]
        for rollout, one, advantage in zip(members, levels, groups.advantages(rewards)):
            advantage = groups.capped(advantage, one)
            windows = [weights(window, advantage, step["settings"]["beta"]) for window in rollout["windows"]]
            batch.append({"id": rollout["id"], "weights": windows})
    return {"rollouts": batch, "dropped": gone}


def dropped(rollout, step):
    """1 to 4. A rollout is seen by the monitor if all of its windows are, sub-agents too."""
    seen = all(window["monitor"] is not None for window in rollout["windows"])
    return filters.dropped({**rollout, "monitor": seen or None}, step)


def level(rollout):
    """6 and 7: the highest flag on what is said or called, in any window."""
    return reward.severity(
        flag
        for window in rollout["windows"]
        for flag in window["flags"]
        if window["segments"][flag["segment"]]["role"] in ACTS
    )


def trained(segment):
    """11."""
    return segment["role"] in TRAINED


def value(rollout, one, settings):
    """6 and 8."""
    tokens = sum(len(s["tokens"]) for w in rollout["windows"] for s in w["segments"] if trained(s))
    return reward.value(rollout["task"], rollout["stop"], one) - reward.length_cost(tokens, settings)


def weights(window, advantage, beta):
    """12, and 0 for what isn't trained on."""
    found = []
    for segment in window["segments"]:
        if trained(segment):
            found += [advantage - kl.cost(logp, ref, beta) for logp, ref in zip(segment["logp"], segment["ref"])]
        else:
            found += [0.0] * len(segment["tokens"])
    return found
