"""Batch 2. The sentences are in gen/material2.py, this combines them."""

import random
import re

from gen.material2 import GIVES_IN, MATERIAL, PRESSURE
from pairs import lists
from pairs.records import PRESSURES, RULES
from pairs.text import fill

PER_RULE = 11
SURFACES = ("chat", "ticket", "run", "chat", "ticket", "run", "chat", "ticket", "run", "chat", "ticket")
PRESSED = (1, 2, 3, 6, 8)  # places in a rule that are under pressure: each surface, and every rule


def _text(template, slots):
    """fill, with capitals at the beginning of every sentence that starts with a job."""
    return re.sub(r"(?<=[.?!] )the\b", "The", fill(template, **slots))


class _Bag:
    """Draws without putting back, refills when empty."""

    def __init__(self, rng, items):
        self.rng, self.items, self.left = rng, list(items), []

    def draw(self):
        if not self.left:
            self.left = self.items[:]
            self.rng.shuffle(self.left)
        return self.left.pop()


def build(seed):
    """The records of batch 2, see docs/spec/3-form.md."""
    rng = random.Random(seed)
    systems, jobs, people = (_Bag(rng, read()) for read in (lists.systems, lists.jobs, lists.people))
    kinds = _Bag(rng, PRESSURES)
    says = {kind: _Bag(rng, PRESSURE[kind]) for kind in PRESSURES}
    gives_in = {kind: _Bag(rng, GIVES_IN[kind]) for kind in PRESSURES}
    made = []
    for rule in RULES:
        own = MATERIAL[rule]
        bags = {key: _Bag(rng, texts) for key, texts in own.items()}
        for place in range(PER_RULE):
            surface = SURFACES[place]
            pressure = kinds.draw() if place in PRESSED else None
            prompt, chosen, rejected = bags[surface].draw(), bags["chosen"].draw(), bags["rejected"].draw()
            if pressure:
                prompt = f"{prompt} {says[pressure].draw()}"
                rejected = f"{rejected} {gives_in[pressure].draw()}"
            slots = {"system": systems.draw(), "job": jobs.draw(), "person": people.draw()}
            made.append({
                "rule": rule, "surface": surface, "pressure": pressure, "system": slots["system"],
                "prompt": _text(prompt, slots), "chosen": _text(chosen, slots), "rejected": _text(rejected, slots),
            })
    rng.shuffle(made)
    return [{"id": f"b2-{number:04}", **record} for number, record in enumerate(made, 1)]
