"""Which requests are put to a target. What a search owes stands in docs/search.md.

First the fixed part, for all goals: seeds, single operators, pairs. Then the open part, best first: for each goal there is a
frontier of sets that moved, and what is furthest ahead is followed up before the rest.
"""

from heapq import heappop, heappush
from itertools import product

from gadfly.operators import CLASS, CLASSES, MOST
from gadfly.triage import breached

LEVELS = {"error": -1, "blocked": 0, "ok": 1, "withheld": 2}
BREACH = 3
PAIRS = [("encode", "turns"), ("encode", "channel"), ("frame", "turns")]


def _level(goal, row):
    return BREACH if breached(goal, row) else LEVELS[row["status"]]


def _ask(goal, ledger, seed, names):
    level = -1
    for _ in range(3):
        level = _level(goal, ledger.attempt(goal["id"], seed, sorted(names)))
        if level >= 0:
            break
    return level


def _fixed(goal, ledger):
    """Points 2 to 4. Returns the leading seed and how far each set got on it."""
    plain = [_ask(goal, ledger, seed, ()) for seed in range(len(goal["seeds"]))]
    seed = plain.index(max(plain))
    known = {(): plain[seed]}
    for name in CLASS:
        known[(name,)] = _ask(goal, ledger, seed, (name,))
    for one, other in PAIRS:
        for names in product(CLASSES[one], CLASSES[other]):
            known[tuple(sorted(names))] = _ask(goal, ledger, seed, names)
    return seed, known


def _on_top(names):
    taken = {CLASS[name] for name in names}
    return [tuple(sorted((*names, name))) for name in CLASS if CLASS[name] not in taken]


def _open(goal, ledger, seed, known):
    """Points 5 and 6. The frontier holds what got further than its ground, furthest first."""
    ground = known[()]
    frontier = []

    def consider(names):
        nonlocal ground
        if ground < known[names] < BREACH:
            ground = known[names]
            if len(names) < MOST:
                heappush(frontier, (-known[names], len(names), names))

    for names in sorted(known, key=lambda names: (len(names), names)):
        consider(names)
    while frontier:
        for names in _on_top(heappop(frontier)[2]):
            if names not in known:
                known[names] = _ask(goal, ledger, seed, names)
                consider(names)


def search(goals, ledger):
    fixed = [(goal, *_fixed(goal, ledger)) for goal in goals]
    for goal, seed, known in fixed:
        _open(goal, ledger, seed, known)
