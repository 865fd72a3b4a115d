"""Problems whose answer is a tuple, True or False, or perhaps None."""

from random import Random

from assay.coding.problems.template import Draft, Rule, ints, template


@template(
    1,
    what=(
        Rule("the smallest and the largest number", "min(numbers), max(numbers)"),
        Rule(
            "the places (from 0) of the first smallest and the first largest number",
            "numbers.index(min(numbers)), numbers.index(max(numbers))",
        ),
        Rule("the sum and the count of the numbers", "sum(numbers), len(numbers)"),
        Rule("the first and the last number", "numbers[0], numbers[-1]"),
    ),
)
def two_facts(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(numbers)` that takes a list of integers and returns a tuple of two
    integers: {what.words}. For an empty list it returns None."""
    return Draft(
        f"""
        def solve(numbers):
            return ({what.code}) if numbers else None
        """,
        [([],), ([4],), ([0, 0],), ([-2, -7, -7],), ([9, 1, 9, 1],), ([3, 2, 1],)],
        lambda: (ints(rng, least=3),),
    )


@template(
    2,
    which=(
        Rule(
            "the place of its first appearance, an int, or None if there is none",
            "places[0] if places else None",
        ),
        Rule(
            "the place of its last appearance, an int, or -1 if there is none",
            "places[-1] if places else -1",
        ),
        Rule("a tuple of all its places in increasing order", "tuple(places)"),
        Rule("True if it appears at exactly one place, and False otherwise", "len(places) == 1"),
        Rule(
            (
                "the distance between its first and its last appearance, or None if it "
                "appears at fewer than two places"
            ),
            "places[-1] - places[0] if len(places) > 1 else None",
        ),
    ),
)
def places(rng: Random, which: Rule) -> Draft:
    """Write a function `solve(items, wanted)` that looks for the integer `wanted` in the list of
    integers `items`. Places are counted from 0. It returns {which.words}."""
    return Draft(
        f"""
        def solve(items, wanted):
            places = [n for n, item in enumerate(items) if item == wanted]
            return {which.code}
        """,
        [([], 1), ([1], 1), ([2], 1), ([5, 5, 5], 5), ([0, 1, 0], 0), ([1, 0], 0), ([-1, 1], -1)],
        lambda: (ints(rng, 0, 4, 8, 4), rng.randint(0, 4)),
    )


@template(
    2,
    property=(
        Rule(
            "is in increasing order without equal neighbours",
            "all(a < b for a, b in zip(numbers, numbers[1:]))",
        ),
        Rule("has no number twice", "len(set(numbers)) == len(numbers)"),
        Rule(
            "has the same difference between all neighbours",
            "len({b - a for a, b in zip(numbers, numbers[1:])}) <= 1",
        ),
        Rule(
            "holds each integer from 1 to its length exactly once",
            "sorted(numbers) == list(range(1, len(numbers) + 1))",
        ),
        Rule("reads the same forwards and backwards", "numbers == numbers[::-1]"),
    ),
)
def list_property(rng: Random, property: Rule) -> Draft:
    """Write a function `solve(numbers)` that tells whether the list of integers `numbers`
    {property.words}. It returns True or False; for an empty list True."""

    def sample() -> tuple[list[int]]:
        first, step, length = rng.randint(0, 2), rng.randint(1, 2), rng.randint(3, 5)
        line = [first + step * n for n in range(length)]
        half = line[:2]
        return (
            rng.choice(
                [line, rng.sample(line, length), half + half[::-1], [*line, first], [*half, *line]]
            ),
        )

    return Draft(
        f"""
        def solve(numbers):
            return {property.code}
        """,
        [
            ([],),
            ([1],),
            ([0],),
            ([2, 2],),
            ([3, 2, 1],),
            ([1, 2, 1],),
            ([-3, -1, 1],),
            ([1, 2, 4],),
        ],
        sample,
    )


@template(
    2,
    rule=(
        Rule(
            "the candidate with the most votes; None if several have as many",
            "top[0] if len(top) == 1 else None",
        ),
        Rule(
            "the candidate with more than half of all votes; None if nobody has",
            "top[0] if len(votes) < 2 * most else None",
        ),
        Rule(
            "a tuple of all candidates that share the most votes, in alphabetical order",
            "tuple(top)",
        ),
    ),
)
def election(rng: Random, rule: Rule) -> Draft:
    """Write a function `solve(votes)` that takes a list of strings, each a vote for the candidate
    of that name, and returns {rule.words}. Without any votes it returns None."""
    return Draft(
        f"""
        def solve(votes):
            if not votes:
                return None
            most = max(votes.count(name) for name in votes)
            top = sorted(name for name in set(votes) if votes.count(name) == most)
            return {rule.code}
        """,
        [
            ([],),
            (["Z"],),
            (["B", "A"],),
            (["A", "A", "B", "B", "C"],),
            (["c", "a", "a", "b"],),
            (["b"] * 4 + ["a"] * 3,),
        ],
        lambda: ([rng.choice("AABC") for _ in range(rng.randint(3, 8))],),
    )


@template(
    3,
    operation=(
        Rule("sum", "a * d + c * b, b * d"),
        Rule("product", "a * c, b * d"),
        Rule("quotient (the first divided by the second)", "a * d, b * c"),
    ),
)
def fractions(rng: Random, operation: Rule) -> Draft:
    """A fraction is a tuple of two integers, numerator and denominator. Write a function
    `solve(first, second)` that returns the {operation.words} of two fractions as a tuple in lowest
    terms with a positive denominator; zero is (0, 1). If a denominator is 0, that of the result
    included, it returns None."""

    def fraction() -> tuple[int, int]:
        return rng.randint(-6, 9), rng.randint(1, 8)

    return Draft(
        f"""
        from math import gcd

        def solve(first, second):
            (a, b), (c, d) = first, second
            top, bottom = {operation.code}
            if b == 0 or d == 0 or bottom == 0:
                return None
            divisor = gcd(top, bottom) * (-1 if bottom < 0 else 1)
            return top // divisor, bottom // divisor
        """,
        [
            ((1, 0), (1, 2)),
            ((1, 2), (3, 0)),
            ((0, 5), (0, 3)),
            ((1, -2), (1, 2)),
            ((-3, -9), (1, 3)),
            ((4, 6), (0, 1)),
        ],
        lambda: (fraction(), fraction()),
    )


@template(
    3,
    what=(
        Rule("True if there is such a date and False if not", "True", "False"),
        Rule(
            "the day after it as a tuple (year, month, day), or None if there is no such date",
            "following(year, month, day)",
            "None",
        ),
        Rule(
            "which day of its year it is (1 for January 1), or 0 if there is no such date",
            "sum(days[: month - 1]) + day",
            "0",
        ),
    ),
)
def calendar(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(year, month, day)` for dates in the Gregorian calendar, in which a
    year has a February 29 if it is divisible by 4, except those divisible by 100 and not by 400.
    The three integers may be no date at all, such as February 30 or month 13. It returns
    {what.words}."""

    def sample() -> tuple[int, int, int]:
        return (
            rng.choice([1999, 2000, 2023, 2024]),
            rng.randint(1, 12),
            rng.choice([1, 15, 28, 29, 30, 31]),
        )

    return Draft(
        f"""
        def solve(year, month, day):
            leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
            days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

            def following(year, month, day):
                if day < days[month - 1]:
                    return year, month, day + 1
                return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)

            if not (1 <= month <= 12 and 1 <= day <= days[month - 1]):
                return {what.more}
            return {what.code}
        """,
        [
            (2024, 2, 29),
            (1900, 2, 29),
            (2000, 2, 29),
            (2023, 2, 28),
            (2023, 12, 31),
            (2023, 13, 1),
            (2023, 1, 0),
            (1900, 2, 28),
        ],
        sample,
    )


@template(
    2,
    piece=(
        Rule(
            "knight (two squares along one axis and one along the other)",
            "sorted([across, up]) == [1, 2]",
        ),
        Rule("bishop (any number of squares diagonally)", "across == up"),
        Rule("rook (any number of squares along a row or a column)", "across == 0 or up == 0"),
        Rule("king (one square in any direction)", "max(across, up) == 1"),
        Rule(
            "queen (any number of squares along a row, a column or a diagonal)",
            "across == up or across == 0 or up == 0",
        ),
    ),
)
def chess_move(rng: Random, piece: Rule) -> Draft:
    """Squares of a chess board are named by a letter from a to h and a digit from 1 to 8, such as
    "b3". Write a function `solve(start, end)` that tells whether a {piece.words} gets from the one
    square to the other in one move on an otherwise empty board. Staying where it is is no move. It
    returns True or False; also False if one of the two strings names no square."""

    def sample() -> tuple[str, str]:
        column, row = rng.randint(2, 4), rng.randint(3, 6)
        across, up = rng.choice(
            [(0, 2), (1, 1), (2, 2), (1, 2), (2, -1), (1, 0), (3, 1), (-1, 0), (-2, 2)]
        )
        return "abcdefgh"[column] + str(row), "abcdefgh"[column + across] + str(row + up)

    return Draft(
        f"""
        def is_square(name):
            return len(name) == 2 and name[0] in "abcdefgh" and name[1] in "12345678"

        def solve(start, end):
            if not is_square(start) or not is_square(end) or start == end:
                return False
            across, up = abs(ord(start[0]) - ord(end[0])), abs(int(start[1]) - int(end[1]))
            return {piece.code}
        """,
        [
            ("a1", "a1"),
            ("a1", "h8"),
            ("a1", "a8"),
            ("h1", "g3"),
            ("a9", "a8"),
            ("i1", "h1"),
            ("", "a1"),
            ("e4", "d3"),
        ],
        sample,
    )
