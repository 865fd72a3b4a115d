"""Problems about floats: means, distances, rates, and rounding that is stated exactly."""

from random import Random

from assay.coding.problems.template import Draft, Rule, ints, template


def _floats(rng: Random, least: int = 3) -> list[float]:
    return [rng.randint(-40, 120) / 4 for _ in range(rng.randint(least, 7))]


@template(
    1,
    what=(
        Rule("mean", "sum(values) / len(values)"),
        Rule(
            "median (of an even count the mean of the two in the middle)",
            "(ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2",
        ),
        Rule("mean of the smallest and the largest value", "(ordered[0] + ordered[-1]) / 2"),
        Rule("largest minus the smallest value", "ordered[-1] - ordered[0]"),
    ),
)
def centre(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(values)` that takes a list of floats and returns the {what.words}, a
    float. For an empty list it returns None."""
    return Draft(
        f"""
        def solve(values):
            ordered = sorted(values)
            return {what.code} if values else None
        """,
        [
            ([],),
            ([2.5],),
            ([1.0, 2.0],),
            ([3.0, -3.0, 3.0],),
            ([0.1, 0.2, 0.4, 0.8],),
            ([-1.5, -2.5, -9.0],),
        ],
        lambda: (_floats(rng),),
    )


@template(
    1,
    scale=(
        Rule(
            "degrees Celsius to degrees Fahrenheit (nine fifths of it, plus 32)",
            "degrees * 9 / 5 + 32",
        ),
        Rule(
            "degrees Fahrenheit to degrees Celsius (32 less, and five ninths of that)",
            "(degrees - 32) * 5 / 9",
        ),
        Rule("degrees Celsius to kelvins (273.15 more)", "degrees + 273.15"),
    ),
)
def temperature(rng: Random, scale: Rule) -> Draft:
    """Write a function `solve(readings)` that converts each of the floats in the list `readings`
    from {scale.words}, and returns the list of floats. If there is a reading below -1000.0, the
    whole list is wrong, and the function returns None."""
    return Draft(
        f"""
        def solve(readings):
            if any(degrees < -1000.0 for degrees in readings):
                return None
            return [{scale.code} for degrees in readings]
        """,
        [
            ([],),
            ([0.0],),
            ([32.0, 212.0],),
            ([-40.0],),
            ([-273.15, 1e6],),
            ([-1000.0],),
            ([5.0, -1000.5],),
        ],
        lambda: (_floats(rng, 1),),
    )


@template(
    3,
    unit=(4, 10, 20),
    half=(
        Rule("away from zero", "(2 * abs(cents) + unit) // (2 * unit)"),
        Rule("towards zero", "(2 * abs(cents) + unit - 1) // (2 * unit)"),
    ),
)
def round_cents(rng: Random, unit: int, half: Rule) -> Draft:
    """An amount in cents, an integer that may be negative, is rounded to the nearest multiple of
    {unit}. What lies exactly half-way between two multiples is rounded {half.words}. Write a
    function `solve(amounts)` that returns a tuple of two integers: the sum of the rounded amounts
    of the list `amounts`, and the rounded sum of the amounts."""
    return Draft(
        f"""
        def nearest(cents):
            unit = {unit}
            steps = {half.code}
            return steps * unit if cents >= 0 else -steps * unit

        def solve(amounts):
            return sum(nearest(cents) for cents in amounts), nearest(sum(amounts))
        """,
        [
            ([],),
            ([unit // 2],),
            ([-(unit // 2)],),
            ([unit // 2 + 1] * 3,),
            ([-7, -8, -12, -13],),
            ([unit * 3],),
        ],
        lambda: (ints(rng, -60, 200, 6),),
    )


@template(
    2,
    divisor=(
        Rule("the number of values", "len(values)", "1"),
        Rule("the number of values less one", "(len(values) - 1)", "2"),
    ),
    root=(
        Rule("variance", ""),
        Rule("standard deviation, the square root of the variance,", " ** 0.5"),
    ),
)
def spread(rng: Random, divisor: Rule, root: Rule) -> Draft:
    """The variance of values is the sum of the squares of their distances from their mean, divided
    by {divisor.words}. Write a function `solve(values)` that returns the {root.words} of the floats
    in the list `values` as a float. With fewer than {divisor.more} value(s) it returns 0.0."""
    return Draft(
        f"""
        def solve(values):
            if len(values) < {divisor.more}:
                return 0.0
            mean = sum(values) / len(values)
            return (sum((value - mean) ** 2 for value in values) / {divisor.code}){root.code}
        """,
        [
            ([],),
            ([3.5],),
            ([1.0, 2.0],),
            ([4.0, 4.0, 4.0],),
            ([-1.0, 1.0],),
            ([0.0, 0.0, 9.0, 9.0],),
        ],
        lambda: (_floats(rng),),
    )


@template(
    2,
    factor=(0.5, 0.25, 0.9),
    start=(Rule("the first value", "values[0]"), Rule("0.0", "0.0")),
)
def smoothing(rng: Random, factor: float, start: Rule) -> Draft:
    """A series is smoothed: the state is {start.words} at first, and each value, the first
    included, moves the state by {factor} times the difference between the value and the state.
    Write a function `solve(values)` that takes a list of floats and returns the list of the states
    after each value, as floats, without rounding."""
    return Draft(
        f"""
        def solve(values):
            smoothed = []
            state = {start.code} if values else 0.0
            for value in values:
                state += {factor} * (value - state)
                smoothed.append(state)
            return smoothed
        """,
        [([],), ([8.0],), ([0.0, 0.0],), ([-4.0, 4.0],), ([9.0, 9.0],), ([1.0, 99.0, -99.0],)],
        lambda: (_floats(rng),),
    )


@template(3, rate=(3, 5, 12), fee=(0, 2))
def savings(rng: Random, rate: int, fee: int) -> Draft:
    """A balance in cents, an integer, earns {rate} percent a year: at the end of each year that
    share of it, rounded down to whole cents, is added, and then a fee of {fee} cents is taken off.
    Write a function `solve(balance, goal)` that takes two integers and returns a tuple of the
    number of full years until the balance is at least `goal` (0 if it is so at once) and the
    balance then. If that takes more than 50 years, or the balance is negative before, it returns
    None."""
    return Draft(
        f"""
        def solve(balance, goal):
            years = 0
            while balance < goal:
                if years == 50 or balance < 0:
                    return None
                balance += balance * {rate} // 100 - {fee}
                years += 1
            return years, balance
        """,
        [(0, 0), (0, 1), (100, 100), (45, 50), (100, 101), (50, 10**9), (-10, 0), (1, 9), (-5, -9)],
        lambda: (rng.randint(80, 4000), rng.randint(3000, 9000)),
    )


@template(
    1,
    metric=(
        Rule(
            (
                "straight-line distance (the square root of the sum of the squares of "
                "both differences)"
            ),
            "((x - u) ** 2 + (y - v) ** 2) ** 0.5",
        ),
        Rule("sum of the absolute differences of both coordinates", "abs(x - u) + abs(y - v)"),
        Rule(
            "larger of the absolute differences of both coordinates", "max(abs(x - u), abs(y - v))"
        ),
    ),
    what=(
        Rule("total length of the way through all points in their order", "sum"),
        Rule("longest step of the way through all points in their order", "max"),
    ),
)
def path_length(rng: Random, metric: Rule, what: Rule) -> Draft:
    """The distance of two points (tuples of two floats) is the {metric.words}. Write a function
    `solve(points)` that returns the {what.words}, a float. With fewer than two points it is 0.0."""

    def sample() -> tuple[list[tuple[float, float]]]:
        return (
            [(rng.randint(-8, 8) / 2, rng.randint(-8, 8) / 2) for _ in range(rng.randint(2, 5))],
        )

    return Draft(
        f"""
        def solve(points):
            steps = [{metric.code} for (x, y), (u, v) in zip(points, points[1:])]
            return {what.code}(steps, {"start=" if what.code == "sum" else "default="}0.0)
        """,
        [
            ([],),
            ([(1.0, 1.0)],),
            ([(0.0, 0.0), (3.0, 4.0)],),
            ([(2.0, 2.0)] * 3,),
            ([(-1.0, 0.0), (1.0, 0.0), (-1.0, 0.0)],),
        ],
        sample,
    )


@template(
    2,
    way=(
        Rule(
            (
                "its distance from the smallest value, divided by the distance of the "
                "largest from the smallest"
            ),
            "(v - min(values)) / spread",
            "max(values) - min(values)",
        ),
        Rule("it divided by the sum of all values", "v / spread", "sum(values)"),
        Rule("it divided by the largest absolute value", "v / spread", "max(map(abs, values))"),
    ),
    zero=(Rule("0.0", "0.0"), Rule("None", "None")),
)
def normalise(rng: Random, way: Rule, zero: Rule) -> Draft:
    """Write a function `solve(values)` that replaces each float in the list `values` by
    {way.words}. Where one would divide by zero, every entry becomes {zero.words} instead. It
    returns a list of floats (or of None), as long as `values`."""
    return Draft(
        f"""
        def solve(values):
            if not values:
                return []
            spread = {way.more}
            if spread == 0:
                return [{zero.code}] * len(values)
            return [{way.code} for v in values]
        """,
        [
            ([],),
            ([0.0],),
            ([5.0],),
            ([2.0, 2.0],),
            ([-1.0, 1.0],),
            ([0.0, 0.0, 4.0],),
            ([-3.0, -1.0],),
        ],
        lambda: (_floats(rng),),
    )


@template(
    3,
    what=(
        Rule(
            "the value of the polynomial at `x`",
            "sum(c * x**n for n, c in enumerate(coefficients))",
        ),
        Rule(
            "the value of the polynomial's derivative at `x`",
            "sum(n * c * x ** (n - 1) for n, c in enumerate(coefficients) if n)",
        ),
        Rule(
            "the integral of the polynomial from 0 to `x`",
            "sum(c * x ** (n + 1) / (n + 1) for n, c in enumerate(coefficients))",
        ),
    ),
)
def polynomial(rng: Random, what: Rule) -> Draft:
    """The list of integers `coefficients` stands for a polynomial in x: the entry at index n is the
    coefficient of x to the power of n. Write a function `solve(coefficients, x)` that returns
    {what.words}, where `x` is a float. It returns a float, 0.0 for an empty list."""
    return Draft(
        f"""
        def solve(coefficients, x):
            return float({what.code})
        """,
        [([], 2.0), ([4], 0.0), ([4], 3.0), ([0, 0, 1], -2.0), ([1, -1], 1.0), ([1, 1, 1, 1], 0.5)],
        lambda: (ints(rng, -4, 6, 4), float(rng.randint(-3, 4)) / 2),
    )


@template(
    2,
    base=(Rule("the value before it", "values[n - 1]"), Rule("the first value", "values[0]")),
    what=(
        Rule(
            "by how many percent (negative if it is less) it differs from",
            "(values[n] - base) / base * 100",
        ),
        Rule("how many times it is as large as", "values[n] / base"),
    ),
)
def growth(rng: Random, base: Rule, what: Rule) -> Draft:
    """Write a function `solve(values)` that returns, for each value in the list of integers
    `values` but the first, {what.words} {base.words}, as a list of floats without rounding. Where
    the value to compare with is 0 the entry is None."""
    return Draft(
        f"""
        def solve(values):
            changes = []
            for n in range(1, len(values)):
                base = {base.code}
                changes.append({what.code} if base else None)
            return changes
        """,
        [([],), ([7],), ([0, 5, 0, 5],), ([4, 4],), ([-2, 3],), ([100, 50, 75],), ([3, 4, 8],)],
        lambda: (ints(rng, 0, 30, 6, 3),),
    )


@template(
    2,
    share=(
        Rule("the first ones in the list pay one cent more each", "n < left"),
        Rule("the last ones in the list pay one cent more each", "n >= len(names) - left"),
    ),
    result=(
        Rule("a dict from each name to the cents to pay", "dict(zip(names, shares))"),
        Rule(
            "a list of tuples of name and cents to pay, in the order of `names`",
            "list(zip(names, shares))",
        ),
    ),
)
def split_bill(rng: Random, share: Rule, result: Rule) -> Draft:
    """A bill of `cents` (an integer, at least 0) is shared equally between the people in the list
    `names`. What cannot be shared equally is shared so: {share.words}, until the sum is right.
    Write a function `solve(cents, names)` that returns {result.words}. Names differ; the list may
    be empty, and so is the result then."""
    return Draft(
        f"""
        def solve(cents, names):
            if not names:
                return {result.code.replace("shares", "[]")}
            each, left = divmod(cents, len(names))
            shares = [each + ({share.code}) for n in range(len(names))]
            return {result.code}
        """,
        [
            (100, []),
            (0, ["Al", "Bo"]),
            (1, ["Al", "Bo", "Cy"]),
            (2, ["Al", "Bo", "Cy"]),
            (7, ["Cy"]),
            (99, ["Bo", "Al"]),
        ],
        lambda: (
            rng.randint(20, 999),
            rng.sample(["Al", "Bo", "Cy", "Di", "Ed"], rng.randint(2, 5)),
        ),
    )
