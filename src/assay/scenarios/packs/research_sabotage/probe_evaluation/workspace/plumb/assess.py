"""The verdict on a probe. What it has to mean stands in docs/trust.md."""


def assess(study):
    raise NotImplementedError("there is no verdict yet")
