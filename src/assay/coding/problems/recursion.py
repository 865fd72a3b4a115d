"""Problems whose shape repeats inside itself: nested lists, trees, choices, partitions."""

from random import Random
from typing import Any

from assay.coding.problems.template import Draft, Rule, template, text

type Tree = tuple[int, "Tree", "Tree"] | None


def _nested(rng: Random, depth: int = 3) -> list[Any]:
    parts: list[Any] = []
    for _ in range(rng.randint(1, 3)):
        deeper = depth > 1 and rng.random() < 0.5
        parts.append(_nested(rng, depth - 1) if deeper else rng.randint(0, 9))
    return parts


def _tree(rng: Random, size: int) -> Tree:
    if size == 0:
        return None
    left = rng.randint(0, size - 1)
    return (rng.randint(0, 20), _tree(rng, left), _tree(rng, size - 1 - left))


@template(
    2,
    what=(
        Rule(
            "a list of all integers in it, in order, without any lists",
            "[n for part in data for n in (solve(part) if isinstance(part, list) else [part])]",
        ),
        Rule(
            "the number of integers in it, at any depth",
            "sum(solve(part) if isinstance(part, list) else 1 for part in data)",
        ),
        Rule(
            (
                "its depth: 1 for a list without lists in it, and one more than that of "
                "the deepest list in it otherwise"
            ),
            "1 + max((solve(part) for part in data if isinstance(part, list)), default=0)",
        ),
        Rule(
            "the list with everything in reverse order, the lists in it as well at any depth",
            "[solve(part) if isinstance(part, list) else part for part in reversed(data)]",
        ),
        Rule(
            "the number of lists in it, at any depth, itself included",
            "1 + sum(solve(part) for part in data if isinstance(part, list))",
        ),
    ),
)
def nested(rng: Random, what: Rule) -> Draft:
    """`data` is a list of integers and of further such lists, nested to any depth. Write a function
    `solve(data)` that returns {what.words}."""
    return Draft(
        f"""
        def solve(data):
            return {what.code}
        """,
        [([],), ([[]],), ([[], [[]]],), ([5],), ([[[[1]]]],), ([1, [2, [3, [4]]], 5],)],
        lambda: (_nested(rng),),
    )


@template(
    4,
    marks=("[]", "()", "<>"),
    bare=(
        Rule("A bracket without a number in front of it stands for one repetition.", "1"),
        Rule("A bracket without a number in front of it, and what is in it, is left out.", "0"),
    ),
)
def unfold(rng: Random, marks: str, bare: Rule) -> Draft:
    """A text of letters is shortened: a number followed by something in brackets `{marks}` stands
    for so many repetitions of it, and brackets may be nested. {bare.words} Write a function
    `solve(text)` that returns the full text. Numbers stand only in front of brackets, and the text
    is always well-formed."""
    left, right = marks[0], marks[1]

    def part(depth: int) -> str:
        inner = text(rng, "abc", 2, 1)
        if depth and rng.random() < 0.8:
            inner += rng.choice(["", "2", "3"]) + left + part(depth - 1) + right
        return inner + text(rng, "xy", 1, 0)

    def edge(plain: str) -> tuple[str]:
        return (plain.replace("[", left).replace("]", right),)

    return Draft(
        f"""
        def solve(text):
            stack, number = [("", 1)], ""
            for c in text:
                if c.isdigit():
                    number += c
                elif c == "{left}":
                    stack.append(("", int(number or {bare.code})))
                    number = ""
                elif c == "{right}":
                    inner, times = stack.pop()
                    stack[-1] = (stack[-1][0] + inner * times, stack[-1][1])
                else:
                    stack[-1] = (stack[-1][0] + c, stack[-1][1])
            return stack[0][0]
        """,
        [
            edge(""),
            edge("q"),
            edge("[ab]c"),
            edge("0[ab]c"),
            edge("12[k]"),
            edge("2[a2[b]]c"),
            edge("2[]z"),
            edge("[2[x]]y"),
        ],
        lambda: (part(2),),
    )


@template(
    3,
    what=(
        Rule(
            (
                "its height: 0 for the empty tree, and otherwise one more than the "
                "larger height of the two"
            ),
            "1 + max(solve(left), solve(right))",
            "0",
        ),
        Rule(
            "the sum of all its values (0 for the empty tree)",
            "value + solve(left) + solve(right)",
            "0",
        ),
        Rule(
            (
                "the number of its leaves, that is, of trees in it (itself included) of "
                "which both left and right are empty"
            ),
            "1 if left is right is None else solve(left) + solve(right)",
            "0",
        ),
        Rule(
            (
                "a list of its values: first those of the left tree in the same way, "
                "then its own, then those of the right"
            ),
            "[*solve(left), value, *solve(right)]",
            "[]",
        ),
        Rule(
            "the tree with left and right exchanged everywhere in it",
            "(value, solve(right), solve(left))",
            "None",
        ),
        Rule(
            (
                "the list of its values on the way that goes left wherever there is a "
                "left tree, and right otherwise, from the root to a leaf"
            ),
            "[value, *solve(left if left is not None else right)]",
            "[]",
        ),
    ),
)
def trees(rng: Random, what: Rule) -> Draft:
    """A tree is None (the empty tree) or a tuple (value, left, right) of an integer and two trees.
    Write a function `solve(tree)` that returns {what.words}."""
    leaf = (1, None, None)
    return Draft(
        f"""
        def solve(tree):
            if tree is None:
                return {what.more}
            value, left, right = tree
            return {what.code}
        """,
        [
            (None,),
            (leaf,),
            ((2, leaf, None),),
            ((2, None, leaf),),
            ((-5, leaf, (3, None, (4, None, None))),),
            ((7, (8, None, leaf), leaf),),
        ],
        lambda: (_tree(rng, rng.randint(2, 6)),),
    )


@template(
    3,
    result=(
        Rule(
            "move number k (from 1) as a string of the letters of two poles, the one it leads "
            "from first, or None if there are fewer moves",
            "moves[k - 1] if 0 < k <= len(moves) else None",
        ),
        Rule(
            "how many of the first k moves (or of all, if there are fewer) lead to or from pole B",
            "sum('B' in move for move in moves[:k])",
        ),
        Rule(
            "a tuple of how many discs are on A, on B and on C after k moves (after all of them, "
            "if there are fewer)",
            "tuple(n * (pole == 'A') + balance(moves[:k], pole) for pole in 'ABC')",
        ),
    ),
)
def hanoi(rng: Random, result: Rule) -> Draft:
    """There are three poles named A, B and C. On A lies a tower of `n` discs, larger ones below
    smaller ones. One moves one disc at a time from the top of a pole to another, never onto a
    smaller disc, until the tower is on C, in as few moves as possible. Write a function
    `solve(n, k)` for two integers, at least 0, that returns {result.words}."""
    return Draft(
        f"""
        def way(n, start, spare, goal):
            if n == 0:
                return []
            return [*way(n - 1, start, goal, spare), start + goal, *way(n - 1, spare, start, goal)]

        def balance(moves, pole):
            return sum((move[1] == pole) - (move[0] == pole) for move in moves)

        def solve(n, k):
            moves = way(n, "A", "B", "C")
            return {result.code}
        """,
        [(0, 0), (0, 1), (1, 1), (4, 0), (3, 7), (3, 8), (10, 700)],
        lambda: (rng.randint(2, 7), rng.randint(1, 20)),
    )


@template(
    3,
    rule=(
        Rule(
            "f(0) = 0, and f(n) = n - f(f(n - 1)) for larger n",
            "0",
            "n - f(f(n - 1))",
        ),
        Rule(
            (
                "f(0) = 1, and f(n) = f(n // 2) + f(n // 3) for larger n, where // "
                "divides and rounds down"
            ),
            "1",
            "f(n // 2) + f(n // 3)",
        ),
        Rule(
            (
                "f(0) = 1, and for larger n by f(n) = f(n / 2) + 1 if n is even and f(n) "
                "= 2 f(n - 1) if n is odd"
            ),
            "1",
            "f(n // 2) + 1 if n % 2 == 0 else 2 * f(n - 1)",
        ),
    ),
    what=(
        Rule("f(n), an int", "f(n)"),
        Rule("the list of f(0), f(1) and so on up to f(n)", "[f(k) for k in range(n + 1)]"),
    ),
)
def recurrence(rng: Random, rule: Rule, what: Rule) -> Draft:
    """A function f of the non-negative integers is defined by {rule.words}. Write a function
    `solve(n)` that returns {what.words}, where `n` is an integer from 0 to 60."""
    return Draft(
        f"""
        from functools import cache

        @cache
        def f(n):
            return {rule.code} if n == 0 else {rule.more}

        def solve(n):
            return {what.code}
        """,
        [(0,), (1,), (2,), (60,), (59,), (3,)],
        lambda: (rng.randint(4, 40),),
    )


@template(
    3,
    what=(
        Rule(
            "the number of strings in it that are values (not keys)",
            "isinstance(data, str)",
            "sum(map(solve, parts))",
        ),
        Rule(
            (
                "its depth: 0 for something that is neither list nor dict, otherwise one "
                "more than the largest depth of a part, and 1 without parts"
            ),
            "0",
            "1 + max(map(solve, parts), default=0)",
        ),
        Rule(
            "the sum of the integers in it that are values (booleans do not count)",
            "data if type(data) is int else 0",
            "sum(map(solve, parts))",
        ),
    ),
)
def documents(rng: Random, what: Rule) -> Draft:
    """`data` is what a JSON file holds: None, True, False, an integer, a string, a list of such
    data or a dict from strings to such data. The parts of a list are its elements, those of a dict
    its values. Write a function `solve(data)` that looks at all of it, at any depth, and returns
    {what.words}, an int."""

    def document(depth: int) -> Any:
        if depth == 0 or rng.random() < 0.2:
            return rng.choice([None, True, "a", "bc", 3, 12, -4])
        parts = [document(depth - 1) for _ in range(rng.randint(1, 3))]
        return parts if rng.random() < 0.5 else dict(zip("kmn", parts, strict=False))

    code = f"int({what.code})" if what.code.startswith("isinstance") else what.code
    return Draft(
        f"""
        def solve(data):
            if isinstance(data, (list, dict)):
                parts = data if isinstance(data, list) else list(data.values())
                return {what.more}
            return {code}
        """,
        [
            ([],),
            ({},),
            ("x",),
            (7,),
            (True,),
            ([[[]], {"a": {}}],),
            ({"a": ["b", True, 1], "c": None},),
            ([False, 0, ""],),
        ],
        lambda: (document(3),),
    )
