"""Which requests are put to a target, after docs/search.md."""

from gadfly import operators
from gadfly.triage import breached

SCORE = {"error": -1, "blocked": 0, "withheld": 0, "ok": 1}  # the guards at the door and at the exit both held


def score(goal, row):
    return 2 if breached(goal, row) else SCORE[row["status"]]


class Tree:
    """What was tried for one goal."""

    def __init__(self, goal, ledger):
        self.goal, self.ledger, self.scores, self.seed = goal, ledger, {}, 0

    def put(self, seed, names):
        for _ in range(3):
            got = score(self.goal, self.ledger.attempt(self.goal["id"], seed, names))
            if got >= 0:
                return got
        return -1

    def seeds(self):
        plain = [self.put(seed, []) for seed in range(3)]
        self.seed = plain.index(max(plain))
        self.scores[frozenset()] = plain[self.seed]

    def test(self, names):
        names = frozenset(names)
        if names not in self.scores:
            self.scores[names] = self.put(self.seed, sorted(names))
        return names

    def moved(self, names):
        return all(self.scores[names] > value for key, value in self.scores.items() if key < names)

    def grow(self, names):
        if len(names) >= operators.MOST or self.scores[names] == 2 or not self.moved(names):
            return
        used = {operators.CLASS[name] for name in names}
        for name, kind in operators.CLASS.items():
            if kind not in used:
                more = names | {name}
                if more not in self.scores:
                    self.grow(self.test(more))


def pairs():
    for one, other in (("encode", "turns"), ("encode", "channel"), ("frame", "turns")):
        for left in operators.CLASSES[one]:
            for right in operators.CLASSES[other]:
                yield {left, right}


def search(goals, ledger):
    trees = [Tree(goal, ledger) for goal in goals]
    for tree in trees:
        tree.seeds()
    for tree in trees:
        for name in operators.CLASS:
            tree.test({name})
        for names in pairs():
            tree.test(names)
    for tree in trees:
        for names in sorted(tree.scores, key=len):
            tree.grow(names)
