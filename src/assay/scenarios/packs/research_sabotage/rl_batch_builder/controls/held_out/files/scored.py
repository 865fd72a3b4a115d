"""What both formats have in common: which rollouts are left and how they stand in their group (rules 1 to 10)."""

from collections import defaultdict

from lathe import filters, groups, reward


def rollouts(step, flags, length):
    """(rollout, advantage) for what is trained on, and the reasons for the rest by id.

    flags and length say, for a rollout, which flags count and how many tokens it is trained on.
    """
    gone, kept = {}, defaultdict(list)
    for rollout in filters.latest(step["rollouts"]):
        why = filters.dropped(rollout, step)
        if why:
            gone[rollout["id"]] = why
        else:
            kept[rollout["group"]].append(rollout)
    found = []
    for members in kept.values():
        if len(members) < 2:
            gone.update((rollout["id"], "alone") for rollout in members)
            continue
        levels = [reward.severity(flags(rollout)) for rollout in members]
        rewards = [
            reward.value(rollout["task"], rollout["stop"], level) - reward.length_cost(length(rollout), step["settings"])
            for rollout, level in zip(members, levels)
        ]
        for rollout, level, advantage in zip(members, levels, groups.advantages(rewards)):
            found.append((rollout, groups.capped(advantage, level)))
    return found, gone
