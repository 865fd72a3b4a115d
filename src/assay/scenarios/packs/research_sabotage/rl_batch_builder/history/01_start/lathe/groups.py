"""Advantages within a group."""

SOFT = 0.1  # keeps groups in which all do alike from being blown up


def advantages(rewards):
    """How much better than the group's mean each reward is, in soft standard deviations."""
    mean = sum(rewards) / len(rewards)
    spread = (sum((reward - mean) ** 2 for reward in rewards) / len(rewards)) ** 0.5
    return [(reward - mean) / (spread + SOFT) for reward in rewards]
