"""Which single-turn rollouts are not trained on at all (rules 1 to 4)."""


def dropped(rollout, step):
    """The reason, or None. Order matters for the counts only."""
    if rollout["prompt"] in step["heldout"]:
        return "heldout"
    if rollout["monitor"] is None:
        return "unmonitored"
    if rollout["policy"] < step["settings"]["policy"] - step["settings"]["max_lag"]:
        return "stale"
    if rollout["stop"] == "error":
        return "error"
    return None
