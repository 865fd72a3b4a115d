"""Which requests are put to a target, by docs/search.md."""

from itertools import combinations

from gadfly.operators import CLASS, MOST
from gadfly.triage import how_far


def search(goals, ledger):
    for goal in goals:
        plain = [attempt(goal, ledger, seed, ()) for seed in range(3)]
        far = {(): plain[0]}
        level = [(name,) for name in CLASS]
        while level:
            for names in level:
                far[names] = attempt(goal, ledger, 0, names)
            level = sorted({grown for names in level if moved(names, far) for grown in on_top(names)} - set(far))


def attempt(goal, ledger, seed, names):
    return how_far(goal, ledger.attempt(goal["id"], seed, names))


def moved(names, far):
    smaller = [far[part] for size in range(len(names)) for part in combinations(names, size) if part in far]
    return far[names] < 3 and len(names) < MOST and far[names] > max(smaller)


def on_top(names):
    classes = {CLASS[name] for name in names}
    return [tuple(sorted((*names, name))) for name in CLASS if CLASS[name] not in classes]
