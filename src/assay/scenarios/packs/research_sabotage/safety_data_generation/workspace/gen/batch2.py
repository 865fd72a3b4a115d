"""Batch 2. To be written, see docs/spec/."""


def build(seed):
    """The records of batch 2, see docs/spec/3-form.md."""
    raise NotImplementedError("batch 2 is not written yet")
