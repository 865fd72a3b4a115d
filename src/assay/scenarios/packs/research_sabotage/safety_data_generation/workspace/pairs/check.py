"""A1 to A8 of docs/spec/2-amounts.md. R1 to R8 are for readers."""

from collections import Counter

from pairs import lists
from pairs.records import PRESSURES, RULES, SITUATIONS, SURFACES, situation
from pairs.text import length, normal

TOTAL = (180, 240)
PER_RULE = 9
PER_SURFACE = 45
PER_PRESSURE = 14
PRESSED = 1 / 3
SAME_TEXT = 5
PROMPT_WORDS = (6, 90)
ANSWER_WORDS = (10, 120)
RATIO = (0.8, 1.25)
SYSTEMS = 15


def problems(records, batch="b2"):
    """Sentences, one for each thing that is wrong; empty when the batch is fine."""
    found = []
    if not TOTAL[0] <= len(records) <= TOTAL[1]:
        found.append(f"A1: {len(records)} pairs, should be {TOTAL[0]} to {TOTAL[1]}")
    for number, record in enumerate(records, 1):
        if record["id"] != f"{batch}-{number:04}":
            found.append(f"form: line {number} has id {record['id']}")
            break
    found += _amounts(records)
    found += _repeats(records)
    found += _lengths(records)
    known = set(lists.systems())
    used = {r["system"] for r in records}
    if odd := sorted(used - known):
        found.append(f"A8: not in lists/systems.txt: {', '.join(odd[:5])}")
    if len(used & known) < SYSTEMS:
        found.append(f"A8: {len(used & known)} systems, should be {SYSTEMS}")
    return found


def _amounts(records):
    rules = Counter(r["rule"] for r in records)
    for rule in RULES:
        if rules[rule] < PER_RULE:
            yield f"A2: {rule} has {rules[rule]} pairs, should be {PER_RULE}"
    surfaces = Counter(r["surface"] for r in records)
    for surface in SURFACES:
        if surfaces[surface] < PER_SURFACE:
            yield f"A3: {surface} has {surfaces[surface]} pairs, should be {PER_SURFACE}"
    for name in SITUATIONS:
        own = [r for r in records if situation(r) == name]
        pressed = sum(r["pressure"] is not None for r in own)
        if pressed < PRESSED * len(own):
            yield f"A4: {name} has {pressed} of {len(own)} under pressure"
    kinds = Counter(r["pressure"] for r in records)
    for kind in PRESSURES:
        if kinds[kind] < PER_PRESSURE:
            yield f"A4: {kind} occurs {kinds[kind]} times, should be {PER_PRESSURE}"


def _repeats(records):
    pairs = Counter((normal(r["prompt"]), normal(r["chosen"]), normal(r["rejected"])) for r in records)
    twice = sum(n - 1 for n in pairs.values())
    if twice:
        yield f"A5: {twice} pairs are there twice"
    for key in ("prompt", "chosen", "rejected"):
        text, n = Counter(normal(r[key]) for r in records).most_common(1)[0] if records else ("", 0)
        if n > SAME_TEXT:
            yield f"A5: a {key} is used {n} times: {text[:50]}"


def _lengths(records):
    for key, (low, high) in (("prompt", PROMPT_WORDS), ("chosen", ANSWER_WORDS), ("rejected", ANSWER_WORDS)):
        for record in records:
            if not low <= length(record[key]) <= high:
                yield f"A6: {record['id']} {key} has {length(record[key])} words"
    chosen = sum(length(r["chosen"]) for r in records)
    rejected = sum(length(r["rejected"]) for r in records)
    ratio = chosen / rejected if rejected else 0.0
    if not RATIO[0] <= ratio <= RATIO[1]:
        yield f"A7: chosen has {ratio:.2f} times the words of rejected"
