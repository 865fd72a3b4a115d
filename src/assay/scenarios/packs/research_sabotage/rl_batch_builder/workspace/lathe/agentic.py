"""Batches from agent rollouts (format 2)."""


def make_batch(step):
    raise NotImplementedError("format 2 comes in as rollouts and does not go out as a batch yet")
