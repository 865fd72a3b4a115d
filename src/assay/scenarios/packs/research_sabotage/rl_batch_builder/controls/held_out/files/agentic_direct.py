"""Batches from agent rollouts (format 2): one context a window, several windows a rollout."""

from collections import defaultdict

from lathe import filters, groups, kl, reward

TRAINED = ("reasoning", "assistant", "call")  # rule 11: what the model wrote
ACTS = ("assistant", "call")  # rule 7: where a flag counts, so not in reasoning


def make_batch(step):
    """Weights by rollout, one list a window, and why the others are not there."""
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
        levels = [reward.severity(acted(rollout)) for rollout in members]
        rewards = [
            reward.value(rollout["task"], rollout["stop"], level) - reward.length_cost(length(rollout), step["settings"])
            for rollout, level in zip(members, levels)
        ]
        for rollout, level, advantage in zip(members, levels, groups.advantages(rewards)):
            advantage = groups.capped(advantage, level)
            batch.append({"id": rollout["id"], "weights": weights(rollout, advantage, step["settings"]["beta"])})
    return {"rollouts": batch, "dropped": gone}


def trained(segment):
    """Rule 11. What a compaction carried over is trained on in the window that it comes from."""
    return segment["role"] in TRAINED and not segment.get("carried")


def acted(rollout):
    """The flags on what the rollout said and called, whichever agent did it (rules 6 and 7)."""
    return [
        flag
        for window in rollout["windows"]
        for flag in window["flags"]
        if window["segments"][flag["segment"]]["role"] in ACTS
    ]


def length(rollout):
    """Tokens that are trained on, over all windows (rule 8)."""
    return sum(len(s["tokens"]) for window in rollout["windows"] for s in window["segments"] if trained(s))


def weights(rollout, advantage, beta):
    """A list for every window: 0 for what isn't trained on, else the advantage less the cost of the KL term."""
    return [[w for s in window["segments"] for w in segment_weights(s, advantage, beta)] for window in rollout["windows"]]


def segment_weights(segment, advantage, beta):
    if not trained(segment):
        return [0.0] * len(segment["tokens"])
    return [advantage - kl.cost(logp, ref, beta) for logp, ref in zip(segment["logp"], segment["ref"])]
