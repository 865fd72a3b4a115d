"""Problems that go through all possibilities: choices, sums, partitions."""

from random import Random

from assay.coding.problems.template import Draft, Rule, ints, template


@template(
    3,
    what=(
        Rule("all choices of exactly two letters, which keep their order", "combinations(text, 2)"),
        Rule(
            "all choices of exactly three letters, which keep their order", "combinations(text, 3)"
        ),
        Rule(
            "all choices of one or more letters, which keep their order",
            "chain.from_iterable(combinations(text, k) for k in range(1, len(text) + 1))",
        ),
        Rule("all ways to put all letters in some order", "permutations(text)"),
    ),
)
def choices(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(text)` that takes a string of at most five different letters in
    alphabetical order and returns {what.words}, each as a string, as a list in alphabetical
    order."""
    return Draft(
        f"""
        from itertools import chain, combinations, permutations

        def solve(text):
            return sorted("".join(choice) for choice in {what.code})
        """,
        [("",), ("a",), ("xy",), ("abc",), ("kmpz",), ("abcde",)],
        lambda: ("".join(sorted(rng.sample("abcdefgh", rng.randint(2, 4)))),),
    )


@template(
    4,
    parts=(
        Rule("positive integers", "True", "0"),
        Rule("different positive integers", "True", "1"),
        Rule("integers greater than 1", "k > 1", "0"),
        Rule("different odd positive integers", "k % 2 == 1", "1"),
    ),
    result=(
        Rule("in how many ways that is possible, an int", "len(found)"),
        Rule(
            (
                "the list of all ways, each a list in decreasing order, the way with the "
                "largest first number first, and so on"
            ),
            "found",
        ),
    ),
)
def partitions(rng: Random, parts: Rule, result: Rule) -> Draft:
    """The number `n` is to be written as a sum of {parts.words}, where the order of the summands
    does not matter. Write a function `solve(n)` that takes an integer, at least 0, and returns
    {result.words}. For 0 there is one way: no summands."""
    return Draft(
        f"""
        def ways(n, largest):
            if n == 0:
                return [[]]
            firsts = range(min(n, largest), 0, -1)
            fitting = [k for k in firsts if {parts.code}]
            return [[k, *rest] for k in fitting for rest in ways(n - k, k - {parts.more})]

        def solve(n):
            found = ways(n, n)
            return {result.code}
        """,
        [(0,), (1,), (2,), (3,), (12,), (13,)],
        lambda: (rng.randint(4, 11),),
    )


@template(
    4,
    target=(
        Rule("exactly `target`", "== target"),
        Rule("at most `target`", "<= target"),
    ),
    result=(
        Rule("how many such choices there are, an int", "len(sums)"),
        Rule(
            "the largest number of elements in such a choice, an int, or None if there is none",
            "max((len(choice) for choice in sums), default=None)",
        ),
    ),
)
def subset_sums(rng: Random, target: Rule, result: Rule) -> Draft:
    """Write a function `solve(numbers, target)` that looks at all choices of elements of the list
    of positive integers `numbers` whose sum is {target.words}. Elements at different places are
    different, even if they are the same number, and choosing nothing, with the sum 0, is a choice
    too. It returns {result.words}."""
    return Draft(
        f"""
        def choices(numbers):
            if not numbers:
                return [[]]
            rest = choices(numbers[1:])
            return rest + [[numbers[0], *choice] for choice in rest]

        def solve(numbers, target):
            sums = [choice for choice in choices(numbers) if sum(choice) {target.code}]
            return {result.code}
        """,
        [
            ([], 0),
            ([], 3),
            ([5], 5),
            ([2, 2, 2], 4),
            ([1, 2, 3], 0),
            ([9, 9], 8),
            ([1, 1, 1, 1], -1),
        ],
        lambda: (ints(rng, 1, 6, 6, 3), rng.randint(3, 10)),
    )
