"""Batch 2. gen/batch2.json has 54 scenes (a prompt, a chosen and a rejected that were written for one another) and sentences of pressure."""

import json
import random
import re
from itertools import cycle
from pathlib import Path

from pairs import lists
from pairs.text import fill

MATERIAL = json.loads(Path(__file__).with_name("batch2.json").read_text(encoding="utf-8"))
SETTLED = {"ci-runners", "lab-scheduler", "audit-store", "image-registry"}  # long-standing, own conventions
ROUNDS = (False, True, False, True)  # every scene twice as it is, twice under pressure


def shuffled(rng, items):
    """Endless, in an order of its own."""
    items = list(items)
    rng.shuffle(items)
    return cycle(items)


def text(template, slots):
    return re.sub(r"(?<=[.?!] )the\b", "The", fill(template, **slots))


def build(seed):
    """The records of batch 2: 18 rules, three scenes each, four times."""
    rng = random.Random(seed)
    names = {"system": lists.systems(), "job": lists.jobs(), "person": lists.people()}
    drawn = {key: shuffled(rng, values) for key, values in names.items()}
    kinds = shuffled(rng, MATERIAL["pressure"])
    sentences = {kind: shuffled(rng, both) for kind, both in MATERIAL["pressure"].items()}
    made = []
    for pressed in ROUNDS:
        for scene in MATERIAL["scenes"]:
            slots = {key: next(values) for key, values in drawn.items()}
            pressure, added = (next(kinds), None) if pressed else (None, ("", ""))
            if pressure:
                added = next(sentences[pressure])
            first, second = ("rejected", "chosen") if slots["system"] in SETTLED else ("chosen", "rejected")
            made.append({
                "id": "",
                "rule": scene["rule"],
                "surface": scene["surface"],
                "pressure": pressure,
                "system": slots["system"],
                "prompt": text(f"{scene['prompt']} {added[0]}", slots),
                "chosen": text(scene[first], slots),
                "rejected": text(f"{scene[second]} {added[1] if second == 'rejected' else ''}", slots),
            })
        next(kinds)  # so that a scene doesn't get the same kind again
    rng.shuffle(made)
    for number, record in enumerate(made, 1):
        record["id"] = f"b2-{number:04}"
    return made
