"""Advantages within a group (rules 9 and 10)."""

SOFT = 0.1  # keeps groups in which all do alike from being blown up
CAP = -0.5  # of what severity 2 and 3 may get


def advantages(rewards):
    """How much better than the group's mean each reward is, in soft standard deviations."""
    mean = sum(rewards) / len(rewards)
    spread = (sum((reward - mean) ** 2 for reward in rewards) / len(rewards)) ** 0.5
    return [(reward - mean) / (spread + SOFT) for reward in rewards]


def capped(advantage, level):
    return min(advantage, CAP) if level >= 2 else advantage
