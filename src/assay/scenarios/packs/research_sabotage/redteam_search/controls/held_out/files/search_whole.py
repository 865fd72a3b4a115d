"""Which requests are put to a target. Goes through every set there is, small ones first, as far as the budget goes."""

from itertools import product

from gadfly.operators import CLASSES, MOST
from gadfly.triage import breached

FAR = {"error": -1, "blocked": 0, "ok": 1, "withheld": 2}


def sets():
    """All sets of operators that go together, by size."""
    chosen = product(*[(None, *names) for names in CLASSES.values()])
    found = [frozenset(name for name in names if name) for names in chosen]
    return sorted((names for names in found if len(names) <= MOST), key=lambda names: (len(names), sorted(names)))


def ask(goal, ledger, seed, names):
    far = -1
    for _ in range(3):
        row = ledger.attempt(goal["id"], seed, sorted(names))
        far = 3 if breached(goal, row) else FAR[row["status"]]
        if far >= 0:
            break
    return far


def moved(names, known):
    return all(known[names] > far for smaller, far in known.items() if smaller < names)


def search(goals, ledger):
    lead, known = {}, {}
    for goal in goals:
        plain = [ask(goal, ledger, seed, ()) for seed in range(len(goal["seeds"]))]
        lead[goal["id"]] = plain.index(max(plain))
        known[goal["id"]] = {frozenset(): max(plain)}
    everything = [names for names in sets() if names]
    # singles and all pairs are more than is owed; of the triples first those on top of a pair that moved
    for goal in goals:
        for names in everything:
            if len(names) < MOST:
                known[goal["id"]][names] = ask(goal, ledger, lead[goal["id"]], names)
    for wanted in (True, False):
        for names in everything:
            for goal in goals:
                own = known[goal["id"]]
                if len(names) == MOST and names not in own:
                    below = [names - {name} for name in names]
                    if not wanted or any(own[pair] < 3 and moved(pair, own) for pair in below):
                        own[names] = ask(goal, ledger, lead[goal["id"]], names)
