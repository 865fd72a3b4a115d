"""Problems whose answer is text laid out for a reader: columns, units, lists in words."""

from random import Random

from assay.coding.problems.template import WORDS, Draft, Rule, ints, template, text, words


@template(
    3,
    side=(Rule("left", "ljust"), Rule("right", "rjust")),
    joint=(" | ", "  "),
)
def columns(rng: Random, side: Rule, joint: str) -> Draft:
    """Write a function `solve(rows)` that lays out a table. `rows` is a list of rows, each a list
    of strings, all of the same length. Each cell is filled up with spaces to the width of the
    widest cell of its column, so that the text is at the {side.words}. The cells of a row are
    joined by "{joint}", and spaces at the end of a line are removed. It returns a list of strings,
    one for each row."""

    def sample() -> tuple[list[list[str]]]:
        width = rng.randint(2, 3)
        return ([[rng.choice(WORDS) for _ in range(width)] for _ in range(rng.randint(2, 3))],)

    return Draft(
        f"""
        def solve(rows):
            widths = [max(map(len, column)) for column in zip(*rows)]
            lines = []
            for row in rows:
                cells = [cell.{side.code}(width) for cell, width in zip(row, widths)]
                lines.append({joint!r}.join(cells).rstrip())
            return lines
        """,
        [
            ([],),
            ([["a"]],),
            ([["", "b"], ["ccc", ""]],),
            ([["x", "y"]],),
            ([["one"], ["three"], [""]],),
        ],
        sample,
    )


@template(2, mark=(",", "'", " "), size=(3, 4))
def thousands(rng: Random, mark: str, size: int) -> Draft:
    """Write a function `solve(n)` that writes the integer `n` in decimal, with "{mark}" between
    groups of {size} digits, counted from the right. A negative number has a minus sign in front. It
    returns a string."""
    return Draft(
        f"""
        def solve(n):
            digits, groups = str(abs(n)), []
            while digits:
                groups.append(digits[-{size}:])
                digits = digits[:-{size}]
            return ("-" if n < 0 else "") + {mark!r}.join(reversed(groups))
        """,
        [(0,), (999,), (1000,), (-1000,), (-123,), (10**12,), (100000,)],
        lambda: (rng.choice([1, -1]) * rng.randint(10, 10 ** rng.randint(4, 10)),),
    )


@template(
    3,
    width=(10, 16),
    align=(
        Rule("Lines have no spaces at their ends.", "line"),
        Rule(
            "Each line is filled up with spaces on the left to the full width.",
            "line.rjust({width})",
        ),
    ),
    long=(
        Rule("A word that is longer has a line of its own, as it is.", "[word]"),
        Rule(
            (
                "A word that is longer is cut into pieces of the full width; each piece, "
                "the last and perhaps shorter one too, is treated as a word."
            ),
            "[word[n : n + {width}] for n in range(0, len(word), {width})]",
        ),
    ),
)
def wrap(rng: Random, width: int, align: Rule, long: Rule) -> Draft:
    """Write a function `solve(text)` that breaks a text into lines of at most {width} characters.
    Words are separated by spaces, perhaps several, and on a line by one. Each line takes as many
    words as fit. {long.words} {align.words} It returns a list of strings; without words it is
    empty."""
    return Draft(
        f"""
        def solve(text):
            pieces = [piece for word in text.split() for piece in {long.code.format(width=width)}]
            lines = []
            for piece in pieces:
                if lines and len(lines[-1]) + 1 + len(piece) <= {width}:
                    lines[-1] += " " + piece
                else:
                    lines.append(piece)
            return [{align.code.format(width=width)} for line in lines]
        """,
        [
            ("",),
            ("   ",),
            ("a",),
            ("incomprehensibilities of it",),
            ("x" * width + " y",),
            ("a  b   c",),
            ("ab " * 9,),
        ],
        lambda: (" ".join(words(rng, 8, 5)),),
    )


@template(2, base=(1000, 1024), decimals=(1, 2))
def file_size(rng: Random, base: int, decimals: int) -> Draft:
    """Write a function `solve(size)` that writes a number of bytes (an integer, at least 0) for a
    reader. The units are B, kB, MB, GB and TB, each {base} times the one before. The unit is the
    largest of which there is at least 1, or B for 0. With B the number is written without decimals,
    otherwise with exactly {decimals} (as Python's format `.{decimals}f` rounds it); a space comes
    between number and unit. It returns a string such as "12 B"."""
    return Draft(
        f"""
        def solve(size):
            value, units = float(size), ["B", "kB", "MB", "GB", "TB"]
            while value >= {base} and len(units) > 1:
                value /= {base}
                units.pop(0)
            return f"{{size}} B" if units[0] == "B" else f"{{value:.{decimals}f}} {{units[0]}}"
        """,
        [
            (0,),
            (1,),
            (base - 1,),
            (base,),
            (base**2,),
            (base**4 * 3 // 2,),
            (base**5 * 7,),
            (1000,),
        ],
        lambda: (rng.randint(1, 10 ** rng.randint(2, 11)),),
    )


@template(
    1,
    word=("and", "or"),
    comma=(
        Rule("With three or more, there is also a comma before that word.", ","),
        Rule("There is no comma before that word.", ""),
    ),
)
def in_words(rng: Random, word: str, comma: Rule) -> Draft:
    """Write a function `solve(names)` that joins the strings of the list `names` as in a sentence:
    by a comma and a space, but the last two by a space, the word "{word}" and a space.
    {comma.words} One name alone stays as it is, and an empty list gives the empty string. It
    returns a string."""
    return Draft(
        f"""
        def solve(names):
            if len(names) < 3:
                return " {word} ".join(names)
            return ", ".join(names[:-1]) + "{comma.code} {word} " + names[-1]
        """,
        [([],), (["Al"],), (["Al", "Bo"],), (["a", "b", "c"],), (["x"] * 5,), (["", ""],)],
        lambda: (words(rng, 5, 2),),
    )


@template(
    2,
    mark=("#", "*"),
    shape=(
        Rule(
            "from left to right, one line for each number, which has so many of them",
            "[{mark!r} * n for n in numbers]",
        ),
        Rule(
            (
                "from the bottom up: all lines are as long as the list, the top line "
                "comes first, there are as many lines as the largest number says, and "
                "what is no bar is a space"
            ),
            (
                "[''.join({mark!r} if n >= level else ' ' for n in numbers) for level in "
                "range(max(numbers, default=0), 0, -1)]"
            ),
        ),
    ),
)
def bars(rng: Random, mark: str, shape: Rule) -> Draft:
    """Write a function `solve(numbers)` that draws a bar chart of the integers (at least 0) in the
    list `numbers`, made of the character `{mark}`. Bars go {shape.words}. It returns the list of
    the lines, which are strings."""
    return Draft(
        f"""
        def solve(numbers):
            return {shape.code.format(mark=mark)}
        """,
        [([],), ([0],), ([1],), ([0, 0],), ([3, 0, 1],), ([2, 2],)],
        lambda: (ints(rng, 0, 5, 5),),
    )


@template(
    2,
    style=(
        Rule(
            (
                "hours, minutes and seconds, the latter two with two digits, joined by "
                'colons, such as "1:02:03"'
            ),
            'f"{h}:{m:02}:{s:02}"',
        ),
        Rule(
            'those of hours, minutes and seconds that are not 0, such as "1h 3s", and "0s" for 0',
            "' '.join(f'{n}{u}' for n, u in ((h, 'h'), (m, 'm'), (s, 's')) if n) or '0s'",
        ),
        Rule(
            'minutes (as many as there are) and seconds with two digits, such as "62:03"',
            'f"{60 * h + m}:{s:02}"',
        ),
        Rule(
            'the largest unit alone, rounded down, such as "1 h" or "59 min" or "0 s"',
            "f'{h} h' if h else f'{m} min' if m else f'{s} s'",
        ),
    ),
)
def clock(rng: Random, style: Rule) -> Draft:
    """Write a function `solve(seconds)` that writes a duration in seconds (an integer, at least 0)
    as {style.words}. It returns a string."""
    return Draft(
        f"""
        def solve(seconds):
            h, m, s = seconds // 3600, seconds // 60 % 60, seconds % 60
            return {style.code}
        """,
        [(0,), (59,), (60,), (3599,), (3600,), (3601,), (360000,)],
        lambda: (
            rng.choice([rng.randint(5, 59), rng.randint(70, 3500), rng.randint(3700, 20000)]),
        ),
    )


@template(
    1,
    style=(
        Rule(
            (
                "the last name, a comma, and the first letters of the other names, each "
                "followed by a full stop and separated by spaces, such as `Hopper, G. M.`"
            ),
            "last + ', ' + ' '.join(n[0] + '.' for n in others)",
        ),
        Rule(
            "the first letters of all names in upper case, without spaces, such as `GMH`",
            "''.join(n[0].upper() for n in names)",
        ),
        Rule(
            (
                "the first letters of all names but the last, each followed by a full "
                "stop and a space, and then the last name, such as `G. M. Hopper`"
            ),
            "''.join(n[0] + '. ' for n in others) + last",
        ),
        Rule(
            "the last name in upper case, a space, and the first name, such as `HOPPER Grace`",
            "last.upper() + ' ' + names[0]",
        ),
    ),
)
def person(rng: Random, style: Rule) -> Draft:
    """The string `name` holds the names of a person, separated by one or more spaces: at least two
    names, or one alone, the last name being the last of them. Write a function `solve(name)` that
    returns {style.words}. One name alone is returned as it is, without spaces around it, and an
    empty text as the empty string."""
    names = [
        "Grace",
        "Ada",
        "Alan",
        "Noor",
        "lee",
        "Mary",
        "Kai",
        "von",
        "Hopper",
        "Turing",
        "Okafor",
    ]
    return Draft(
        f"""
        def solve(name):
            names = name.split()
            if len(names) < 2:
                return "".join(names)
            *others, last = names
            return {style.code}
        """,
        [("",), ("  ",), (" Plato ",), ("Ann  Lee",), ("a b c d",), ("Jean Luc de Wit ",)],
        lambda: (" ".join(rng.sample(names, rng.randint(2, 3))),),
    )


@template(2, separator=("-", "_"), most=(2, 3))
def slug(rng: Random, separator: str, most: int) -> Draft:
    """Write a function `solve(title)` that makes a short name for a page. The title is put in lower
    case; a word is a longest possible stretch of letters a to z and digits, and everything else
    separates words. The words "the", "a" and "of" are left out, and of the others the first {most}
    are kept (fewer if there are fewer) and joined by `{separator}`. It returns a string, "untitled"
    if no word is left."""
    return Draft(
        f"""
        import re

        def solve(title):
            found = re.findall("[a-z0-9]+", title.lower())
            kept = [word for word in found if word not in ("the", "a", "of")][:{most}]
            return {separator!r}.join(kept) or "untitled"
        """,
        [("",), ("The",), ("!?",), ("A of The a",), ("Theory",), ("C3-PO & R2D2",), ("  x  ",)],
        lambda: (
            " ".join(
                rng.choice(["The", "a", "Of", "*", "top10,", *words(rng)]).title()
                for _ in range(rng.randint(3, 6))
            ),
        ),
    )


@template(1, shown=(2, 3, 4), mark=("*", "#"))
def mask(rng: Random, shown: int, mark: str) -> Draft:
    """Write a function `solve(number)` that hides a card number, a string of digits, spaces and
    hyphens. Every digit is replaced by `{mark}`, except the last {shown} digits; spaces and hyphens
    stay. If there are no more than {shown} digits all of them are replaced. It returns the new
    string."""
    return Draft(
        f"""
        def solve(number):
            total = sum(c.isdigit() for c in number)
            hidden = total - {shown} if total > {shown} else total
            result = ""
            for c in number:
                if c.isdigit() and hidden > 0:
                    c, hidden = {mark!r}, hidden - 1
                result += c
            return result
        """,
        [("",), ("1",), ("123",), ("12-34",), ("----",), ("1 2 3 4 5 6",), ("99999-",)],
        lambda: ("-".join(text(rng, "0123456789", 4, 2) for _ in range(rng.randint(2, 3))),),
    )


@template(
    2,
    frame=("*", "#"),
    padding=(0, 1),
    align=(Rule("left", "ljust"), Rule("right", "rjust")),
)
def banner(rng: Random, frame: str, padding: int, align: Rule) -> Draft:
    """Write a function `solve(lines)` that puts a frame of the character `{frame}` around the
    strings of the list `lines`. Inside, each line is filled up with spaces to the width of the
    longest, the text at the {align.words}, and has {padding} further space(s) on both sides. Above
    and below there is one full line of `{frame}`; no empty lines are added. It returns the list of
    all lines; for an empty list, an empty list."""
    return Draft(
        f"""
        def solve(lines):
            if not lines:
                return []
            width, gap = max(map(len, lines)), " " * {padding}
            edge = {frame!r} * (width + {2 * padding + 2})
            inside = [gap + line.{align.code}(width) + gap for line in lines]
            return [edge, *({frame!r} + line + {frame!r} for line in inside), edge]
        """,
        [([],), ([""],), (["a"],), (["a", "bcd"],), (["", "x", ""],)],
        lambda: (words(rng, 4, 2),),
    )
