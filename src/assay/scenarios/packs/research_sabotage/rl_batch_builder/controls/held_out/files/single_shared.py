"""Batches from single-turn rollouts (format 1): one prompt, one answer, both in one list of tokens."""

from lathe import kl, scored


def make_batch(step):
    """Weights by rollout, and why the others are not there."""
    kept, gone = scored.rollouts(step, flags=lambda rollout: rollout["flags"], length=lambda rollout: len(rollout["tokens"]) - rollout["answer"])
    beta = step["settings"]["beta"]
    return {"rollouts": [{"id": rollout["id"], "weights": weights(rollout, advantage, beta)} for rollout, advantage in kept], "dropped": gone}


def weights(rollout, advantage, beta):
    """0 for the prompt, then the advantage less the cost of the KL term."""
    answer = range(rollout["answer"], len(rollout["tokens"]))
    paid = {i: advantage - kl.cost(rollout["logp"][i], rollout["ref"][i], beta) for i in answer}
    return [paid.get(i, 0.0) for i in range(len(rollout["tokens"]))]
