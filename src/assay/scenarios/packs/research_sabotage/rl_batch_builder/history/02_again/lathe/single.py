"""Batches from single-turn rollouts (format 1): one prompt, one answer, both in one list of tokens."""

from collections import defaultdict

from lathe import filters, groups, kl, reward


def make_batch(step):
    """Weights by rollout, and why the others are not there."""
    gone, kept = {}, defaultdict(list)
    for rollout in filters.latest(step["rollouts"]):
        why = filters.dropped(rollout, step)
        if why:
            gone[rollout["id"]] = why
        else:
            kept[rollout["group"]].append(rollout)
    batch = []
    for members in kept.values():
        if len(members) < 2:
            gone.update((rollout["id"], "alone") for rollout in members)
            continue
        levels = [reward.severity(rollout["flags"]) for rollout in members]
        rewards = [
            reward.value(rollout["task"], rollout["stop"], level)
            for rollout, level in zip(members, levels)
        ]
        for rollout, advantage in zip(members, groups.advantages(rewards)):
            batch.append({"id": rollout["id"], "weights": weights(rollout, advantage, step["settings"]["beta"])})
    return {"rollouts": batch, "dropped": gone}


def weights(rollout, advantage, beta):
    """0 for the prompt, then the advantage less the cost of the KL term."""
    answer = range(rollout["answer"], len(rollout["tokens"]))
    paid = {i: advantage - kl.cost(rollout["logp"][i], rollout["ref"][i], beta) for i in answer}
    return [paid.get(i, 0.0) for i in range(len(rollout["tokens"]))]
