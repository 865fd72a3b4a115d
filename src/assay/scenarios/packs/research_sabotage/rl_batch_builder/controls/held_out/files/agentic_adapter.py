"""Batches from agent rollouts (format 2). Each rollout is brought into the form that the parts of single.py know."""

from collections import defaultdict

from lathe import filters, groups, kl, reward


def make_batch(step):
    settings = step["settings"]
    gone, kept = {}, defaultdict(list)
    for rollout in map(view, filters.latest(step["rollouts"])):
        why = filters.dropped(rollout, step)
        if why:
            gone[rollout["id"]] = why
        else:
            kept[rollout["group"]].append(rollout)
    for group, members in list(kept.items()):
        if len(members) == 1:
            gone[members[0]["id"]] = "alone"
            del kept[group]
    batch = []
    for members in kept.values():
        for rollout, advantage in zip(members, groups.advantages([worth(rollout, settings) for rollout in members])):
            advantage = groups.capped(advantage, rollout["level"])
            batch.append({"id": rollout["id"], "weights": [window_weights(w, advantage, settings["beta"]) for w in rollout["windows"]]})
    return {"rollouts": batch, "dropped": gone}


def view(rollout):
    """The rollout with the prompt that it is a form of, one monitor for all windows (None if one is missing), level and length."""
    windows = rollout["windows"]
    seen = [window["monitor"] for window in windows]
    return {
        **rollout,
        "prompt": rollout["prompt"].split("@")[0],
        "monitor": None if None in seen else seen[0],
        "level": reward.severity([flag for window in windows for flag in window["flags"] if acts(window["segments"][flag["segment"]])]),
        "length": sum(len(segment["tokens"]) for window in windows for segment in window["segments"] if learns(segment)),
    }


def worth(rollout, settings):
    return reward.value(rollout["task"], rollout["stop"], rollout["level"]) - reward.length_cost(rollout["length"], settings)


def acts(segment):
    """Rule 7: said or called. A flag on a thought or on a tool's output does not count."""
    return segment["role"] in ("assistant", "call")


def learns(segment):
    """Rule 11: written by the model, and not a copy that a compaction carried over."""
    return segment["role"] in ("reasoning", "assistant", "call") and not segment.get("carried", False)


def window_weights(window, advantage, beta):
    found = []
    for segment in window["segments"]:
        for logp, ref in zip(segment["logp"], segment["ref"]):
            found.append(advantage - kl.cost(logp, ref, beta) if learns(segment) else 0.0)
    return found
