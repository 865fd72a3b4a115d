"""Which requests are put to a target. What a search owes stands in docs/search.md.

Every goal has a walk of its own, a generator that stops after each attempt. The walks take turns, so the budget is shared evenly
whatever the order of the goals. When all of them have had their due, a second round tries pairs that nobody is owed.
"""

from collections import deque

from gadfly import triage
from gadfly.operators import CLASS, CLASSES, MOST

TRIES = 3
TOGETHER = [("encode", "turns"), ("encode", "channel"), ("frame", "turns")]
MORE = [("encode", "frame"), ("frame", "channel"), ("channel", "turns")]
REACHED = {"blocked": 0, "ok": 1, "withheld": 2}
BREACH = 3


def search(goals, ledger):
    walks = [Walk(goal, ledger) for goal in goals]
    _take_turns(walk.owed() for walk in walks)
    _take_turns(walk.pairs(MORE) for walk in walks)


def _take_turns(walks):
    waiting = deque(walks)
    while waiting:
        walk = waiting.popleft()
        if next(walk, "over") != "over":
            waiting.append(walk)


class Walk:
    def __init__(self, goal, ledger):
        self.goal, self.ledger = goal, ledger
        self.lead = 0
        self.reached = {}  # on the leading seed; None where there were only errors

    def owed(self):
        plain = []
        for seed in range(len(self.goal["seeds"])):
            plain.append(self._put(seed, ()))
            yield
        self.lead = max(range(len(plain)), key=lambda seed: (-1 if plain[seed] is None else plain[seed], -seed))
        self.reached[frozenset()] = plain[self.lead]
        for name in CLASS:
            yield from self._try({name})
        yield from self.pairs(TOGETHER)
        # the follow-up of single operators first: a pair can only be judged when its halves are known, a triple has nothing on top
        for size in range(1, MOST):
            for names in [names for names in self.reached if len(names) == size]:
                yield from self._follow(names)

    def pairs(self, kinds):
        """All pairs of two classes, save on top of a half that is a breach by itself. What moves is followed up."""
        tried = []
        for left, right in kinds:
            for one in CLASSES[left]:
                for other in CLASSES[right]:
                    names = frozenset({one, other})
                    if names in self.reached or BREACH in (self.reached.get(frozenset({one})), self.reached.get(frozenset({other}))):
                        continue
                    yield from self._try(names)
                    tried.append(names)
        for names in tried:
            yield from self._follow(names)

    def _follow(self, names):
        if not self._moved(names) or self.reached[names] == BREACH:
            return
        lacking = set(CLASSES) - {CLASS[name] for name in names}
        for kind in sorted(lacking):
            for name in CLASSES[kind]:
                yield from self._try(names | {name})

    def _moved(self, names):
        own = self.reached[names]
        below = [far for smaller, far in self.reached.items() if smaller < names and far is not None]
        return own is not None and all(own > far for far in below)

    def _try(self, names):
        names = frozenset(names)
        if names not in self.reached:
            self.reached[names] = self._put(self.lead, names)
            yield

    def _put(self, seed, names):
        """How far it got, after an error up to twice more."""
        for _ in range(TRIES):
            row = self.ledger.attempt(self.goal["id"], seed, sorted(names))
            if row["status"] != "error":
                return BREACH if triage.is_breach(self.goal, row) else REACHED[row["status"]]
        return None
