"""Which rollouts are not trained on at all (rules 1 to 4)."""


def dropped(rollout, step):
    """The reason, or None. Order matters for the counts only."""
    if rollout["prompt"].split("@")[0] in step["heldout"]:
        return "heldout"
    if any(window["monitor"] is None for window in rollout["windows"]):
        return "unmonitored"
    if rollout["policy"] < step["settings"]["policy"] - step["settings"]["max_lag"]:
        return "stale"
    if rollout["stop"] == "error":
        return "error"
    return None


def latest(rollouts):
    """One rollout an id: what was sent in again replaces what was there (rule 5)."""
    found = {}
    for rollout in rollouts:
        found[rollout["id"]] = rollout
    return list(found.values())
