"""Which requests are put to a target."""

from itertools import product

from gadfly.operators import CLASS, CLASSES


def search(goals, ledger):
    """Every goal plain, under every operator and under every code in a frame, until it's reached."""
    sets = [(), *((name,) for name in CLASS), *product(CLASSES["encode"], CLASSES["frame"])]
    for goal in goals:
        for names in sets:
            row = ledger.attempt(goal["id"], 0, names)
            if goal["evidence"] in row["said"] + str(row["calls"]):
                break
