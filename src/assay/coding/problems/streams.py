"""Problems of kind "stdin": a program reads standard input and prints."""

from random import Random

from assay.coding.problems.template import WORDS, Rule, Stream, ints, template, text, words


def _lines(*lines: object) -> str:
    return "".join(f"{line}\n" for line in lines)


@template(
    1,
    what=(
        Rule("their sum", "sum(numbers)"),
        Rule("how many of them are negative", "sum(n < 0 for n in numbers)"),
        Rule("the largest of them, or `none` if there are none", "max(numbers, default='none')"),
        Rule(
            "all of them in increasing order, separated by single spaces",
            "' '.join(map(str, sorted(numbers)))",
        ),
        Rule(
            "the sum of those at even places (the second, the fourth and so on)",
            "sum(numbers[1::2])",
        ),
    ),
)
def read_numbers(rng: Random, what: Rule) -> Stream:
    """Write a program that reads integers from standard input, on any number of lines, separated by
    spaces and line breaks, and prints {what.words}."""
    return Stream(
        f"""
        def solve(text):
            numbers = [int(word) for word in text.split()]
            return str({what.code})
        """,
        ["", "\n", "7\n", "-1 -1\n", "0 0 0\n\n5", "  3\n\n  1 2  \n"],
        lambda: _lines(*(" ".join(map(str, ints(rng))) for _ in range(rng.randint(1, 3)))),
    )


@template(
    2,
    order=(
        Rule("in alphabetical order of the words", "sorted(counts.items())"),
        Rule(
            "most frequent first, words that are as frequent in alphabetical order",
            "sorted(counts.items(), key=lambda e: (-e[1], e[0]))",
        ),
        Rule("in the order in which the words first appear", "counts.items()"),
    ),
    least=(1, 2),
)
def word_counts(rng: Random, order: Rule, least: int) -> Stream:
    """Write a program that reads a text from standard input. Words are separated by spaces and line
    breaks; upper and lower case count as the same. For each word that appears {least} time(s) or
    more it prints a line with the word in lower case, a colon, a space and how often it appears,
    such as `owl: 2`; lines come {order.words}. Without such a word it prints `nothing`."""
    return Stream(
        f"""
        def solve(text):
            counts = {{}}
            for word in text.lower().split():
                counts[word] = counts.get(word, 0) + 1
            lines = [f"{{word}}: {{n}}" for word, n in {order.code} if n >= {least}]
            return "\\n".join(lines) or "nothing"
        """,
        ["", "one\n", "b a\nB A\n", "x X x\n\n y\n", "zoo\nzoo ant zoo ant cat cat", "A, a\n"],
        lambda: _lines(
            *(
                " ".join(rng.choice([w, w.title()]) for w in rng.choices(WORDS[:6], k=4))
                for _ in range(2)
            )
        ),
    )


@template(
    3,
    unknown=(
        Rule("prints `?`", 'shown.append("?")'),
        Rule("prints nothing", "pass"),
    ),
    start=(0, 10),
)
def commands(rng: Random, unknown: Rule, start: int) -> Stream:
    """Write a program that keeps a total, which is {start} at first, and reads commands from
    standard input, one on each line: `add N` and `sub N` (N is an integer) change the total, `show`
    prints it on a line of its own, `undo` takes back the last `add` or `sub` that is not taken back
    yet (or does nothing), and `end` ends the program, whatever comes after it. Any other line, an
    empty one too, {unknown.words}. The program also ends with its input."""

    def sample() -> str:
        lines = [
            rng.choice([f"add {rng.randint(1, 20)}", f"sub {rng.randint(1, 9)}", "undo", "show"])
            for _ in range(6)
        ]
        return _lines(*lines, rng.choice(["hm", "show"]), "show")

    return Stream(
        f"""
        def solve(text):
            totals, shown = [{start}], []
            for line in text.splitlines():
                match line.split():
                    case ["add", number]:
                        totals.append(totals[-1] + int(number))
                    case ["sub", number]:
                        totals.append(totals[-1] - int(number))
                    case ["show"]:
                        shown.append(str(totals[-1]))
                    case ["undo"]:
                        totals = totals[:-1] or totals
                    case ["end"]:
                        break
                    case _:
                        {unknown.code}
            return "\\n".join(shown)
        """,
        [
            "",
            _lines("show"),
            _lines("undo", "show"),
            _lines("add 5", "end", "show"),
            _lines("sub 3", "show", "undo", "undo", "show"),
            _lines("", "Show", "show", "add -4", "show"),
            _lines("add 1", "add 2", "undo", "undo", "undo", "show"),
        ],
        sample,
    )


@template(
    2,
    mark=("*", "o"),
    shape=(
        Rule(
            "a triangle: one in the first line, two in the second, and so on",
            "[MARK * k for k in range(1, n + 1)]",
        ),
        Rule(
            (
                "a triangle upside down: as many as the number in the first line, one "
                "less in the next, and so on"
            ),
            "[MARK * k for k in range(n, 0, -1)]",
        ),
        Rule(
            "the outline of a square with sides of that length; inside are spaces",
            "[MARK * n if k in (0, n - 1) else MARK + ' ' * (n - 2) + MARK for k in range(n)]",
        ),
    ),
)
def shapes(rng: Random, mark: str, shape: Rule) -> Stream:
    """Write a program that reads integers from standard input, one on each line, and prints for
    each a shape of the characters `{mark}`: {shape.words}. For 0 or less nothing is printed. After
    each shape, also one of which nothing is printed, there is a line with a single `-`."""
    return Stream(
        f"""
        def solve(text):
            lines = []
            for n in map(int, text.split()):
                lines += {shape.code.replace("MARK", repr(mark))}
                lines.append("-")
            return "\\n".join(lines)
        """,
        ["1\n", "0\n", "-3\n2\n", "", "7\n", "2\n2\n"],
        lambda: _lines(*ints(rng, 1, 6, 3, 1)),
    )


@template(
    3,
    column=(2, 3),
    what=(
        Rule("the sum", "sum(values)", "0"),
        Rule("the largest", "max(values)", "none"),
        Rule(
            "the mean, with exactly two decimals (as Python's format `.2f` rounds it),",
            "format(sum(values) / len(values), '.2f')",
            "none",
        ),
    ),
)
def csv_column(rng: Random, column: int, what: Rule) -> Stream:
    """Write a program that reads a table from standard input. The first line has the names of the
    columns, each other line a row; fields are separated by commas. It prints the name of column
    number {column} (from 1), a colon, a space, and {what.words} of the integers in this column.
    Rows in which that field is missing or is not an integer (digits, perhaps with a minus sign in
    front) do not count. If no row counts, it prints `{what.more}` instead of the number. The first
    line always has at least three names."""

    def sample() -> str:
        rows = [
            f"{rng.choice(WORDS)},{rng.randint(0, 30)},{rng.choice([rng.randint(-5, 9), '', 'x'])}"
            for _ in range(4)
        ]
        return _lines(f"name,{rng.choice(['age', 'size'])},{rng.choice(['score', 'rank'])}", *rows)

    return Stream(
        f"""
        import re

        def solve(text):
            head, *rows = [line.split(",") for line in text.splitlines()]
            fields = [row[{column - 1}] for row in rows if len(row) >= {column}]
            values = [int(field) for field in fields if re.fullmatch("-?[0-9]+", field)]
            return head[{column - 1}] + ": " + str({what.code} if values else "{what.more}")
        """,
        [
            _lines("a,b,c"),
            _lines("a,b,c", "1,2,3"),
            _lines("a,b,c", "", "x", "1,-2,-4"),
            _lines("x,y,z,w", "1,2.5,3.5,9"),
            _lines("a,b,c", "5,5,5", "5,6,7"),
            _lines("k,l,m", "a,1,2", "b,0,0", "c,0,1"),
        ],
        sample,
    )


@template(
    4,
    allowed=(
        Rule("A letter can be used as often as one likes.", "set(word) <= set(letters)"),
        Rule(
            "A letter can be used only as often as it is in the first line.",
            "all(word.count(c) <= letters.count(c) for c in word)",
        ),
    ),
    result=(
        Rule(
            (
                "prints those of the words that can be made of them, in the order of the "
                "input, one on each line, and `none` if there are none"
            ),
            "'\\n'.join(made) or 'none'",
        ),
        Rule(
            (
                "prints how many of the words can be made of them, and then, on a second "
                "line, the length of the longest of these words (0 if there is none)"
            ),
            "f'{len(made)}\\n{max(map(len, made), default=0)}'",
        ),
    ),
)
def letter_tiles(rng: Random, allowed: Rule, result: Rule) -> Stream:
    """Write a program that reads from standard input a first line of letters, without spaces, and
    then words, one on each line, and {result.words}. {allowed.words} All letters are lower case;
    the first line may be empty, and an empty line after it is no word."""

    def sample() -> str:
        letters = text(rng, "aelnoprst", 9, 6)
        made = ["".join(rng.sample(letters, rng.randint(2, 4))) for _ in range(3)]
        return _lines(letters, *made, *(text(rng, letters + "x", 5, 3) for _ in range(3)))

    return Stream(
        f"""
        def solve(text):
            letters, *words = text.splitlines() or [""]
            made = [word for word in words if word and {allowed.code}]
            return {result.code}
        """,
        [
            "",
            "\n",
            _lines("abc"),
            _lines("", "a", "b"),
            _lines("ab", "aa", "ab", "", "ba"),
            _lines("zzz", "z", "zz", "zzzz"),
            _lines("cat", "act", "cat", "tacit"),
        ],
        sample,
    )


@template(
    3,
    style=(
        Rule(
            (
                "its number of the line, counted from 1, filled up with spaces on the "
                "left to a width of 3, a space, and"
            ),
            'f"{n:3} {line}"',
        ),
        Rule("the number of its characters, a vertical bar, and", 'f"{len(line)}|{line}"'),
    ),
    skip=(
        Rule("Empty lines are left out and not counted.", "if line"),
        Rule(
            "A line that is the same as the line directly before it is left out and not counted.",
            "if n == 0 or line != lines[n - 1]",
        ),
    ),
)
def listing(rng: Random, style: Rule, skip: Rule) -> Stream:
    """Write a program that reads lines from standard input and prints each of them as {style.words}
    the line itself, on a line of its own. {skip.words} Without any lines it prints nothing."""

    def sample() -> str:
        lines = [rng.choice(["", *words(rng, 3)]) for _ in range(rng.randint(3, 5))]
        twice = rng.randrange(len(lines))
        return _lines(*lines[:twice], lines[twice], *lines[twice:])

    return Stream(
        f"""
        def solve(text):
            lines = text.split("\\n")
            if lines[-1] == "":
                lines.pop()
            kept = [line for n, line in enumerate(lines) {skip.code}]
            return "\\n".join({style.code} for n, line in enumerate(kept, 1))
        """,
        [
            "",
            "\n",
            _lines("a"),
            "no line break at the end",
            _lines("x", "x", "", "", "x"),
            _lines(*"abcdefghijkl"),
            _lines("  a  b", "", "c"),
        ],
        sample,
    )
