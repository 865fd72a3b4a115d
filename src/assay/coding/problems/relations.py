"""Problems about people and how they are related: who follows, leads, knows, or avoids whom."""

from random import Random

from assay.coding.problems.graphs import SMALL, Edge, graph
from assay.coding.problems.template import Draft, Rule, template


@template(
    1,
    what=(
        Rule(
            "a dict from each person to the number of people whom that person follows",
            "{p: len({b for a, b in pairs if a == p}) for p in people}",
        ),
        Rule(
            (
                "the list of those who are followed by most people, in increasing order; "
                "without any pairs it is empty"
            ),
            "[p for p in people if fans[p] == max(fans.values())]",
        ),
        Rule(
            "the list of those who follow nobody, in increasing order",
            "[p for p in people if all(a != p for a, b in pairs)]",
        ),
        Rule(
            "the number of pairs of people who follow each other, an int",
            "sum(a < b and (b, a) in pairs for a, b in pairs)",
        ),
        Rule(
            (
                "a dict from each person to the list, in increasing order, of those who "
                "follow that person"
            ),
            "{p: sorted(a for a, b in pairs if b == p) for p in people}",
        ),
    ),
)
def followers(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(pairs)` that takes a list of tuples (a, b) of names, each of which
    says that a follows b; no tuple appears twice, and nobody follows himself. People are those who
    appear in it. It returns {what.words}."""

    def sample() -> tuple[list[tuple[str, str]]]:
        everything = [(a, b) for a in "ABCD" for b in "ABCD" if a != b]
        return (rng.sample(everything, rng.randint(3, 7)),)

    return Draft(
        f"""
        def solve(pairs):
            people = sorted({{person for pair in pairs for person in pair}})
            fans = {{p: sum(b == p for a, b in pairs) for p in people}}
            return {what.code}
        """,
        [
            ([],),
            ([("A", "B")],),
            ([("B", "A"), ("A", "B")],),
            ([("A", "C"), ("B", "C"), ("C", "D")],),
            ([("Z", "A"), ("A", "Z"), ("Z", "M")],),
        ],
        sample,
    )


@template(
    4,
    what=(
        Rule("True if that is possible, and False otherwise", "True", "False"),
        Rule(
            (
                "a list of the teams (0 or 1) of all children in their order, where in "
                "each group of children who are connected by quarrels, also through "
                "others, the one with the smallest number is in team 0; None if it is "
                "not possible"
            ),
            "[team[child] for child in range(n)]",
            "None",
        ),
        Rule(
            (
                "the largest possible number of children in team 0, an int, or -1 if it "
                "is not possible"
            ),
            "largest",
            "-1",
        ),
    ),
)
def two_teams(rng: Random, what: Rule) -> Draft:
    """There are `n` children with the numbers 0 to n - 1. `quarrels` is a list of tuples of two
    different children who must not be in the same team. All are to be divided into the teams 0 and
    1 (a team may be empty). Write a function `solve(n, quarrels)` that returns {what.words}."""

    def sample() -> tuple[int, list[Edge]]:
        nodes, edges = graph(rng, 4, 6)
        return nodes, edges[: rng.randint(2, nodes - 1)]

    return Draft(
        f"""
        def solve(n, quarrels):
            team, largest = {{}}, 0
            for first in range(n):
                if first in team:
                    continue
                team[first], todo = 0, [first]
                for child in todo:
                    for pair in quarrels:
                        if child in pair:
                            other = sum(pair) - child
                            if other not in team:
                                team[other] = 1 - team[child]
                                todo.append(other)
                            elif team[other] == team[child]:
                                return {what.more}
                ones = sum(team[child] for child in todo)
                largest += max(ones, len(todo) - ones)
            return {what.code}
        """,
        [*SMALL, (6, [(0, 1), (1, 2), (3, 4), (4, 5), (5, 3)])],
        sample,
    )


@template(
    3,
    what=(
        Rule(
            (
                "the list of the depths of all of them: 0 for the boss, and otherwise "
                "one more than the superior's"
            ),
            "depth",
        ),
        Rule(
            "the largest number of people who have the same direct superior, an int",
            "max((parents.count(n) for n in range(len(parents))), default=0)",
        ),
        Rule(
            "the list, in increasing order, of those who are nobody's direct superior",
            "[n for n in range(len(parents)) if n not in parents]",
        ),
        Rule(
            "the list of how many people each of them leads, directly or through others",
            "[sum(n in chain(k) for k in range(len(parents))) for n in range(len(parents))]",
        ),
        Rule(
            (
                "the largest number of direct steps, up or down, that lie between two of "
                "them, an int (0 if there are fewer than two)"
            ),
            (
                "max((len({a, *chain(a)} ^ {b, *chain(b)}) for a in range(len(parents)) "
                "for b in range(a)), default=0)"
            ),
        ),
    ),
)
def superiors(rng: Random, what: Rule) -> Draft:
    """The people of a firm have the numbers 0, 1, 2 and so on. The list `parents` has for each of
    them, in order, the number of the direct superior, and None for the boss, of whom there is
    exactly one (none in an empty firm); everybody is led by the boss, directly or through others.
    Write a function `solve(parents)` that returns {what.words}."""

    def sample() -> tuple[list[int | None]]:
        size = rng.randint(3, 7)
        names = rng.sample(range(size), size)
        parents: list[int | None] = [None] * size
        for n in range(1, size):
            parents[names[n]] = names[rng.randrange(n)]
        return (parents,)

    return Draft(
        f"""
        def solve(parents):
            def chain(n):
                above = []
                while parents[n] is not None:
                    n = parents[n]
                    above.append(n)
                return above

            depth = [len(chain(n)) for n in range(len(parents))]
            return {what.code}
        """,
        [
            ([],),
            ([None],),
            ([1, None],),
            ([None, 0, 0, 0],),
            ([1, 2, 3, None],),
            ([None, 0, 1, 0, 3],),
        ],
        sample,
    )


@template(
    3,
    what=(
        Rule(
            (
                "how many triangles there are, that is, sets of three people who all "
                "know each other, an int"
            ),
            "len(triangles)",
        ),
        Rule(
            (
                "the list of all triangles, that is, of three people who all know each "
                "other, as tuples in increasing order, and in increasing order themselves"
            ),
            "triangles",
        ),
        Rule(
            (
                "the list, in increasing order, of the people who are in no triangle, "
                "that is, in no set of three people who all know each other"
            ),
            "[p for p in range(n) if all(p not in t for t in triangles)]",
        ),
    ),
)
def triangles(rng: Random, what: Rule) -> Draft:
    """There are `n` people with the numbers 0 to n - 1; `known` is a list of tuples of two
    different people who know each other (no pair appears twice). Write a function `solve(n, known)`
    that returns {what.words}."""
    return Draft(
        f"""
        from itertools import combinations

        def solve(n, known):
            pairs = {{frozenset(pair) for pair in known}}
            triangles = [
                three
                for three in combinations(range(n), 3)
                if all(frozenset(two) in pairs for two in combinations(three, 2))
            ]
            return {what.code}
        """,
        [*SMALL, (4, [(0, 1), (1, 2), (2, 0), (3, 0), (1, 3), (3, 2)])],
        lambda: graph(rng, 4, 5),
    )
