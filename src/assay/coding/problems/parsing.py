"""Problems that read a small notation: settings, durations, ranges, expressions, quotes."""

from random import Random

from assay.coding.problems.template import WORDS, Draft, Rule, template, text


@template(
    2,
    marks=((";", "="), (",", ":"), ("&", "->")),
    twice=(
        Rule("the last", "settings[key] = int(value)"),
        Rule("the first", "settings.setdefault(key, int(value))"),
    ),
)
def settings(rng: Random, marks: tuple[str, str], twice: Rule) -> Draft:
    """Write a function `solve(text)` that reads settings. Entries are separated by `{marks[0]}`,
    and an entry is a key, `{marks[1]}` and a value; spaces around keys and values do not belong to
    them. The function returns a dict from keys to values, where values are integers. Entries
    without `{marks[1]}`, with an empty key, or whose value is anything but digits with perhaps one
    minus sign in front, are left out. If a key appears several times, {twice.words} of its entries
    that are not left out counts."""

    def sample() -> tuple[str]:
        entries = [
            f"{rng.choice('abc')}{marks[1]}{rng.randint(-9, 40)}" for _ in range(rng.randint(2, 5))
        ]
        entries.insert(1, rng.choice(["", "x", f" key {marks[1]} 3 ", f"b{marks[1]}no"]))
        return (marks[0].join(entries),)

    def edge(plain: str) -> tuple[str]:
        return (plain.replace(";", marks[0]).replace("=", marks[1]),)

    return Draft(
        f"""
        import re

        def solve(text):
            settings = {{}}
            for entry in text.split({marks[0]!r}):
                key, mark, value = (part.strip() for part in entry.partition({marks[1]!r}))
                if key and re.fullmatch("-?[0-9]+", value):
                    {twice.code}
            return settings
        """,
        [
            edge(""),
            edge(";;"),
            edge("a=1;a=2;a=x"),
            edge("=5; b = -7 "),
            edge("a=1=2"),
            edge("a=--1;b=1.5;c=007"),
        ],
        sample,
    )


@template(
    3,
    units=(
        Rule("h (3600 seconds), m (60 seconds) and s (1 second)", '{"h": 3600, "m": 60, "s": 1}'),
        Rule(
            "w (7 days), d (1 day) and h (a 24th of a day), and the result is in hours",
            '{"w": 168, "d": 24, "h": 1}',
        ),
    ),
    order=(
        Rule("Units may come in any order, and more than once.", "True"),
        Rule(
            "A unit that is not smaller than the unit before it makes the text invalid.",
            "size < before",
        ),
    ),
)
def duration(rng: Random, units: Rule, order: Rule) -> Draft:
    """A duration is written as one or more parts without anything between them, each of them digits
    followed by a unit: {units.words}. {order.words} Write a function `solve(text)` that returns the
    duration as an int, or None if the text is invalid; an empty text is."""
    names = "hms" if units.code.startswith('{"h"') else "wdh"

    def sample() -> tuple[str]:
        chosen = sorted(rng.sample(names, rng.randint(1, 3)), key=names.index)
        if rng.random() < 0.3:
            chosen.reverse()
        return ("".join(f"{rng.randint(1, 30)}{unit}" for unit in chosen),)

    a, b, c = tuple(names)
    return Draft(
        f"""
        import re

        UNITS = {units.code}

        def solve(text):
            if not re.fullmatch("([0-9]+[{names}])+", text):
                return None
            total, before = 0, float("inf")
            for number, unit in re.findall("([0-9]+)(.)", text):
                size = UNITS[unit]
                if not ({order.code}):
                    return None
                total, before = total + int(number) * size, size
            return total
        """,
        [
            ("",),
            (f"5{c}3{a}",),
            ("12",),
            (f"0{b}",),
            (f"1{b}1{b}",),
            (f"1{a} 2{b}",),
            (f"-1{a}",),
            ("3x",),
        ],
        sample,
    )


@template(
    2,
    what=(
        Rule(
            "-1 if the first is older (less), 1 if it is newer, and 0 if they are the same",
            "(a > b) - (a < b)",
        ),
        Rule(
            "the newer of the two as it was given; the first, if they are the same",
            "second if b > a else first",
        ),
        Rule("True if their first two numbers are the same, and False otherwise", "a[:2] == b[:2]"),
    ),
)
def versions(rng: Random, what: Rule) -> Draft:
    """A version is written as one to four integers joined by dots, such as "1.10.2". Versions are
    compared number by number from the left; a number that is missing at the end counts as 0, so
    that "1.0" and "1" are the same. Write a function `solve(first, second)` that takes two versions
    and returns {what.words}."""

    def version() -> str:
        return ".".join(str(rng.choice([0, 1, 2, 10])) for _ in range(rng.randint(1, 3)))

    return Draft(
        f"""
        def numbers(version):
            found = [int(part) for part in version.split(".")]
            return found + [0] * (4 - len(found))

        def solve(first, second):
            a, b = numbers(first), numbers(second)
            return {what.code}
        """,
        [
            ("1", "1.0.0"),
            ("1.10", "1.9"),
            ("0", "0.0.0.1"),
            ("01.2", "1.2"),
            ("2.0.0", "10"),
            ("3.1", "3.1.4"),
        ],
        lambda: (version(), version()),
    )


@template(
    3,
    comma=(",", ";"),
    back=(
        Rule("stands for the same numbers downwards (`5-3` for 5, 4, 3)", "range(a, b - 1, -1)"),
        Rule("stands for nothing", "()"),
    ),
)
def page_ranges(rng: Random, comma: str, back: Rule) -> Draft:
    """Write a function `solve(text)` that reads a choice of pages such as `1-3{comma}7`: parts
    separated by `{comma}`, each a page number, or two joined by a hyphen for all pages from the one
    to the other. If the second is less than the first, the part {back.words}. Empty parts, and
    spaces anywhere, do not matter. It returns the list of page numbers in the order of the text,
    but each page only once, where it first appears."""

    def sample() -> tuple[str]:
        parts = [
            rng.choice([f"{rng.randint(1, 9)}", f"{rng.randint(1, 6)}-{rng.randint(2, 9)}"])
            for _ in range(3)
        ]
        return (comma.join(parts),)

    return Draft(
        f"""
        def solve(text):
            pages = []
            for part in text.replace(" ", "").split({comma!r}):
                if not part:
                    continue
                first, _, last = part.partition("-")
                a, b = int(first), int(last or first)
                pages += range(a, b + 1) if a <= b else {back.code}
            return list(dict.fromkeys(pages))
        """,
        [
            ("",),
            (comma * 2,),
            ("4-4",),
            ("9-7",),
            (f"3{comma}1-4",),
            (f" 2 - 3 {comma} 1 ",),
            (f"2-1{comma}1-2",),
        ],
        sample,
    )


@template(
    2,
    least=(6, 8),
    rule=(
        Rule("at least one digit and at least one letter", "digit and letter"),
        Rule("at least one upper-case letter, and no space", 'upper and " " not in text'),
        Rule(
            "no character three times in a row",
            "all(not a == b == c for a, b, c in zip(text, text[1:], text[2:]))",
        ),
    ),
)
def password(rng: Random, least: int, rule: Rule) -> Draft:
    """A password is good if it has at least {least} characters and {rule.words}. Letters are a to z
    and A to Z, digits are 0 to 9. Write a function `solve(text)` that returns True if the text is a
    good password and False otherwise."""
    return Draft(
        f"""
        def solve(text):
            upper = any("A" <= c <= "Z" for c in text)
            letter = upper or any("a" <= c <= "z" for c in text)
            digit = any("0" <= c <= "9" for c in text)
            return len(text) >= {least} and bool({rule.code})
        """,
        [
            ("",),
            ("aB1" * 3,),
            ("aB1x" * 2,),
            ("A" * 12,),
            ("Ab cd ef gh",),
            ("1234567890",),
            ("Ab1dE2"[:least],),
            ("xY12 ",),
        ],
        lambda: (
            text(rng, rng.choice(["aab1", "aAb12", "A a1", "abc", "11a"]), least + 3, least - 1),
        ),
    )


@template(
    2,
    level=("WARN", "ERROR"),
    what=(
        Rule("how many lines have it, an int", "len(found)"),
        Rule("the list of the messages of those lines, in order", "found"),
        Rule(
            "the message of the last such line, or None if there is none",
            "found[-1] if found else None",
        ),
    ),
)
def log_lines(rng: Random, level: str, what: Rule) -> Draft:
    """A log is a text of lines. A line has a level in capital letters, a colon and a message, with
    spaces around both that do not belong to them; a line without a colon has no level. The message
    may have colons too. Write a function `solve(log)` that looks for lines of the level {level} and
    returns {what.words}."""

    def sample() -> tuple[str]:
        kinds = ["INFO", "WARN", "ERROR", "WARN", "ERROR", "DEBUG"]
        lines = [
            f"{rng.choice(kinds)}: {rng.choice(WORDS)}{rng.choice(['', ' 5', ': low'])}"
            for _ in range(5)
        ]
        return ("\n".join(lines),)

    return Draft(
        f"""
        def solve(log):
            found = []
            for line in log.splitlines():
                level, colon, message = line.partition(":")
                if colon and level.strip() == "{level}":
                    found.append(message.strip())
            return {what.code}
        """,
        [
            ("",),
            (level,),
            (f"  {level} :  a : b  \nINFO: {level}: no",),
            (f"{level}:\n\n{level.lower()}: x",),
            (f"X{level}: y",),
            (f"{level}:1\n{level}:2",),
        ],
        sample,
    )
