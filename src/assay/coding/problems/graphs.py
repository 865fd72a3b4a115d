"""Problems about graphs: neighbours, components, ways, orders, trees."""

from random import Random

from assay.coding.problems.template import Draft, Rule, template

type Edge = tuple[int, int]


def graph(rng: Random, least: int = 4, most: int = 7) -> tuple[int, list[Edge]]:
    """The number of nodes, and edges without loops or repetitions, each in either direction."""
    nodes = rng.randint(least, most)
    everything = [(a, b) for a in range(nodes) for b in range(a + 1, nodes)]
    chosen = rng.sample(everything, rng.randint(nodes // 2, min(nodes + 1, len(everything))))
    return nodes, [edge if rng.random() < 0.6 else edge[::-1] for edge in chosen]


SMALL: list[tuple[int, list[Edge]]] = [
    (0, []),
    (1, []),
    (3, []),
    (2, [(1, 0)]),
    (3, [(0, 1), (1, 2), (2, 0)]),
    (4, [(0, 1), (0, 2), (0, 3)]),
    (4, [(3, 2), (2, 1), (1, 0)]),
]


@template(
    3,
    result=(
        Rule("the number of groups, an int", "len(groups)"),
        Rule(
            "the number of towns in the largest group, an int, 0 without towns",
            "max(map(len, groups), default=0)",
        ),
        Rule(
            (
                "the list of groups, each the list of its towns in increasing order, the "
                "group with the smallest town first"
            ),
            "groups",
        ),
        Rule(
            "the number of towns that are alone in their group, an int",
            "sum(len(group) == 1 for group in groups)",
        ),
    ),
)
def components(rng: Random, result: Rule) -> Draft:
    """There are `n` towns with the numbers 0 to n - 1, and `roads`, a list of tuples of two
    different towns, which can be used both ways. Towns between which there is a way, perhaps
    through others, form a group. Write a function `solve(n, roads)` that returns {result.words}."""
    return Draft(
        f"""
        def solve(n, roads):
            group = {{town: [town] for town in range(n)}}
            for a, b in roads:
                if group[a] is not group[b]:
                    joined = group[a] + group[b]
                    group.update(dict.fromkeys(joined, joined))
            groups = sorted({{tuple(sorted(members)) for members in group.values()}})
            groups = [list(members) for members in groups]
            return {result.code}
        """,
        SMALL,
        lambda: graph(rng),
    )


@template(
    2,
    direction=(
        Rule("can be used both ways", "[*roads, *((b, a) for a, b in roads)]"),
        Rule("lead from the first to the second only", "roads"),
    ),
    far=(
        Rule("over any number of roads", "n"),
        Rule("over one or two roads, or none", "2"),
        Rule("over three roads at most", "3"),
    ),
)
def reachable(rng: Random, direction: Rule, far: Rule) -> Draft:
    """There are `n` towns (at least one) with the numbers 0 to n - 1, and `roads`, a list of tuples
    of two different towns; they {direction.words}. Write a function `solve(n, roads)` that returns
    the list, in increasing order, of the towns to which one gets from town 0 {far.words}; town 0 is
    one of them."""
    return Draft(
        f"""
        def solve(n, roads):
            found = {{0}}
            for _ in range({far.code}):
                found |= {{b for a, b in {direction.code} if a in found}}
            return sorted(found)
        """,
        [entry for entry in SMALL if entry[0]]
        + [
            (6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]),
            (6, [(5, 4), (4, 3), (3, 2), (2, 1), (1, 0)]),
        ],
        lambda: graph(rng),
    )


@template(
    4,
    cost=(
        Rule("the number of roads on it", "1"),
        Rule("the sum of the lengths of the roads on it", "length"),
    ),
    missing=(Rule("-1", "-1"), Rule("None", "None")),
    direction=(
        Rule("Roads can be used both ways.", "(a, b, length), (b, a, length)"),
        Rule("Roads lead from the first town to the second only.", "(a, b, length),"),
    ),
)
def shortest_way(rng: Random, cost: Rule, missing: Rule, direction: Rule) -> Draft:
    """There are `n` towns (at least one) with the numbers 0 to n - 1, and `roads`, a list of tuples
    (town, town, length) of integers, lengths being positive. {direction.words} The cost of a way is
    {cost.words}. Write a function `solve(n, roads)` that returns the smallest cost of a way from
    town 0 to town n - 1, an int, or {missing.words} if there is no way. If both are the same town
    the cost is 0."""

    def sample() -> tuple[int, list[tuple[int, int, int]]]:
        nodes, edges = graph(rng, 4, 6)
        return nodes, [(a, b, rng.randint(1, 9)) for a, b in edges]

    return Draft(
        f"""
        def solve(n, roads):
            ways = [way for a, b, length in roads for way in ({direction.code})]
            cost = {{0: 0}}
            for _ in range(n):
                for a, b, length in ways:
                    if a in cost and cost[a] + {cost.code} < cost.get(b, float("inf")):
                        cost[b] = cost[a] + {cost.code}
            return cost.get(n - 1, {missing.code})
        """,
        [
            (1, []),
            (2, []),
            (2, [(0, 1, 7)]),
            (2, [(1, 0, 4)]),
            (3, [(0, 2, 9), (0, 1, 2), (1, 2, 3)]),
            (2, [(0, 1, 5), (0, 1, 2)]),
            (3, [(2, 0, 1), (1, 2, 8), (0, 1, 8)]),
            (3, [(0, 1, 1)]),
        ],
        sample,
    )


@template(
    4,
    pick=(Rule("smallest", "min"), Rule("largest", "max")),
    cyclic=(Rule("None", "None"), Rule("the list as far as it goes", "order")),
)
def task_order(rng: Random, pick: Rule, cyclic: Rule) -> Draft:
    """There are `n` tasks with the numbers 0 to n - 1. `rules` is a list of tuples (a, b): task a
    must be done before task b. One does one task after the other, always the one with the
    {pick.words} number of those that are possible. Write a function `solve(n, rules)` that returns
    the list of all tasks in this order. If one gets to a point at which none of the tasks that are
    left is possible, it returns {cyclic.words}."""
    return Draft(
        f"""
        def solve(n, rules):
            order, left = [], set(range(n))
            while left:
                possible = [b for b in left if not any(a in left for a, c in rules if c == b)]
                if not possible:
                    return {cyclic.code}
                order.append({pick.code}(possible))
                left.remove(order[-1])
            return order
        """,
        [*SMALL, (2, [(0, 1), (1, 0)])],
        lambda: graph(rng),
    )


@template(
    5,
    kind=(Rule("smallest", "sorted(cables)"), Rule("largest", "sorted(cables, reverse=True)")),
    result=(
        Rule("that sum, an int", "sum(used)"),
        Rule(
            (
                "a tuple of the smallest and the largest price of the cables that are "
                "laid then (None if there are no cables to lay)"
            ),
            "(min(used), max(used)) if used else None",
        ),
    ),
)
def network(rng: Random, kind: Rule, result: Rule) -> Draft:
    """There are `n` houses (at least one) with the numbers 0 to n - 1. `cables` is a list of tuples
    (price, house, house) of integers: cables that could be laid, with prices that all differ. As
    few cables as possible are laid so that all houses are connected, also through others, and so
    that the sum of their prices is the {kind.words} possible. Write a function `solve(n, cables)`
    that returns {result.words}. If it is impossible to connect all houses, it returns -1."""

    def sample() -> tuple[int, list[tuple[int, int, int]]]:
        nodes, edges = graph(rng, 3, 5)
        prices = rng.sample(range(1, 30), len(edges))
        chain = [(price + 40, n, n + 1) for n, price in enumerate(rng.sample(range(30), nodes - 1))]
        return nodes, [(price, a, b) for price, (a, b) in zip(prices, edges, strict=True)] + chain[
            rng.randint(0, 4) == 0 :
        ]

    return Draft(
        f"""
        def solve(n, cables):
            group, used = list(range(n)), []
            for price, a, b in {kind.code}:
                if group[a] != group[b]:
                    used.append(price)
                    group = [group[a] if g == group[b] else g for g in group]
            if len(used) < n - 1:
                return -1
            return {result.code}
        """,
        [
            (1, []),
            (2, []),
            (2, [(5, 0, 1)]),
            (3, [(1, 0, 1), (2, 1, 2), (3, 0, 2)]),
            (4, [(9, 0, 1), (7, 2, 3)]),
            (2, [(4, 1, 0), (6, 0, 1)]),
            (4, [(5, 0, 1), (1, 1, 2), (8, 2, 3), (3, 3, 0), (2, 0, 2)]),
        ],
        sample,
    )
