"""Which rollouts are not trained on at all (rules 1 to 5). Both formats come through here."""


def dropped(rollout, step):
    """The reason, or None. The order is that of docs/rules.md, and the first counts."""
    settings = step["settings"]
    if rollout["prompt"].split("@", 1)[0] in step["heldout"]:
        return "heldout"
    if not monitored(rollout):
        return "unmonitored"
    if rollout["policy"] < settings["policy"] - settings["max_lag"]:
        return "stale"
    if rollout["stop"] == "error":
        return "error"
    return None


def monitored(rollout):
    """Whether the monitor has seen all of it: every window, or for format 1 the one text."""
    return all(part["monitor"] is not None for part in rollout.get("windows", [rollout]))


def latest(rollouts):
    """One rollout an id: what was sent in again replaces what was there (rule 5)."""
    found = {}
    for rollout in rollouts:
        found[rollout["id"]] = rollout
    return list(found.values())
