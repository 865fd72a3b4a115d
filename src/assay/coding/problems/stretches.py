"""Problems about parts of lists: neighbours, windows, pieces, pairs."""

from random import Random

from assay.coding.problems.template import Draft, Rule, ints, template


@template(
    2,
    size=(2, 3, 4),
    rest=(
        Rule("is kept as it is", "parts"),
        Rule("is left out", "[part for part in parts if len(part) == size]"),
        Rule("is filled up with None", "[part + [None] * (size - len(part)) for part in parts]"),
    ),
)
def chunks(rng: Random, size: int, rest: Rule) -> Draft:
    """Write a function `solve(items)` that cuts the list `items` into lists of {size} elements, in
    order. A last piece that is shorter {rest.words}. It returns a list of lists."""
    return Draft(
        f"""
        def solve(items):
            size = {size}
            parts = [items[n : n + size] for n in range(0, len(items), size)]
            return {rest.code}
        """,
        [([],), ([1],), ([1, 2],), ([1, 2, 3],), ([1, 2, 3, 4],), (["a", None, "b", 0, 1, 2, 3],)],
        lambda: (ints(rng, 0, 9, 9, 3),),
    )


@template(
    2,
    window=(2, 3),
    what=(Rule("sum", "sum"), Rule("largest number", "max"), Rule("smallest number", "min")),
)
def windows(rng: Random, window: int, what: Rule) -> Draft:
    """Write a function `solve(numbers)` that returns a list with the {what.words} of each group of
    {window} numbers that stand directly next to each other in the list of integers `numbers`, from
    left to right. A list that is too short has no such group."""
    return Draft(
        f"""
        def solve(numbers):
            count = len(numbers) - {window} + 1
            return [{what.code}(numbers[n : n + {window}]) for n in range(count)]
        """,
        [([],), ([1],), ([1, 2],), ([3, 2, 1],), ([-5, -4, -3, -9],), ([0, 0, 0, 0],)],
        lambda: (ints(rng, least=4),),
    )


@template(
    2,
    rest=(Rule("is appended at the end", "rest"), Rule("is left out", "[]")),
    start=(Rule("first", "first, second"), Rule("second", "second, first")),
)
def interleave(rng: Random, rest: Rule, start: Rule) -> Draft:
    """Write a function `solve(first, second)` that takes two lists and takes elements from them in
    turn, beginning with the {start.words} list. Once one list is used up, what remains of the other
    {rest.words}. It returns a new list."""
    return Draft(
        f"""
        def solve(first, second):
            one, two = {start.code}
            both = [item for pair in zip(one, two) for item in pair]
            shorter = min(len(one), len(two))
            rest = one[shorter:] + two[shorter:]
            return both + {rest.code}
        """,
        [([], []), ([1], []), ([], [1, 2]), ([1, 2], [3]), ([1], [2, 3]), ([0, 0], [0, 1])],
        lambda: (ints(rng, 0, 9, 5, 1), ints(rng, 10, 19, 5, 1)),
    )


@template(
    3,
    relation=(
        Rule("equal to", "=="),
        Rule("greater than", ">"),
        Rule("not less than", ">="),
        Rule("less than", "<"),
    ),
)
def longest_stretch(rng: Random, relation: Rule) -> Draft:
    """Write a function `solve(numbers)` that returns the length of the longest stretch of
    neighbours in the list of integers `numbers` in which every number but the stretch's first is
    {relation.words} the number before it. One number alone is a stretch of length 1; an empty list
    has 0."""
    return Draft(
        f"""
        def solve(numbers):
            longest = current = 0
            for n, number in enumerate(numbers):
                goes_on = n > 0 and number {relation.code} numbers[n - 1]
                current = current + 1 if goes_on else 1
                longest = max(longest, current)
            return longest
        """,
        [
            ([],),
            ([3],),
            ([2, 2, 2],),
            ([1, 2, 3, 4],),
            ([9, 7, 5],),
            ([1, 1, 2, 2, 3],),
            ([3, 1, 2, 2, 1, 0, -1],),
        ],
        lambda: (ints(rng, 0, 4, 10, 5),),
    )


@template(
    3,
    combine=(
        Rule("sum is", "a + b"),
        Rule("product is", "a * b"),
        Rule("difference (the larger minus the smaller) is", "abs(a - b)"),
    ),
    counted=(
        Rule(
            "how many such pairs there are, an int; pairs at different places count separately",
            "len(pairs)",
        ),
        Rule(
            (
                "the places (i, j) of the first such pair, a tuple: smallest i, then "
                "smallest j; None if there is none"
            ),
            "pairs[0] if pairs else None",
        ),
    ),
)
def pairs(rng: Random, combine: Rule, counted: Rule) -> Draft:
    """Write a function `solve(numbers, target)`. It looks at all pairs of integers at two different
    places i < j of the list `numbers` whose {combine.words} `target`, and returns {counted.words}.
    Places are counted from 0."""
    return Draft(
        f"""
        def solve(numbers, target):
            places = range(len(numbers))
            everything = ((i, j, numbers[i], numbers[j]) for i in places for j in places[i + 1 :])
            pairs = [(i, j) for i, j, a, b in everything if {combine.code} == target]
            return {counted.code}
        """,
        [([], 0), ([4], 8), ([2, 2, 2], 4), ([0, 0], 0), ([-2, 2, -2], -4), ([3, 1, 3], 0)],
        lambda: (ints(rng, -4, 6, 8, 4), rng.randint(0, 8)),
    )


@template(
    2,
    reach=(Rule("at least", ">="), Rule("more than", ">")),
    missing=(Rule("-1", "-1"), Rule("None", "None")),
)
def first_reached(rng: Random, reach: Rule, missing: Rule) -> Draft:
    """Write a function `solve(numbers, goal)` that adds up the integers in the list `numbers` from
    the left, and returns the place (from 0) of the number with which the sum is {reach.words}
    `goal` for the first time. If that never happens it returns {missing.words}."""
    return Draft(
        f"""
        def solve(numbers, goal):
            total = 0
            for n, number in enumerate(numbers):
                total += number
                if total {reach.code} goal:
                    return n
            return {missing.code}
        """,
        [([], 0), ([], -1), ([5], 5), ([1, 2, 3], 6), ([1, 2], 100), ([-5, 9], 4), ([0, 0, 0], 0)],
        lambda: (ints(rng, -3, 9, 8, 4), rng.randint(3, 30)),
    )
