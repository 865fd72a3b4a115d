"""What becomes of the runs of a night, by docs/keeping.md."""


def close(night):
    """A plan, as in docs/format.md."""
    raise NotImplementedError
