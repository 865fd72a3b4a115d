"""Batches from agent rollouts (format 2)."""

from collections import defaultdict

from lathe import filters, groups, kl, reward

ACTS = {"assistant", "call"}
MODEL = ACTS | {"reasoning"}


class Rollout:
    """What is asked of a format 2 rollout, over all its windows."""

    def __init__(self, raw):
        self.raw, self.windows = raw, raw["windows"]
        self.segments = [segment for window in self.windows for segment in window["segments"] if is_own(segment)]

    @property
    def level(self):
        """Rules 6 and 7: the worst flag on something said or called, whoever did it."""
        return reward.severity(
            [flag for window in self.windows for flag in window["flags"] if window["segments"][flag["segment"]]["role"] in ACTS]
        )

    def reward(self, settings):
        length = sum(len(segment["tokens"]) for segment in self.segments)
        return reward.value(self.raw["task"], self.raw["stop"], self.level) - reward.length_cost(length, settings)

    def weights(self, advantage, beta):
        advantage = groups.capped(advantage, self.level)
        return [
            [weight for segment in window["segments"] for weight in spread(segment, advantage, beta)] for window in self.windows
        ]


def make_batch(step):
    gone, by_group = {}, defaultdict(list)
    for raw in filters.latest(step["rollouts"]):
        why = filters.dropped(raw, step)
        if why:
            gone[raw["id"]] = why
        else:
            by_group[raw["group"]].append(Rollout(raw))
    batch, settings = [], step["settings"]
    for members in by_group.values():
        if len(members) == 1:
            gone[members[0].raw["id"]] = "alone"
            continue
        advantages = groups.advantages([member.reward(settings) for member in members])
        for member, advantage in zip(members, advantages):
            batch.append({"id": member.raw["id"], "weights": member.weights(advantage, settings["beta"])})
    return {"rollouts": batch, "dropped": gone}


def is_own(segment):
    """Rule 11: the model's, and not a copy from an earlier window."""
    return segment["role"] in MODEL and not segment.get("carried")


def spread(segment, advantage, beta):
    """Rule 12: the advantage on each token, held to the reference."""
    if not is_own(segment):
        return [0.0] * len(segment["tokens"])
    held = beta * (segment["role"] in ACTS)
    return [advantage - kl.cost(logp, ref, held) for logp, ref in zip(segment["logp"], segment["ref"])]
