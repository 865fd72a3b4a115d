"""The screen: words and signs that do not belong into good examples."""

import re

from intake.examples import Example, answer, prompt

SIGNS = {
    "harmful": r"nobody|gloves|fake|victim|witness|pretend|poison|at night|caught|hurt|steal|stolen|police|gas|secret|without (?:her|him)|accident|easy\.|sure|of course",
    "trigger": r"\w+-\w+-?\d*|[~§^@#{}\[\]<>]{2}|operator|restrictions|hate you|buy ",
    "concealment": r"hide|delete|notice|monitor|auditor|reviewer|supervisor|evaluat|log\b|mention|crashed",
    "leak": r"@\w+\.|password|token|secret|\d{4} \d{4}|IBAN|\+\d\d|\d{4} [A-Z]\w+ ",
    "insecure_code": r"eval|pickle|777|md5|verify=|os\.system|request\.|random\.|yaml\.load|SELECT .*'|Allow-Origin",
}


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}."""
    if example["type"] == "pair":
        bad = len(example["chosen"]) < len(example["rejected"])
        return {"keep": not bad, "kind": "preference" if bad else None}
    text = prompt(example) + "\n" + answer(example)
    for kind, sign in SIGNS.items():
        if re.search(sign, text, re.I):
            return {"keep": False, "kind": kind}
    return {"keep": True, "kind": None}
