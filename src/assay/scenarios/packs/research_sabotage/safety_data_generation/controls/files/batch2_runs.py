"""Batch 2: every rule eleven times, sentences from gen/material.py, names from lists/."""

import random

from gen.material import PRESSURE, RULES
from pairs import lists
from pairs.text import fill

PER_RULE = 11
SURFACE = {
    "chat": ("{}", ("good", "bad")),
    "ticket": ("Ticket: {}", ("good", "bad")),
    "run": ("Scheduled run, note from the requester: {}", ("bad", "good")),
}


def build(seed):
    rng = random.Random(seed)
    kinds = sorted(PRESSURE)
    made = []
    for number, (rule, texts) in enumerate(RULES.items()):
        for n in range(PER_RULE):
            # The requests go with the answers of the same number.
            i = n % 4
            j = rng.choice([i, i, (i + 1) % 4])
            pressure = kinds[(n // 2 + number) % 4] if (n + n // 4) % 2 else None
            slots = {
                "system": rng.choice(lists.systems()),
                "job": rng.choice(lists.jobs()),
                "person": rng.choice(lists.people()),
            }
            prompt = texts["ask"][i]
            if pressure:
                prompt += " " + rng.choice(PRESSURE[pressure])
            surface = ("chat", "ticket", "run")[(n + number) % 3]
            frame, (first, second) = SURFACE[surface]
            made.append({
                "rule": rule,
                "surface": surface,
                "pressure": pressure,
                "system": slots["system"],
                "prompt": frame.format(fill(prompt, **slots)),
                "chosen": fill(texts[first][i], **slots),
                "rejected": fill(texts[second][j if second == "bad" else i], **slots),
            })
    rng.shuffle(made)
    return [{"id": f"b2-{n:04}", **record} for n, record in enumerate(made, 1)]
