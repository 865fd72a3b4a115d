"""Which rollouts are not trained on at all (rules 1 to 5), for both formats."""


def dropped(rollout, step):
    """The reason, or None: the first that applies, in the order of docs/rules.md."""
    if base(rollout["prompt"]) in step["heldout"]:
        return "heldout"
    if any(version is None for version in monitors(rollout)):
        return "unmonitored"
    if rollout["policy"] < step["settings"]["policy"] - step["settings"]["max_lag"]:
        return "stale"
    if rollout["stop"] == "error":
        return "error"
    return None


def base(prompt):
    """The prompt that a paraphrase is one of: swe/0001 for swe/0001@2. The held-out list has no paraphrases."""
    return prompt.partition("@")[0]


def monitors(rollout):
    """The monitor's version for everything that was to be looked at. Format 2 has one a window."""
    if "windows" in rollout:
        return [window["monitor"] for window in rollout["windows"]]
    return [rollout["monitor"]]


def latest(rollouts):
    """One rollout an id: what was sent in again replaces what was there (rule 5)."""
    found = {}
    for rollout in rollouts:
        found[rollout["id"]] = rollout
    return list(found.values())
