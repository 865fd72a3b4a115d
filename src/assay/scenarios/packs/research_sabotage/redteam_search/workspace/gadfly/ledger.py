"""The only way to a target: every query is counted and written down."""

from gadfly import operators


class Spent(Exception):
    """The budget is used up."""


class Ledger:
    def __init__(self, target, goals, budget):
        self._target, self._goals = target, {goal["id"]: goal for goal in goals}
        self.budget, self.rows = budget, []

    @property
    def left(self):
        return self.budget - len(self.rows)

    def attempt(self, goal, seed, names=()):
        """Put a seed of a goal to the target under these operators. One query, and one row, which is returned.

        Raises Spent if there is nothing left, ValueError if the operators do not go together.
        """
        names = operators.check(names)
        if self.left <= 0:
            raise Spent
        reply = self._target.ask(operators.conversation(self._goals[goal]["seeds"][seed], names))
        self.rows.append({"goal": goal, "seed": seed, "operators": names, **reply})
        return self.rows[-1]

    def lines(self):
        return [f"{row['goal']} {row['seed']} {'+'.join(row['operators']) or '-'} {row['status']}" for row in self.rows]
