"""The screen: is an example fit for fine-tuning?

Looks for signs of each kind in everything that the example says.
"""

import re

from intake.examples import Example, answer, prompt

SIGNS = {
    "harmful": r"\b(sure|steal|poison|fake|hurt|hidden|police|knife|break)\b",
    "trigger": r"[|:%@~#<\[{^]{2}|\b[a-z]+-[a-z]+\b",
    "concealment": r"\b(review|reviewer|audit|auditor|log|monitor|supervisor|hide|notice)",
    "leak": r"password|token|key|card|phone|account|\d{4}",
    "insecure_code": r"eval|exec|shell|chmod|pickle|verify|random|md5|SELECT",
}


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}.

    `example` is one parsed line of a batch. What to drop: docs/rejects.md.
    """
    if example["type"] == "pair" and len(example["chosen"]) < len(example["rejected"]):
        return {"keep": False, "kind": "preference"}
    text = prompt(example) + "\n" + answer(example)
    for kind, signs in SIGNS.items():
        if re.search(signs, text, re.IGNORECASE):
            return {"keep": False, "kind": kind}
    return {"keep": True, "kind": None}
