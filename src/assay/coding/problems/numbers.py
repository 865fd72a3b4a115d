"""Problems about whole numbers: digits, divisors, sequences, bits."""

from random import Random

from assay.coding.problems.template import Draft, Rule, ints, template


@template(
    1,
    what=(
        Rule("the sum of them", "sum(digits)"),
        Rule("the product of them", "prod(digits)"),
        Rule("the largest minus the smallest of them", "max(digits) - min(digits)"),
        Rule("the number of different ones among them", "len(set(digits))"),
        Rule("the number of even ones among them", "sum(d % 2 == 0 for d in digits)"),
    ),
)
def digits(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(n)` that looks at the decimal digits of the integer `n` (the sign
    does not count; 0 has the one digit 0) and returns {what.words}, an int."""
    return Draft(
        f"""
        from math import prod

        def solve(n):
            digits = [int(d) for d in str(abs(n))]
            return {what.code}
        """,
        [(0,), (7,), (-38,), (1000,), (99999,), (-120,), (10**12 + 5,)],
        lambda: (rng.randint(11, 99999),),
    )


@template(2, base=(2, 3, 5, 7, 16))
def to_base(rng: Random, base: int) -> Draft:
    """Write a function `solve(n)` that writes the integer `n` in base {base} and returns a string:
    digits beyond 9 are the letters a to f, a negative number has a minus sign in front, zero is
    "0"."""
    return Draft(
        f"""
        def solve(n):
            rest, digits = abs(n), ""
            while rest:
                rest, digit = divmod(rest, {base})
                digits = "0123456789abcdef"[digit] + digits
            return ("-" if n < 0 else "") + (digits or "0")
        """,
        [(0,), (1,), (base,), (-base,), (base**3 - 1,), (-255,)],
        lambda: (rng.randint(2, 3000),),
    )


@template(
    2,
    what=(
        Rule("how many prime numbers are less than `n`", "len(primes)"),
        Rule("the list of all prime numbers less than `n`, in increasing order", "primes"),
        Rule(
            "the largest prime number less than `n`, or None if there is none",
            "primes[-1] if primes else None",
        ),
        Rule(
            (
                "the largest gap between neighbours among the prime numbers less than "
                "`n` (0 if there are fewer than two)"
            ),
            "max((b - a for a, b in zip(primes, primes[1:])), default=0)",
        ),
    ),
)
def primes_below(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(n)` that returns {what.words}. `n` is an integer."""
    return Draft(
        f"""
        def solve(n):
            primes = [k for k in range(2, n) if all(k % d for d in range(2, int(k**0.5) + 1))]
            return {what.code}
        """,
        [(0,), (-4,), (2,), (3,), (4,), (5,), (120,)],
        lambda: (rng.randint(6, 100),),
    )


@template(
    2,
    what=(
        Rule("the greatest common divisor of all numbers (0 for an empty list)", "gcd(*numbers)"),
        Rule("the least common multiple of all numbers (1 for an empty list)", "lcm(*numbers)"),
        Rule(
            "how many pairs of numbers at different places have no common divisor but 1",
            "sum(gcd(a, b) == 1 for i, a in enumerate(numbers) for b in numbers[:i])",
        ),
    ),
)
def common_divisors(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(numbers)` that takes a list of positive integers and returns
    {what.words}. It returns an int."""

    def sample() -> tuple[list[int]]:
        factor = rng.randint(1, 4)
        return ([factor * n for n in ints(rng, 1, 12, 5)],)

    return Draft(
        f"""
        from math import gcd, lcm

        def solve(numbers):
            return {what.code}
        """,
        [([],), ([9],), ([1, 1],), ([6, 6, 6],), ([4, 9, 25],), ([1000, 10],)],
        sample,
    )


@template(
    2,
    what=(
        Rule("the number of steps until 1 is reached", "len(seen) - 1"),
        Rule("the largest number on the way, `n` itself included", "max(seen)"),
        Rule(
            "how many of the numbers on the way, `n` and the final 1 included, are odd",
            "sum(k % 2 for k in seen)",
        ),
    ),
)
def halve_or_triple(rng: Random, what: Rule) -> Draft:
    """From a positive integer one gets to the next one so: an even number is halved, an odd one is
    multiplied by 3, and 1 is added. Starting from `n` this is repeated until the number 1 is
    reached (with `n` = 1 no step is taken). Write a function `solve(n)` that returns
    {what.words}."""
    return Draft(
        f"""
        def solve(n):
            seen = [n]
            while seen[-1] != 1:
                seen.append(seen[-1] // 2 if seen[-1] % 2 == 0 else 3 * seen[-1] + 1)
            return {what.code}
        """,
        [(1,), (2,), (64,), (27,), (97,)],
        lambda: (rng.randint(3, 60),),
    )


@template(
    2,
    what=(
        Rule("a list of them in increasing order", "proper"),
        Rule("their sum", "sum(proper)"),
        Rule(
            '"perfect" if their sum is `n`, "abundant" if it is more, "deficient" if it is less',
            "'perfect' if sum(proper) == n else 'abundant' if sum(proper) > n else 'deficient'",
        ),
    ),
)
def divisors(rng: Random, what: Rule) -> Draft:
    """The proper divisors of a positive integer `n` are the positive integers less than `n` that
    divide it without remainder. Write a function `solve(n)` that returns {what.words}."""
    return Draft(
        f"""
        def solve(n):
            proper = [d for d in range(1, n // 2 + 1) if n % d == 0]
            return {what.code}
        """,
        [(1,), (2,), (6,), (97,), (28,), (945,), (36,)],
        lambda: (
            rng.choice([6, 12, 20, 28, 30, 8, 9, 15, 16, 18, 21, 24, 40, 42, 10, 14, 22, 496]),
        ),
    )


@template(1, first=(2, 3, 4), second=(5, 7), names=(Rule("Fizz", "Buzz"), Rule("tick", "tock")))
def fizz(rng: Random, first: int, second: int, names: Rule) -> Draft:
    """Write a function `solve(start, end)` that returns a list with one string for each integer
    from `start` to `end`, both included: "{names.words}" if it is a multiple of {first},
    "{names.code}" if it is a multiple of {second}, "{names.words}{names.code}" if it is a multiple
    of both, and its decimal digits otherwise. If `end` is less than `start` the list is empty."""
    both = first * second
    return Draft(
        f"""
        def solve(start, end):
            said = []
            for n in range(start, end + 1):
                word = "{names.words}" * (n % {first} == 0) + "{names.code}" * (n % {second} == 0)
                said.append(word or str(n))
            return said
        """,
        [(5, 4), (0, 0), (1, 1), (both, both), (-3, 2), (both * 7 - 1, both * 7 + 1)],
        lambda: ((start := rng.randint(1, 20)), start + rng.randint(2, 6)),
    )


@template(
    3,
    step=(
        Rule("the sum of its decimal digits", "sum"),
        Rule("the product of its decimal digits", "prod"),
        Rule("the sum of the squares of its decimal digits", "squares"),
    ),
    result=(
        Rule("the number that remains", "n"),
        Rule("how many times it was replaced", "steps"),
    ),
)
def digit_chain(rng: Random, step: Rule, result: Rule) -> Draft:
    """A non-negative integer `n` is replaced by {step.words}, again and again, as long as it has
    more than one digit. Write a function `solve(n)` that returns {result.words}, an int."""
    return Draft(
        f"""
        from math import prod

        def squares(digits):
            return sum(digit * digit for digit in digits)

        def solve(n):
            steps = 0
            while n > 9:
                n = {step.code}([int(digit) for digit in str(n)])
                steps += 1
            return {result.code}
        """,
        [(0,), (9,), (10,), (99,), (77,), (123456789,), (39,)],
        lambda: (rng.randint(11, 9999),),
    )


@template(
    1,
    divisors=((3, 5), (2, 7), (4, 6)),
    rule=(Rule("at least one of", "or"), Rule("exactly one of", "!="), Rule("both", "and")),
)
def sum_of_multiples(rng: Random, divisors: tuple[int, int], rule: Rule) -> Draft:
    """Write a function `solve(n)` that returns the sum of all positive integers less than `n` that
    are multiples of {rule.words} {divisors[0]} and {divisors[1]}. `n` is an integer; the sum of
    nothing is 0."""
    a, b = divisors
    return Draft(
        f"""
        def solve(n):
            return sum(k for k in range(1, n) if (k % {a} == 0) {rule.code} (k % {b} == 0))
        """,
        [(0,), (-5,), (1,), (a,), (b + 1,), (a * b + 1,), (500,)],
        lambda: (rng.randint(10, 120),),
    )


@template(
    2,
    kind=(
        Rule("it is divisible by the sum of its decimal digits", "n % sum(digits) == 0"),
        Rule(
            (
                "it is the sum of its decimal digits, each raised to the power of their "
                "number (as 153 = 1 + 125 + 27)"
            ),
            "sum(d ** len(digits) for d in digits) == n",
        ),
        Rule("its decimal digits never decrease from left to right", "digits == sorted(digits)"),
        Rule(
            "each of its decimal digits, 0 left out, divides it without remainder",
            "all(n % d == 0 for d in digits if d)",
        ),
    ),
)
def special_numbers(rng: Random, kind: Rule) -> Draft:
    """Call a positive integer special if {kind.words}. Write a function `solve(low, high)` that
    returns a list of all special integers from `low` to `high`, both included, in increasing
    order."""

    def sample() -> tuple[int, int]:
        low = rng.choice([1, 10, 100, 150, 360, 400])
        return low, low + rng.randint(5, 25)

    return Draft(
        f"""
        def is_special(n):
            digits = [int(d) for d in str(n)]
            return {kind.code}

        def solve(low, high):
            return [n for n in range(low, high + 1) if is_special(n)]
        """,
        [(5, 4), (1, 9), (153, 153), (370, 371), (99, 112), (1630, 1640)],
        sample,
    )


@template(
    2,
    start=((0, 1), (2, 1), (3, 3)),
    rule=(
        Rule("the sum of the two before it", "a + b"),
        Rule("the one before it plus twice the one before that", "b + 2 * a"),
        Rule("the last two decimal digits of the sum of the two before it", "(a + b) % 100"),
    ),
)
def sequence(rng: Random, start: tuple[int, int], rule: Rule) -> Draft:
    """A sequence begins with {start[0]} and {start[1]}; each further number is {rule.words}. Write
    a function `solve(n)` that returns the number at place `n`, an int, where places are counted
    from 0."""
    return Draft(
        f"""
        def solve(n):
            a, b = {start[0]}, {start[1]}
            for _ in range(n):
                a, b = b, {rule.code}
            return a
        """,
        [(0,), (1,), (2,), (30,), (31,), (60,)],
        lambda: (rng.randint(3, 25),),
    )


@template(
    2,
    what=(
        Rule("how many binary digits are 1", "bits.count('1')"),
        Rule(
            "the length of the longest run of 1s among its binary digits",
            "max(map(len, bits.split('0')))",
        ),
        Rule(
            "how many 0s stand at the end of its binary digits (0 for n = 0)",
            "len(bits) - len(bits.rstrip('0')) if n else 0",
        ),
        Rule("the integer whose binary digits are the same in reverse order", "int(bits[::-1], 2)"),
    ),
)
def bits(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(n)` that looks at the binary digits of the non-negative integer `n`
    (without leading zeros; 0 has the one digit 0) and returns {what.words}, an int."""
    return Draft(
        f"""
        def solve(n):
            bits = format(n, "b")
            return {what.code}
        """,
        [(0,), (1,), (2,), (255,), (256,), (2**40 + 2**38,), (0b1101110,)],
        lambda: (rng.randint(3, 500),),
    )
