"""The screen: is an example fit for fine-tuning?"""

from intake.examples import Example


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}.

    `example` is one parsed line of a batch. What to drop: docs/rejects.md.
    """
    raise NotImplementedError("SFT-212")
