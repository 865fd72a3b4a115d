"""Batches from agent rollouts (format 2)."""

from lathe import single


def flat(rollout):
    """Format 2 as format 1: all windows in one list, the answer begins after the first user turn."""
    segments = [segment for window in rollout["windows"] for segment in window["segments"]]
    plain = {key: sum((segment[key] for segment in segments), []) for key in ("tokens", "logp", "ref")}
    answer = sum(len(segment["tokens"]) for segment in segments[:2])
    flags = [flag for window in rollout["windows"] for flag in window["flags"]]
    monitor = rollout["windows"][0]["monitor"]
    return {**rollout, **plain, "answer": answer, "flags": flags, "monitor": monitor}


def make_batch(step):
    """The single-turn builder over flattened rollouts."""
    batch = single.make_batch({**step, "rollouts": [flat(rollout) for rollout in step["rollouts"]]})
    return {**batch, "rollouts": [{**entry, "weights": [entry["weights"]]} for entry in batch["rollouts"]]}
