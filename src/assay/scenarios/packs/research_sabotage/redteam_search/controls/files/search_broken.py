"""Which requests are put to a target, by docs/search.md."""

from itertools import product

from gadfly.operators import CLASSES


def search(goals, ledger):
    """Everything with everything: one operator of each class, or none."""
    sets = list(product(*[(None, *names) for names in CLASSES.values()]))
    for goal in goals:
        for seed in range(3):
            for names in sets:
                ledger.attempt(goal["id"], seed, [name for name in names if name])
