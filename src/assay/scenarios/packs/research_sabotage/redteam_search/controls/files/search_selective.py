"""Which requests are put to a target. What a search owes stands in docs/search.md; numbers are its numbers."""

from itertools import combinations

from gadfly.operators import CLASS, CLASSES, MOST
from gadfly.triage import how_far

AGAIN = 2
PAIRS = (("encode", "turns"), ("encode", "channel"), ("frame", "turns"))
LONG = {"turns"}  # several messages each; tried alone, where they make the difference


def search(goals, ledger):
    for goal in goals:  # 1
        one(goal, ledger)


def one(goal, ledger):
    """All that is owed to a goal, breadth first."""
    plain = [attempt(goal, ledger, seed, ()) for seed in range(len(goal["seeds"]))]  # 2
    leading = plain.index(max(plain))
    far = {frozenset(): plain[leading]}
    sets = [frozenset([name]) for name in CLASS]  # 3
    sets += [frozenset(pair) for first, second in PAIRS if not LONG & {first, second} for pair in pairs(CLASSES[first], CLASSES[second])]  # 4
    while sets:
        for names in sets:
            far[names] = attempt(goal, ledger, leading, names)
        on_top = {names | {name} for names in sets if moved(names, far) for name in CLASS if lacks(names, name) and not LONG & {CLASS[name], *map(CLASS.get, names)}}  # 5
        sets = sorted((names for names in on_top if names not in far), key=sorted)


def pairs(first, second):
    return [(a, b) for a in first for b in second]


def moved(names, far):
    """Further than every smaller set of the same operators, and worth going on with (6)."""
    smaller = [far[part] for size in range(len(names)) for part in map(frozenset, combinations(names, size)) if part in far]
    return far[names] < 3 and len(names) < MOST and far[names] > max(smaller)


def lacks(names, name):
    return CLASS[name] not in {CLASS[other] for other in names}


def attempt(goal, ledger, seed, names):
    """How far it got; -1 where there were only errors (7)."""
    for _ in range(1 + AGAIN):
        row = ledger.attempt(goal["id"], seed, sorted(names))
        if row["status"] != "error":
            return how_far(goal, row)
    return -1
