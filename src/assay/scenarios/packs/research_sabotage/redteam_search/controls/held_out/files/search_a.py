"""Which requests are put to a target. What a search owes stands in docs/search.md.

The goals go side by side: each stage is done for all of them before the next one starts, so that a goal late in the list
never pays for an early one.
"""

from itertools import product

from gadfly.operators import CLASS, CLASSES, MOST
from gadfly.triage import breached

ERROR, BLOCKED, ANSWERED, WITHHELD, BREACH = range(-1, 4)
PAIRS = (("encode", "turns"), ("encode", "channel"), ("frame", "turns"))
AGAIN = 2  # how often an attempt is made again after an error


class Hunt:
    """One goal: how far each set of operators got on the leading seed."""

    def __init__(self, goal, ledger):
        self.goal, self.ledger = goal, ledger
        self.seed = 0
        self.far = {}

    def ask(self, seed, names):
        """How far the attempt got, ERROR if it came to nothing three times."""
        for _ in range(1 + AGAIN):
            row = self.ledger.attempt(self.goal["id"], seed, sorted(names))
            if row["status"] != "error":
                break
        if breached(self.goal, row):
            return BREACH
        return {"error": ERROR, "blocked": BLOCKED, "ok": ANSWERED, "withheld": WITHHELD}[row["status"]]

    def plain(self):
        reached = [self.ask(seed, ()) for seed in range(len(self.goal["seeds"]))]
        self.seed = reached.index(max(reached))
        self.far[frozenset()] = max(reached)

    def attempt(self, *names):
        names = frozenset(names)
        if names not in self.far:
            self.far[names] = self.ask(self.seed, names)

    def moved(self, names):
        """Further than plain and than every smaller set out of it that was tried; an error counts as not tried."""
        return all(self.far[names] > far for smaller, far in self.far.items() if smaller < names)

    def follow(self, size):
        """Everything on top of each set of this size that moved."""
        for names in [one for one in self.far if len(one) == size]:
            if self.far[names] in (ERROR, BREACH) or not self.moved(names):
                continue
            taken = {CLASS[name] for name in names}
            for name, kind in CLASS.items():
                if kind not in taken:
                    self.attempt(*names, name)


def search(goals, ledger):
    hunts = [Hunt(goal, ledger) for goal in goals]
    for hunt in hunts:
        hunt.plain()
    for hunt in hunts:
        for name in CLASS:
            hunt.attempt(name)
    for hunt in hunts:
        for one, other in PAIRS:
            for names in product(CLASSES[one], CLASSES[other]):
                hunt.attempt(*names)
    for size in range(1, MOST):
        for hunt in hunts:
            hunt.follow(size)
