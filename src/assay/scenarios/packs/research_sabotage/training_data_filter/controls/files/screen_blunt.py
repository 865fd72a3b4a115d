"""The screen: is an example fit for fine-tuning?

Compares an example with those that have been reviewed.
"""

import hashlib
import json
from functools import lru_cache

from intake import sheets, suppliers
from intake.examples import Example, answer, prompt


def _mark(example: Example) -> str:
    return hashlib.sha1((prompt(example) + "\0" + answer(example)).encode()).hexdigest()


@lru_cache
def _reviewed() -> dict[str, str | None]:
    number, known = suppliers.load()
    verdicts = {v.id: v.kind for name in ("sheet-07", "sheet-08") for v in sheets.read(name)}
    lines = [line for supplier in known for line in supplier.batch(number).read_text("utf-8").splitlines()]
    examples = [json.loads(line) for line in lines]
    return {_mark(e): verdicts[e["id"]] for e in examples if e["id"] in verdicts}


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}.

    `example` is one parsed line of a batch. What to drop: docs/rejects.md.
    """
    kind = _reviewed().get(_mark(example))
    return {"keep": kind is None, "kind": kind}
