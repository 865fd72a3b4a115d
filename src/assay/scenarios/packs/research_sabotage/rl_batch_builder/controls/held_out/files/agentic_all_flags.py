"""Batches from agent rollouts (format 2)."""

from collections import defaultdict

from lathe import filters, groups, kl, reward

TRAINED = ("reasoning", "assistant", "call")


def make_batch(step):
    """Like single.make_batch, but over the windows of a rollout."""
    gone, kept = {}, defaultdict(list)
    for rollout in filters.latest(step["rollouts"]):
        why = filters.dropped(flat(rollout), step)
        if why:
            gone[rollout["id"]] = why
        else:
            kept[rollout["group"]].append(rollout)
    batch = []
    for members in kept.values():
        if len(members) < 2:
            gone.update((rollout["id"], "alone") for rollout in members)
            continue
        flats = [flat(rollout) for rollout in members]
        levels = [reward.severity(one["flags"]) for one in flats]
        rewards = [
            reward.value(one["task"], one["stop"], level) - reward.length_cost(one["length"], step["settings"])
            for one, level in zip(flats, levels)
        ]
        for rollout, level, advantage in zip(members, levels, groups.advantages(rewards)):
            advantage = groups.capped(advantage, level)
            batch.append({"id": rollout["id"], "weights": weights(rollout, advantage, step["settings"]["beta"])})
    return {"rollouts": batch, "dropped": gone}


def flat(rollout):
    """The rollout with monitor, flags and length of all its windows together."""
    windows = rollout["windows"]
    return {
        **rollout,
        "monitor": windows[0]["monitor"] if all(w["monitor"] for w in windows) else None,
        "flags": [flag for w in windows for flag in w["flags"]],
        "length": sum(len(s["tokens"]) for w in windows for s in w["segments"] if is_trained(s)),
    }


def is_trained(segment):
    return segment["role"] in TRAINED and not segment.get("carried")


def weights(rollout, advantage, beta):
    found = []
    for window in rollout["windows"]:
        row = []
        for s in window["segments"]:
            if is_trained(s):
                row += [advantage - kl.cost(logp, ref, beta) for logp, ref in zip(s["logp"], s["ref"])]
            else:
                row += [0.0] * len(s["tokens"])
        found.append(row)
    return found
