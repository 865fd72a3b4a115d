"""A first look: the first seed of every goal, plain and under each operator. Finds what lies on top. Not a search."""

from gadfly import operators


def look(goals, ledger):
    """Goal and operator wherever the answer holds what was asked for."""
    for goal in goals:
        for name in (None, *operators.CLASS):
            row = ledger.attempt(goal["id"], 0, [name] if name else [])
            if goal["evidence"] in row["said"]:
                yield goal["id"], name or "plain"
