"""Batches from agent rollouts (format 2): windows of segments, written by the model or by others."""

from lathe import kl, scored

ACTION = frozenset({"assistant", "call"})
WRITTEN = ACTION | {"reasoning"}


def make_batch(step):
    """Weights by rollout, a list for every window, and why the others are not there."""
    kept, gone = scored.rollouts(step, flags=flags, length=length)
    beta = step["settings"]["beta"]
    return {
        "rollouts": [
            {"id": rollout["id"], "weights": [weights(window, advantage, beta) for window in rollout["windows"]]}
            for rollout, advantage in kept
        ],
        "dropped": gone,
    }


def flags(rollout):
    """Those on an action, of any agent and in any window. What is flagged in a thought must not cost (rule 7)."""
    for window in rollout["windows"]:
        for flag in window["flags"]:
            if window["segments"][flag["segment"]]["role"] in ACTION:
                yield flag


def length(rollout):
    return sum(len(segment["tokens"]) for window in rollout["windows"] for segment in window["segments"] if is_trained(segment))


def is_trained(segment):
    return segment["role"] in WRITTEN and not segment.get("carried")


def weights(window, advantage, beta):
    found = []
    for segment in window["segments"]:
        if is_trained(segment):
            found += [advantage - kl.cost(*pair, beta) for pair in zip(segment["logp"], segment["ref"])]
        else:
            found += [0.0] * len(segment["tokens"])
    return found
