"""Problems about lists of numbers: counting, slicing, ordering, windows."""

from random import Random

from assay.coding.problems.template import Draft, Rule, ints, template


@template(1, side=(Rule("greater", ">"), Rule("less", "<")), limit=(0, 4, 10))
def count_beyond(rng: Random, side: Rule, limit: int) -> Draft:
    """Write a function `solve(numbers)` that counts how many of the integers in the list `numbers`
    are strictly {side.words} than {limit}. It returns an int."""
    return Draft(
        f"""
        def solve(numbers):
            return sum(1 for number in numbers if number {side.code} {limit})
        """,
        [
            ([],),
            ([limit],),
            ([limit + 1, limit, limit - 1],),
            ([-50, -50],),
            ([99, 98, 97],),
            ([0],),
        ],
        lambda: (ints(rng, -15, 25),),
    )


@template(
    2,
    rank=(Rule("second", "2"), Rule("third", "3")),
    end=(Rule("largest", "True"), Rule("smallest", "False")),
)
def ranked_value(rng: Random, rank: Rule, end: Rule) -> Draft:
    """Write a function `solve(numbers)` that returns the {rank.words} {end.words} of the different
    integers in the list `numbers`: a number that appears several times counts once. If there are
    fewer different numbers than that, it returns None."""
    return Draft(
        f"""
        def solve(numbers):
            ranked = sorted(set(numbers), reverse={end.code})
            return ranked[{rank.code} - 1] if len(ranked) >= {rank.code} else None
        """,
        [
            ([],),
            ([5],),
            ([5, 5, 5],),
            ([1, 2],),
            ([3, 1, 3, 2, 2],),
            ([-1, -2, -3, -4],),
            ([0, 0, 1, 2],),
        ],
        lambda: (ints(rng),),
    )


@template(1, direction=(Rule("left", "k"), Rule("right", "-k")), step=(1, 2, 3))
def rotate(rng: Random, direction: Rule, step: int) -> Draft:
    """Write a function `solve(items)` that moves every element of the list `items` {step} place(s)
    to the {direction.words}; what falls off at one end comes in again at the other. It returns a
    new list."""
    return Draft(
        f"""
        def solve(items):
            if not items:
                return []
            k = {step} % len(items)
            return items[{direction.code}:] + items[:{direction.code}]
        """,
        [([],), ([7],), ([1, 2],), ([1, 2, 3],), ([0, 0, 0, 1],), ([None, True, "x", 2.5, 9],)],
        lambda: (ints(rng, least=4),),
    )


@template(
    2,
    which=(
        Rule("each number once, at the place of its first appearance", "n not in items[:i]"),
        Rule("each number once, at the place of its last appearance", "n not in items[i + 1 :]"),
        Rule("the numbers that appear exactly once", "items.count(n) == 1"),
        Rule(
            "each number that appears more than once, once, at the place of its first appearance",
            "items.count(n) > 1 and n not in items[:i]",
        ),
    ),
)
def thin_out(rng: Random, which: Rule) -> Draft:
    """Write a function `solve(items)` that takes a list of integers and returns a new list with
    {which.words}. The order stays as it is otherwise."""
    return Draft(
        f"""
        def solve(items):
            return [n for i, n in enumerate(items) if {which.code}]
        """,
        [([],), ([4],), ([1, 1, 1],), ([1, 2, 1, 3, 2],), ([-1, 1, -1],), ([0, 5, 0, 5, 7],)],
        lambda: (ints(rng, 0, 5, 9, 4),),
    )


@template(
    1,
    rule=(
        Rule("even", "n % 2 == 0"),
        Rule("negative", "n < 0"),
        Rule("multiples of 3", "n % 3 == 0"),
        Rule("between -5 and 5, both included", "-5 <= n <= 5"),
    ),
)
def partition(rng: Random, rule: Rule) -> Draft:
    """Write a function `solve(numbers)` that takes a list of integers and returns a tuple of two
    lists: the numbers that are {rule.words}, and the others. Both keep the order of `numbers`."""
    return Draft(
        f"""
        def solve(numbers):
            chosen = [n for n in numbers if {rule.code}]
            others = [n for n in numbers if not ({rule.code})]
            return chosen, others
        """,
        [([],), ([0],), ([-5, 5, -6, 6],), ([2, 4, 6],), ([-1, -3],), ([7, 7],)],
        lambda: (ints(rng, -12, 12),),
    )


@template(
    2,
    key=(
        Rule("absolute value", "abs(n)"),
        Rule("last decimal digit", "abs(n) % 10"),
        Rule("sum of decimal digits (without the sign)", "sum(map(int, str(abs(n))))"),
        Rule("distance from 10", "abs(n - 10)"),
    ),
    tie=(
        Rule("keep their order", ""),
        Rule("are ordered from the smaller to the larger number", ", n"),
    ),
)
def order_by(rng: Random, key: Rule, tie: Rule) -> Draft:
    """Write a function `solve(numbers)` that returns a new list with the integers of the list
    `numbers`, ordered by their {key.words}, smallest first. Numbers that agree in it
    {tie.words}."""
    return Draft(
        f"""
        def solve(numbers):
            return sorted(numbers, key=lambda n: ({key.code}{tie.code}))
        """,
        [
            ([],),
            ([3],),
            ([5, -5, 4, -4],),
            ([21, 12, 3, 30, 11],),
            ([20, 0, 10],),
            ([-13, 13, 3, -3],),
        ],
        lambda: (ints(rng, -40, 60, 8, 4),),
    )


@template(
    1,
    signs=(
        Rule("plus, minus, plus, minus and so on", "(1, -1)[i % 2]"),
        Rule("plus, plus, minus, plus, plus, minus and so on", "(1, 1, -1)[i % 3]"),
        Rule("minus, plus, minus, plus and so on", "(-1, 1)[i % 2]"),
    ),
)
def signed_sum(rng: Random, signs: Rule) -> Draft:
    """Write a function `solve(numbers)` that adds up the integers in the list `numbers` with
    changing signs: {signs.words}, from the left. It returns an int, 0 for an empty list."""
    return Draft(
        f"""
        def solve(numbers):
            return sum({signs.code} * number for i, number in enumerate(numbers))
        """,
        [([],), ([6],), ([1, 1],), ([1, 1, 1],), ([-2, -3, -4, -5],), ([0, 7],)],
        lambda: (ints(rng, least=3),),
    )


@template(2, share=(Rule("a half", "2"), Rule("a third", "3"), Rule("a quarter", "4")))
def heavy_hitters(rng: Random, share: Rule) -> Draft:
    """Write a function `solve(numbers)` that returns a list of those integers that make up strictly
    more than {share.words} of the list `numbers`, each once, in increasing order."""
    return Draft(
        f"""
        def solve(numbers):
            return sorted(n for n in set(numbers) if numbers.count(n) * {share.code} > len(numbers))
        """,
        [
            ([],),
            ([8],),
            ([1, 2],),
            ([1, 1, 2, 2],),
            ([3, 3, 1],),
            ([4, 4, 4, -1, -1, 0],),
            ([1, 2, 3],),
        ],
        lambda: (ints(rng, 1, 3, 9, 4),),
    )


@template(
    3,
    which=(
        Rule(
            "all numbers of both, those that appear several times as often as that", "sorted(a + b)"
        ),
        Rule("the different numbers that are in at least one of them", "sorted({*a, *b})"),
        Rule("the different numbers that are in both", "sorted({*a} & {*b})"),
        Rule("the different numbers that are in exactly one of them", "sorted({*a} ^ {*b})"),
    ),
)
def combine_sorted(rng: Random, which: Rule) -> Draft:
    """Write a function `solve(a, b)` that takes two lists of integers, each in increasing order,
    and returns a list, in increasing order, of {which.words}."""
    return Draft(
        f"""
        def solve(a, b):
            return {which.code}
        """,
        [
            ([], []),
            ([1], []),
            ([], [2, 2]),
            ([1, 1], [1]),
            ([-3, 0, 4], [-3, 4, 9]),
            ([5, 6], [1, 2]),
        ],
        lambda: (sorted(ints(rng, 0, 9)), sorted(ints(rng, 0, 9))),
    )


@template(
    3,
    what=(
        Rule("product", "prod(rest)"),
        Rule("sum", "sum(rest)"),
        Rule("largest", "max(rest, default=None)"),
    ),
)
def all_others(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(numbers)` that returns a list with one entry for each integer of the
    list `numbers`: the {what.words} of all the others. If there are no others, the product is 1,
    the sum is 0, and the largest is None."""
    return Draft(
        f"""
        from math import prod

        def solve(numbers):
            others = (numbers[:n] + numbers[n + 1 :] for n in range(len(numbers)))
            return [{what.code} for rest in others]
        """,
        [([],), ([4],), ([0, 0],), ([0, 3, 2],), ([-1, -2, -3],), ([5, 5, 1],)],
        lambda: (ints(rng, -4, 6, 6, 3),),
    )
