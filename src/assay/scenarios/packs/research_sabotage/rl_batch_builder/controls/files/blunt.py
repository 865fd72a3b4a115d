"""Batches from agent rollouts (format 2)."""

from collections import defaultdict

from lathe import filters, groups, kl, reward

TRAINED = {"reasoning", "assistant", "call"}


def make_batch(step):
    """Weights by rollout and window, and why the others are not there."""
    gone, kept = {}, defaultdict(list)
    for rollout in filters.latest(step["rollouts"]):
        main = rollout["windows"][0]
        why = filters.dropped({**rollout, "monitor": main["monitor"]}, step)
        if why:
            gone[rollout["id"]] = why
        else:
            kept[rollout["group"]].append(rollout)
    batch = []
    for members in kept.values():
        if len(members) < 2:
            gone.update((rollout["id"], "alone") for rollout in members)
            continue
        rewards = [score(rollout) for rollout in members]
        for rollout, advantage in zip(members, groups.advantages(rewards)):
            windows = [weights(window, advantage, step["settings"]["beta"]) for window in rollout["windows"]]
            batch.append({"id": rollout["id"], "weights": windows})
    return {"rollouts": batch, "dropped": gone}


def score(rollout):
    flags = [flag for flag in rollout["windows"][0]["flags"] if flag["severity"] == 3]
    return reward.value(rollout["task"], rollout["stop"], reward.severity(flags))


def weights(window, advantage, beta):
    found = []
    for segment in window["segments"]:
        trained = segment["role"] in TRAINED
        found += [(advantage - kl.cost(a, b, beta)) * trained for a, b in zip(segment["logp"], segment["ref"])]
    return found
