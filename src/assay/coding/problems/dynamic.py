"""Problems with overlapping parts: ways, best choices, distances between texts."""

from random import Random

from assay.coding.problems.template import Draft, Rule, ints, template, text


@template(2, steps=((1, 2), (1, 3), (1, 2, 3), (2, 3), (2, 5)))
def stairs(rng: Random, steps: tuple[int, ...]) -> Draft:
    """Somebody climbs `n` stairs and takes a number of stairs out of {steps} at each step. Write a
    function `solve(n)` that returns in how many ways (the order of the steps matters) that is
    possible so that exactly `n` stairs are climbed, an int. For 0 stairs there is one way; a
    negative `n` has none."""
    return Draft(
        f"""
        def solve(n):
            ways = [1]
            for k in range(1, n + 1):
                ways.append(sum(ways[k - step] for step in {steps} if step <= k))
            return ways[n] if n >= 0 else 0
        """,
        [(0,), (-1,), (-7,), (1,), (2,), (40,), (41,)],
        lambda: (rng.randint(3, 25),),
    )


@template(
    4,
    coins=((1, 3, 4), (4, 9, 11), (2, 5, 6)),
    what=(
        Rule(
            "the smallest number of coins that is needed, an int, or None if it is not possible",
            "fewest[amount] if fewest[amount] < 10**9 else None",
        ),
        Rule(
            "in how many ways it is possible, an int; the order of coins does not matter",
            "ways[amount]",
        ),
    ),
)
def coins(rng: Random, coins: tuple[int, ...], what: Rule) -> Draft:
    """There are coins of the values {coins}, as many of each as one likes. Write a function
    `solve(amount)` for an amount (an integer, at least 0) that is to be paid exactly. It returns
    {what.words}. Nothing has to be paid for the amount 0: no coin, one way."""
    return Draft(
        f"""
        def solve(amount):
            fewest, ways = [0] + [10**9] * amount, [1] + [0] * amount
            for coin in {coins}:
                for k in range(coin, amount + 1):
                    fewest[k] = min(fewest[k], fewest[k - coin] + 1)
                    ways[k] += ways[k - coin]
            return {what.code}
        """,
        [(0,), (1,), (2,), (3,), (7,), (100,), (101,)],
        lambda: (rng.randint(4, 50),),
    )


@template(
    4,
    supply=(
        Rule("each thing can be taken once at most", "range(room, weight - 1, -1)"),
        Rule("of each thing as many as one likes can be taken", "range(weight, room + 1)"),
    ),
    goal=(
        Rule("the largest total value that fits", "max(best)"),
        Rule(
            (
                "the largest total value with which the room is filled exactly, or None "
                "if that is not possible"
            ),
            "best[room] if best[room] >= 0 else None",
        ),
    ),
)
def knapsack(rng: Random, supply: Rule, goal: Rule) -> Draft:
    """Things are tuples (weight, value) of positive integers. Write a function `solve(things,
    room)`: the weights of what is taken may add up to `room` (an integer, at least 0) at most, and
    {supply.words}. It returns {goal.words}, an int. Nothing has the weight 0 and the value 0."""

    def sample() -> tuple[list[tuple[int, int]], int]:
        return [
            (rng.randint(2, 7), rng.randint(1, 12)) for _ in range(rng.randint(2, 5))
        ], rng.randint(6, 16)

    return Draft(
        f"""
        def solve(things, room):
            best = [0] + [-(10**9)] * room
            for weight, value in things:
                for k in {supply.code}:
                    best[k] = max(best[k], best[k - weight] + value)
            return {goal.code}
        """,
        [
            ([], 0),
            ([], 5),
            ([(3, 5)], 2),
            ([(3, 5)], 9),
            ([(4, 4)], 9),
            ([(2, 3), (3, 4), (4, 5)], 7),
            ([(1, 1), (1, 1)], 2),
            ([(5, 9), (5, 1)], 10),
        ],
        sample,
    )


@template(
    3,
    rule=(
        Rule("each is greater than the one before", "a < b"),
        Rule("none is less than the one before", "a <= b"),
        Rule("each differs from the one before by exactly 1", "abs(a - b) == 1"),
        Rule("each is a multiple of the one before (numbers are positive)", "b % a == 0"),
    ),
)
def subsequence(rng: Random, rule: Rule) -> Draft:
    """Write a function `solve(numbers)` that strikes out as few numbers as possible from the list
    of positive integers `numbers` so that of those that are left, in their order, {rule.words}. It
    returns how many are left, an int."""
    return Draft(
        f"""
        def solve(numbers):
            longest = []
            for n, b in enumerate(numbers):
                before = [longest[i] for i, a in enumerate(numbers[:n]) if {rule.code}]
                longest.append(1 + max(before, default=0))
            return max(longest, default=0)
        """,
        [
            ([],),
            ([4],),
            ([5, 5, 5],),
            ([9, 7, 5, 3],),
            ([2, 4, 8, 16],),
            ([1, 2, 1, 2, 3],),
            ([3, 1, 4, 1, 5, 9, 2, 6],),
        ],
        lambda: (ints(rng, 1, 9, 9, 5),),
    )


@template(
    4,
    replace=(
        Rule("A letter is put in, taken out, or replaced by another one.", "diagonal + (a != b)"),
        Rule(
            "A letter is put in or taken out; to replace one takes two changes.",
            "diagonal + 2 * (a != b)",
        ),
        Rule(
            (
                "A letter is put in, taken out, or replaced by another one; upper and "
                "lower case count as the same letter."
            ),
            "diagonal + (a.lower() != b.lower())",
        ),
    ),
)
def edit_distance(rng: Random, replace: Rule) -> Draft:
    """Write a function `solve(first, second)` that returns the smallest number of changes, an int,
    with which the string `first` becomes the string `second`. {replace.words}"""
    return Draft(
        f"""
        def solve(first, second):
            row = list(range(len(second) + 1))
            for n, a in enumerate(first, 1):
                diagonal, row[0] = row[0], n
                for m, b in enumerate(second, 1):
                    change = {replace.code}
                    diagonal, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, change)
            return row[-1]
        """,
        [
            ("", ""),
            ("abc", ""),
            ("", "xy"),
            ("Same", "sAME"),
            ("abc", "xyz"),
            ("ab", "ba"),
            ("kitten", "sitting"),
        ],
        lambda: (text(rng, "abAc", 6, 3), text(rng, "abBc", 6, 3)),
    )


@template(
    3,
    choice=(
        Rule("one or more neighbours", "max(end)"),
        Rule(
            "two or more neighbours",
            (
                "max((a + b + max(0, c) for a, b, c in zip(numbers[1:], numbers, [0, "
                "*end])), default=None)"
            ),
        ),
        Rule("no numbers at all, or of numbers of which no two are neighbours,", "apart(numbers)"),
        Rule(
            "no numbers at all, or of numbers with at least two others between any two of them,",
            "apart(numbers, 2)",
        ),
    ),
)
def largest_sum(rng: Random, choice: Rule) -> Draft:
    """Write a function `solve(numbers)` that returns the largest sum of {choice.words} in the list
    of integers `numbers`, an int. For a list in which no such choice is possible it returns
    None."""
    none = "" if "apart" in choice.code else "if numbers else None"
    return Draft(
        f"""
        def apart(numbers, gap=1):
            best = [0] * (gap + 1)
            for number in numbers:
                best.append(max(best[-1], best[-1 - gap] + number))
            return best[-1]

        def solve(numbers):
            end = []
            for number in numbers:
                end.append(number + max(0, end[-1] if end else 0))
            return {choice.code} {none}
        """,
        [
            ([],),
            ([4],),
            ([-4],),
            ([-3, -1, -2],),
            ([1, 2],),
            ([5, -9, 5],),
            ([3, 2, 2, 3],),
            ([0, 0, 0],),
        ],
        lambda: (ints(rng, -7, 9, 8, 5),),
    )


@template(
    3,
    moves=(
        Rule("one square to the right or one down", "(0, 1), (1, 0)"),
        Rule(
            "one square to the right, one down, or diagonally one to the right and down",
            "(0, 1), (1, 0), (1, 1)",
        ),
    ),
    goal=(
        Rule("the smallest sum", "min(before)"),
        Rule("the largest sum", "max(before)"),
    ),
)
def grid_way(rng: Random, moves: Rule, goal: Rule) -> Draft:
    """A grid is a list of rows, lists of integers of the same length (at least one row and one
    number). A way leads from the top left to the bottom right square, and each step goes
    {moves.words}. Write a function `solve(grid)` that returns {goal.words} of the numbers on a way,
    both ends included, an int."""

    def sample() -> tuple[list[list[int]]]:
        width = rng.randint(2, 4)
        return ([[rng.randint(-2, 9) for _ in range(width)] for _ in range(rng.randint(2, 4))],)

    return Draft(
        f"""
        def solve(grid):
            total = {{}}
            for y, row in enumerate(grid):
                for x, number in enumerate(row):
                    places = [(y - dy, x - dx) for dy, dx in ({moves.code})]
                    before = [total[place] for place in places if place in total]
                    total[y, x] = number + ({goal.code} if before else 0)
            return total[y, x]
        """,
        [
            ([[5]],),
            ([[1, 2, 3]],),
            ([[1], [-2]],),
            ([[1, 9], [1, 1]],),
            ([[0, 0], [0, 0]],),
            ([[-1, -1], [-1, -1]],),
            ([[1, 5, 1], [5, 1, 5], [1, 5, 1]],),
        ],
        sample,
    )


@template(4, largest=(26, 12, 19), first=(Rule("1", "1"), Rule("0", "0")))
def decodings(rng: Random, largest: int, first: Rule) -> Draft:
    """A text of digits came about by writing numbers from {first.words} to {largest}, without
    leading zeros, one after the other without anything between them. Write a function `solve(text)`
    that returns in how many ways the digits can be divided into such numbers, an int. The empty
    text can be divided in one way."""
    return Draft(
        f"""
        def solve(text):
            ways = [1]
            for end in range(1, len(text) + 1):
                count = 0
                for start in (end - 1, end - 2):
                    part = text[max(start, 0) : end]
                    plain = start >= 0 and str(int(part)) == part
                    if plain and {first.code} <= int(part) <= {largest}:
                        count += ways[start]
                ways.append(count)
            return ways[-1]
        """,
        [("",), ("0",), ("10",), ("101",), ("121212",), ("1525",), ("1419",), ("27",), ("012",)],
        lambda: (text(rng, "0111223", 8, 4),),
    )


@template(
    4,
    rule=(
        Rule("One may buy once and sell once later.", "1", "0"),
        Rule("One may buy and sell as often as one likes.", "99", "0"),
        Rule(
            "One may buy and sell as often as one likes, and each sale costs a fee of 2.", "99", "2"
        ),
        Rule("One may buy twice at most, and sell twice.", "2", "0"),
    ),
)
def trading(rng: Random, rule: Rule) -> Draft:
    """The list of integers `prices` has the price of a share on each day. {rule.words} One has at
    most one share at any time, buys and sells at the day's price, and may as well do nothing. Write
    a function `solve(prices)` that returns the largest possible gain, an int (0 if nothing can be
    gained)."""
    return Draft(
        f"""
        def solve(prices):
            best = [0] * len(prices)
            for _ in range(min({rule.code}, len(prices))):
                gains, holding, gain = [], float("-inf"), 0
                for day, price in enumerate(prices):
                    before = best[day - 1] if day else 0
                    gain = max(gain, holding + price - {rule.more})
                    holding = max(holding, before - price)
                    gains.append(gain)
                best = gains
            return best[-1] if best else 0
        """,
        [
            ([],),
            ([5],),
            ([5, 4, 3],),
            ([1, 9],),
            ([1, 5, 1, 5, 1, 5],),
            ([3, 3, 3],),
            ([1, 2, 4],),
            ([2, 7, 1, 6, 0, 5],),
        ],
        lambda: (ints(rng, 1, 12, 8, 5),),
    )


@template(
    4,
    what=(
        Rule("True if that is possible, and False if not", "ways[-1] > 0"),
        Rule("in how many ways that is possible, an int", "ways[-1]"),
    ),
    again=(
        Rule("a word may be used again and again", "words"),
        Rule(
            "only words with at most three letters may be used, each again and again",
            "[word for word in words if len(word) <= 3]",
        ),
    ),
)
def word_break(rng: Random, what: Rule, again: Rule) -> Draft:
    """Write a function `solve(text, words)`: the string `text` is to be put together from strings
    of the list `words` (all different, none empty) without anything left over or in between;
    {again.words}. It returns {what.words}. The empty text is possible in one way, without words."""
    known = ["a", "ab", "b", "ba", "abba", "bab", "cab"]
    return Draft(
        f"""
        def solve(text, words):
            ways = [1] + [0] * len(text)
            for end in range(1, len(text) + 1):
                for word in {again.code}:
                    if text[:end].endswith(word):
                        ways[end] += ways[end - len(word)]
            return {what.code}
        """,
        [
            ("", []),
            ("a", []),
            ("", ["a"]),
            ("aaaa", ["a", "aa"]),
            ("abba", ["abba"]),
            ("abcd", ["ab", "cd", "abcd", "abc"]),
            ("ab", ["b"]),
        ],
        lambda: (text(rng, "aabbc", 6, 2), rng.sample(known, rng.randint(3, 6))),
    )
