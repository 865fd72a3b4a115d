"""Problems that play something through: robots, queues, accounts, games."""

from random import Random

from assay.coding.problems.template import Draft, Rule, ints, template, text


@template(
    2,
    edge=(
        Rule("The floor has no edge.", "x + dx, y + dy"),
        Rule(
            "The floor is 5 by 5 squares, with coordinates 0 to 4; a step off it is left out.",
            "min(max(x + dx, 0), 4), min(max(y + dy, 0), 4)",
        ),
        Rule(
            (
                "The floor is 4 by 4 squares, with coordinates 0 to 3; a step off it "
                "leads to the opposite side."
            ),
            "(x + dx) % 4, (y + dy) % 4",
        ),
    ),
    result=(
        Rule("its final position as a tuple (x, y)", "x, y"),
        Rule("on how many different squares it has been, the first included, an int", "len(seen)"),
    ),
)
def robot(rng: Random, edge: Rule, result: Rule) -> Draft:
    """A robot starts on square (0, 0) and obeys the letters of a string: R adds 1 to x, L takes 1
    from x, U adds 1 to y, D takes 1 from y. Any other letter is ignored. {edge.words} Write a
    function `solve(moves)` that returns {result.words}."""
    return Draft(
        f"""
        STEPS = {{"R": (1, 0), "L": (-1, 0), "U": (0, 1), "D": (0, -1)}}

        def solve(moves):
            x = y = 0
            seen = {{(x, y)}}
            for move in moves:
                dx, dy = STEPS.get(move, (0, 0))
                x, y = {edge.code}
                seen.add((x, y))
            return {result.code}
        """,
        [("",), ("LD",), ("RRRRRR",), ("UUUUUD",), ("xyz",), ("RULDRULD",), ("LLLLRR",)],
        lambda: (text(rng, "RRULLDU", 12, 4),),
    )


@template(
    3,
    tills=(2, 3),
    result=(
        Rule(
            "the time at which the last customer is done (0 without customers)",
            "max(ends, default=0)",
        ),
        Rule(
            "a list of the times at which the customers' service begins, in their order", "starts"
        ),
        Rule(
            "how many customers have to wait, that is, whose service does not begin at time 0",
            "sum(start > 0 for start in starts)",
        ),
    ),
)
def tills(rng: Random, tills: int, result: Rule) -> Draft:
    """Customers stand in one line in front of {tills} tills that are free at time 0. The first in
    line goes to the till that is free first. Write a function `solve(minutes)` that takes a list of
    integers, the minutes that each customer's service takes in the order of the line, and returns
    {result.words}."""
    return Draft(
        f"""
        def solve(minutes):
            free, starts, ends = [0] * {tills}, [], []
            for needed in minutes:
                till = free.index(min(free))
                starts.append(free[till])
                free[till] += needed
                ends.append(free[till])
            return {result.code}
        """,
        [([],), ([5],), ([4, 4],), ([0, 0, 0, 0],), ([10, 1, 1, 1, 1],), ([3, 3, 3, 3, 3, 3],)],
        lambda: (ints(rng, 1, 9, 8, 4),),
    )


@template(
    2,
    refusal=(
        Rule("is refused and changes nothing", "continue"),
        Rule("is refused, and costs a fee of 5 that may make the balance negative", "balance -= 5"),
        Rule("ends everything: it and whatever comes after it is left out", "break"),
        Rule(
            (
                "takes out what is there, so that the balance is 0, or stays as it is if "
                "it is negative"
            ),
            "balance = min(balance, 0)",
        ),
    ),
)
def account(rng: Random, refusal: Rule) -> Draft:
    """An account starts with a balance of `start`. Write a function `solve(start, amounts)` that
    applies a list of integers: a positive one is paid in, a negative one is taken out. Taking out
    more than there is (the balance would be negative) {refusal.words}. It returns the final
    balance, an int."""
    return Draft(
        f"""
        def solve(start, amounts):
            balance = start
            for amount in amounts:
                if amount < 0 and balance + amount < 0:
                    {refusal.code}
                else:
                    balance += amount
            return balance
        """,
        [
            (0, []),
            (0, [-1]),
            (5, [-5]),
            (5, [-6, 2]),
            (3, [-9, -4, 20, -3]),
            (0, [0, 7, -7, -1]),
            (-3, [-1, 1]),
        ],
        lambda: (rng.randint(0, 15), ints(rng, -14, 9, 7, 3)),
    )


@template(
    2,
    what=(
        Rule("how many floors it travels in all, up and down", "sum(abs(b - a) for a, b in moves)"),
        Rule(
            "how often it changes its direction from up to down or from down to up",
            "sum(a != b for a, b in zip(ways, ways[1:]))",
        ),
        Rule("how many floors it travels upwards", "sum(b - a for a, b in moves if b > a)"),
        Rule(
            (
                "how many times it travels past floor 0, that is, begins below it and "
                "ends above it, or the other way round"
            ),
            "sum(a * b < 0 for a, b in moves)",
        ),
    ),
)
def lift(rng: Random, what: Rule) -> Draft:
    """A lift stands on floor 0 and goes to the floors of a list one after the other; floors below 0
    exist. A floor on which it stands already needs no travelling and is no change of direction.
    Write a function `solve(floors)` that returns {what.words}, an int."""
    return Draft(
        f"""
        def solve(floors):
            moves = list(zip([0, *floors], floors))
            ways = [b > a for a, b in moves if a != b]
            return {what.code}
        """,
        [([],), ([0],), ([3, 3],), ([5, -5, 5],), ([-1, -2, -3],), ([1, 0, -1, 0],)],
        lambda: (ints(rng, -3, 9, 7, 4),),
    )


@template(
    3,
    step=(2, 3, 4),
    result=(
        Rule("the number of the last who remains, an int", "out[-1]"),
        Rule("the list of all numbers in the order in which they leave, the last one too", "out"),
    ),
)
def circle(rng: Random, step: int, result: Rule) -> Draft:
    """Children with the numbers 1 to `n` stand in a circle. One counts round, beginning with number
    1 as the first, and every {step}th child that is counted leaves the circle; then counting goes
    on with the next child from one. Write a function `solve(n)` (`n` is at least 1) that returns
    {result.words}."""
    return Draft(
        f"""
        def solve(n):
            circle, out, at = list(range(1, n + 1)), [], 0
            while circle:
                at = (at + {step} - 1) % len(circle)
                out.append(circle.pop(at))
            return {result.code}
        """,
        [(1,), (2,), (3,), (41,), (16,)],
        lambda: (rng.randint(4, 15),),
    )


@template(
    2,
    coins=((50, 20, 10, 5, 2, 1), (25, 10, 5, 1), (100, 50, 20)),
    result=(
        Rule("a dict from each coin that is used to how often it is", "used"),
        Rule(
            "a tuple of the number of coins and the amount that is left over",
            "sum(used.values()), amount",
        ),
    ),
)
def change(rng: Random, coins: tuple[int, ...], result: Rule) -> Draft:
    """A machine pays out an amount (an integer, at least 0) in coins of the values {coins}. It
    always takes the largest coin that is not more than what remains, as long as there is one; what
    is too little for the smallest coin is left over. Write a function `solve(amount)` that returns
    {result.words}."""
    return Draft(
        f"""
        def solve(amount):
            used = {{}}
            for coin in {coins}:
                if amount >= coin:
                    used[coin] = amount // coin
                    amount %= coin
            return {result.code}
        """,
        [(0,), (1,), (coins[0],), (coins[-1],), (coins[0] * 3 + coins[1],), (99,), (19,)],
        lambda: (rng.randint(20, 400),),
    )


@template(
    2,
    order=(
        Rule(
            "first a tenth of the colony dies (rounded down), then 7 are born",
            "colony - colony // 10 + 7",
        ),
        Rule(
            "first the colony doubles, then 30 die (never more than there are)",
            "max(2 * colony - 30, 0)",
        ),
        Rule(
            "a third of the colony (rounded down) is born, then 4 die (never more than there are)",
            "max(colony + colony // 3 - 4, 0)",
        ),
    ),
    result=(
        Rule("its size after `days` days", "sizes[-1]"),
        Rule(
            (
                "the first day after which it is larger than on any day before, with the "
                "start as day 0, or None if there is none"
            ),
            "next((n for n in range(1, len(sizes)) if sizes[n] > max(sizes[:n])), None)",
        ),
    ),
)
def colony(rng: Random, order: Rule, result: Rule) -> Draft:
    """A colony has `start` members at first. Every day {order.words}. Write a function
    `solve(start, days)` that takes two integers, both at least 0, looks at the colony for `days`
    days, and returns {result.words}."""
    return Draft(
        f"""
        def solve(start, days):
            sizes = [start]
            for _ in range(days):
                colony = sizes[-1]
                sizes.append({order.code})
            return {result.code}
        """,
        [(0, 0), (0, 3), (30, 1), (29, 5), (31, 4), (1000, 2), (10, 0), (12, 3)],
        lambda: (rng.randint(1, 90), rng.randint(1, 8)),
    )


@template(
    3,
    goal=(20, 30),
    overshoot=(
        Rule("such a throw does not count", "at"),
        Rule("one goes back from it by as many squares as are too many", "2 * goal - at - roll"),
    ),
)
def board_game(rng: Random, goal: int, overshoot: Rule) -> Draft:
    """A board has the squares 0 to {goal}. Write a function `solve(jumps, rolls)`: a piece starts
    on square 0 and moves forward by each number of the list `rolls` in turn. If a throw would lead
    beyond square {goal}, {overshoot.words}. After a throw, if the square is a key of the dict
    `jumps`, the piece goes on to the value of that key at once (and does not jump again). On square
    {goal} the game is over. The function returns a tuple of the final square and the number of
    throws that were made, those that do not count included."""

    def sample() -> tuple[dict[int, int], list[int]]:
        jumps = {rng.randint(1, 9): rng.randint(10, 18), rng.randint(10, 19): rng.randint(1, 9)}
        return jumps, [rng.randint(1, 6) for _ in range(rng.randint(5, 9))]

    return Draft(
        f"""
        def solve(jumps, rolls):
            at, throws, goal = 0, 0, {goal}
            for roll in rolls:
                if at == goal:
                    break
                throws += 1
                at = at + roll if at + roll <= goal else {overshoot.code}
                at = jumps.get(at, at)
            return at, throws
        """,
        [
            ({}, []),
            ({}, [goal]),
            ({}, [goal - 1, 3, 1, 1]),
            ({5: goal}, [5, 6]),
            ({3: 6, 6: 1}, [3, 2]),
            ({goal - 2: 2}, [goal - 1, 3, 4]),
        ],
        sample,
    )


@template(
    4,
    policy=(
        Rule(
            "the one that was used longest ago (asking for it counts as use)",
            "cache.pop(0)",
            "cache.append(cache.pop(cache.index(page)))",
        ),
        Rule("the one that came in longest ago", "cache.pop(0)", "pass"),
        Rule("the one that came in last", "cache.pop()", "pass"),
    ),
    result=(
        Rule("how many requests found their page in the cache, an int", "hits"),
        Rule(
            "the list of the pages that are in the cache in the end, in increasing order",
            "sorted(cache)",
        ),
    ),
)
def cache(rng: Random, policy: Rule, result: Rule) -> Draft:
    """A cache holds at most `size` pages and is empty at first. Write a function `solve(size,
    requests)` that takes the requests (a list of integers, the pages) in their order. A page that
    is not in the cache is put in; if the cache is full, first one is taken out: {policy.words}.
    With `size` 0 nothing is ever put in. It returns {result.words}."""
    return Draft(
        f"""
        def solve(size, requests):
            cache, hits = [], 0
            for page in requests:
                if page in cache:
                    hits += 1
                    {policy.more}
                elif size > 0:
                    if len(cache) == size:
                        {policy.code}
                    cache.append(page)
            return {result.code}
        """,
        [
            (0, [1, 1]),
            (1, []),
            (1, [5, 5, 6, 5]),
            (2, [1, 2, 1, 3, 1, 2]),
            (9, [3, 1, 2, 3]),
            (2, [1, 2, 1, 3, 2, 1, 3]),
            (2, [1, 2, 1, 3]),
            (2, [1, 2, 3]),
        ],
        lambda: (rng.randint(2, 3), ints(rng, 1, 5, 10, 6)),
    )
