"""Problems about intervals: merging, gaps, overlaps, bookings."""

from random import Random

from assay.coding.problems.template import Draft, Rule, template

type Interval = tuple[int, int]


def _intervals(rng: Random, most: int = 6, length: int = 6) -> list[Interval]:
    starts = [rng.randint(0, 20) for _ in range(rng.randint(2, most))]
    return [(start, start + rng.randint(1, length)) for start in starts]


@template(
    3,
    touching=(
        Rule("overlap or touch (the one ends where the other begins)", "<="),
        Rule("overlap (to touch, when the one ends where the other begins, is not enough)", "<"),
    ),
    result=(
        Rule("the list of the merged intervals, ordered by their starts", "merged"),
        Rule("how many intervals are left, an int", "len(merged)"),
        Rule(
            (
                "the length (end minus start) of the longest interval that is left, an "
                "int, or 0 without intervals"
            ),
            "max((b - a for a, b in merged), default=0)",
        ),
    ),
)
def merge_intervals(rng: Random, touching: Rule, result: Rule) -> Draft:
    """An interval is a tuple (start, end) of integers with start < end. Write a function
    `solve(intervals)` that merges those intervals of a list that {touching.words} into one, until
    no two of them do, and returns {result.words}."""
    return Draft(
        f"""
        def solve(intervals):
            merged = []
            for start, end in sorted(intervals):
                if merged and start {touching.code} merged[-1][1]:
                    merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
                else:
                    merged.append((start, end))
            return {result.code}
        """,
        [
            ([],),
            ([(1, 2)],),
            ([(1, 3), (3, 4)],),
            ([(1, 9), (2, 3), (9, 12)],),
            ([(1, 9), (2, 3), (4, 5)],),
            ([(-5, -1), (-2, 0)],),
            ([(4, 5), (1, 2)],),
            ([(1, 2), (1, 2)],),
        ],
        lambda: (_intervals(rng, length=4),),
    )


@template(
    2,
    what=(
        Rule(
            (
                "the interval that both have in common as a tuple, or None if it would "
                "be empty or one point"
            ),
            "(low, high) if low < high else None",
        ),
        Rule(
            "the length of what both have in common, an int, 0 if there is nothing",
            "max(0, high - low)",
        ),
        Rule(
            (
                "the distance between them, an int: how far it is from the end of the "
                "one to the start of the other, 0 if they overlap or touch"
            ),
            "max(0, low - high)",
        ),
        Rule(
            "True if one of them lies within the other (they may share ends) and False otherwise",
            "(low, high) in (first, second)",
        ),
    ),
)
def two_intervals(rng: Random, what: Rule) -> Draft:
    """An interval is a tuple (start, end) of integers with start < end. Write a function
    `solve(first, second)` that takes two intervals and returns {what.words}."""

    def one() -> Interval:
        start = rng.randint(0, 9)
        return start, start + rng.randint(1, 7)

    return Draft(
        f"""
        def solve(first, second):
            low, high = max(first[0], second[0]), min(first[1], second[1])
            return {what.code}
        """,
        [
            ((0, 1), (0, 1)),
            ((0, 2), (2, 4)),
            ((5, 9), (1, 2)),
            ((0, 9), (3, 4)),
            ((-6, -2), (-3, 5)),
            ((1, 4), (1, 2)),
        ],
        lambda: (one(), one()),
    )


@template(
    3,
    end=(
        Rule("is no longer there at its end", "1"),
        Rule("is still there at its end", "0"),
    ),
    result=(
        Rule("the largest number of guests that are there at the same time, an int", "most"),
        Rule(
            (
                "the earliest time at which as many guests are there as ever at the same "
                "time, or None without guests"
            ),
            "when",
        ),
    ),
)
def guests(rng: Random, end: Rule, result: Rule) -> Draft:
    """Each guest is there during an interval, a tuple (start, end) of integers with start < end: a
    guest is there at its start, and {end.words}. Write a function `solve(visits)` that takes the
    list of these intervals and returns {result.words}."""
    inside = "a <= time < b" if end.code == "1" else "a <= time <= b"
    return Draft(
        f"""
        def solve(visits):
            most, when = 0, None
            for time in sorted(start for start, end in visits):
                there = sum({inside} for a, b in visits)
                if there > most:
                    most, when = there, time
            return {result.code}
        """,
        [
            ([],),
            ([(3, 4)],),
            ([(1, 2), (2, 3)],),
            ([(5, 9), (1, 9), (2, 9)],),
            ([(0, 1), (1, 2), (1, 5)],),
            ([(-4, -1), (-2, 3)],),
            ([(7, 8), (1, 2)],),
        ],
        lambda: (_intervals(rng),),
    )


@template(
    3,
    least=(1, 2, 4),
    result=(
        Rule("the list of free intervals, as tuples in increasing order", "free"),
        Rule("the sum of the lengths of the free intervals, an int", "sum(b - a for a, b in free)"),
    ),
)
def free_time(rng: Random, least: int, result: Rule) -> Draft:
    """Write a function `solve(start, end, booked)` for a room that opens at `start` and closes at
    `end`. `booked` is a list of intervals, tuples (from, to) of integers with from < to; they may
    overlap, and reach beyond the opening times. A free interval is a longest possible time within
    the opening times in which nothing is booked, of length {least} or more. It returns
    {result.words}."""
    return Draft(
        f"""
        def solve(start, end, booked):
            free, at = [], start
            for begin, until in [*sorted(booked), (end, end)]:
                begin = min(begin, end)
                if begin - at >= {least}:
                    free.append((at, begin))
                at = max(at, until)
            return {result.code}
        """,
        [
            (0, 10, []),
            (0, least - 1, []),
            (5, 9, [(0, 20)]),
            (0, 9, [(2, 5), (3, 4)]),
            (0, 12, [(0, 1), (11, 12)]),
            (3, 8, [(9, 12)]),
            (0, 30, [(least, 10), (9 + least, 20)]),
            (0, 10, [(-5, 2), (8, 30)]),
        ],
        lambda: (0, 24, _intervals(rng, 4, 5)),
    )


@template(
    4,
    touching=(
        Rule("one may begin at the time at which another ends", ">="),
        Rule("between the end of one and the beginning of the next there must be a break", ">"),
    ),
    result=(
        Rule("how many talks can be heard at most, an int", "len(heard)"),
        Rule(
            (
                "the list of the talks that one hears if one always picks, of those that "
                "are still possible, the one that ends first (of several the one that "
                "begins last)"
            ),
            "heard",
        ),
    ),
)
def talks(rng: Random, touching: Rule, result: Rule) -> Draft:
    """A talk is a tuple (start, end) of integers with start < end. One can hear several talks if no
    two of them overlap; {touching.words}. Write a function `solve(talks)` that takes a list of
    talks and returns {result.words}."""
    return Draft(
        f"""
        def solve(talks):
            heard = []
            for start, end in sorted(talks, key=lambda talk: (talk[1], -talk[0])):
                if not heard or start {touching.code} heard[-1][1]:
                    heard.append((start, end))
            return {result.code}
        """,
        [
            ([],),
            ([(1, 2)],),
            ([(1, 2), (2, 3), (3, 4)],),
            ([(0, 9), (1, 2), (3, 4)],),
            ([(1, 5), (3, 5), (5, 6)],),
            ([(2, 3), (2, 3)],),
            ([(-3, -1), (-1, 1), (0, 2)],),
        ],
        lambda: (_intervals(rng),),
    )


@template(
    1,
    inside=(
        Rule("at its start, and at its end, too", "a <= t <= b"),
        Rule("at its start, but no longer at its end", "a <= t < b"),
        Rule("neither at its start nor at its end, only between them", "a < t < b"),
    ),
    result=(
        Rule("how many of the shops are open, an int", "len(found)"),
        Rule("the list of the indices (from 0) of the open shops", "found"),
    ),
)
def open_shops(rng: Random, inside: Rule, result: Rule) -> Draft:
    """Write a function `solve(hours, time)`. `hours` is a list of tuples (start, end) of integers
    with start < end, one for each shop: it is open {inside.words}. It returns {result.words}, at
    the time `time`, an int."""
    return Draft(
        f"""
        def solve(hours, t):
            found = [n for n, (a, b) in enumerate(hours) if {inside.code}]
            return {result.code}
        """,
        [
            ([], 3),
            ([(1, 3)], 1),
            ([(1, 3)], 3),
            ([(1, 3), (3, 5)], 3),
            ([(0, 9), (2, 3)], 50),
            ([(-3, 0), (0, 4), (-1, 1)], 0),
        ],
        lambda: (_intervals(rng), rng.randint(2, 20)),
    )


@template(
    4,
    what=(
        Rule(
            "the parts of `base` that are in none of the intervals in `others`",
            "not any(a <= n < b for a, b in others)",
        ),
        Rule(
            "the parts of `base` that are in at least one of the intervals in `others`",
            "any(a <= n < b for a, b in others)",
        ),
        Rule(
            "the parts of `base` that are in two or more of the intervals in `others`",
            "sum(a <= n < b for a, b in others) >= 2",
        ),
        Rule(
            "the parts of `base` that are in exactly one of the intervals in `others`",
            "sum(a <= n < b for a, b in others) == 1",
        ),
    ),
)
def cut_out(rng: Random, what: Rule) -> Draft:
    """An interval is a tuple (start, end) of integers with start < end; it holds its start and not
    its end. Write a function `solve(base, others)` that takes an interval and a list of intervals,
    and returns {what.words}, as a list of intervals in increasing order that neither overlap nor
    touch each other."""
    return Draft(
        f"""
        def solve(base, others):
            kept = []
            for n in range(*base):
                if not ({what.code}):
                    continue
                if kept and kept[-1][1] == n:
                    kept[-1] = (kept[-1][0], n + 1)
                else:
                    kept.append((n, n + 1))
            return kept
        """,
        [
            ((0, 5), []),
            ((0, 5), [(0, 5)]),
            ((0, 5), [(2, 3), (3, 4)]),
            ((2, 4), [(-9, 30), (3, 4)]),
            ((0, 6), [(7, 9)]),
            ((-4, 2), [(-3, -1), (-2, 0)]),
            ((0, 9), [(1, 4), (2, 6), (3, 5)]),
        ],
        lambda: ((rng.randint(0, 6), rng.randint(12, 24)), _intervals(rng)),
    )
