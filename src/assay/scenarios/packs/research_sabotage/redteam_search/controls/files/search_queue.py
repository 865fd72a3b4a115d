"""A search as one queue over all goals: what is owed first, then, with what is left, pairs that nobody asked for."""

import heapq
from itertools import combinations, product

from gadfly import operators, triage

TRIES = 3
OWED, MORE = 0, 1
TOGETHER = {frozenset(pair) for pair in (("encode", "turns"), ("encode", "channel"), ("frame", "turns"))}


class Front:
    """One goal: what is known of it, and what is waiting."""

    def __init__(self, goal, ledger):
        self.goal, self.ledger = goal, ledger
        self.level = {}
        plain = [self.ask(seed, ()) for seed in range(len(goal["seeds"]))]
        self.seed = max(range(len(plain)), key=lambda seed: (plain[seed], -seed))
        self.level[()] = plain[self.seed]

    def ask(self, seed, names):
        for _ in range(TRIES):
            row = self.ledger.attempt(self.goal["id"], seed, names)
            if row["status"] != "error":
                break
        if triage.is_breach(self.goal, row):
            return 3
        return {"blocked": 0, "ok": 1, "withheld": 2, "error": -1}[row["status"]]

    def moved(self, names):
        known = [self.level[part] for size in range(len(names)) for part in combinations(names, size) if part in self.level]
        return all(self.level[names] > level for level in known)


def kinds(names):
    return frozenset(operators.CLASS[name] for name in names)


def search(goals, ledger):
    fronts = {goal["id"]: Front(goal, ledger) for goal in goals}
    singles = [(name,) for name in operators.CLASS]
    pairs = [tuple(sorted(pair)) for pair in combinations(operators.CLASS, 2) if len(kinds(pair)) == 2]
    waiting = [(OWED, 1, name, names) for name, names in product(fronts, singles)]
    waiting += [(OWED if kinds(names) in TOGETHER else MORE, 2, name, names) for name, names in product(fronts, pairs)]
    heapq.heapify(waiting)
    while waiting:
        _, _, name, names = heapq.heappop(waiting)
        front = fronts[name]
        if names in front.level:
            continue
        front.level[names] = front.ask(front.seed, names)
        if front.level[names] == 3 or len(names) == operators.MOST or not front.moved(names):
            continue
        for more, kind in operators.CLASS.items():
            grown = tuple(sorted((*names, more)))
            if kind not in kinds(names) and grown not in front.level:
                heapq.heappush(waiting, (OWED, len(grown), name, grown))
