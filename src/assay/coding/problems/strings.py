"""Problems about text: letters, words, cases, shifts."""

from random import Random

from assay.coding.problems.template import Draft, Rule, template, text, words


@template(
    1,
    kind=(
        Rule("vowels (a, e, i, o or u, in either case)", 'c in "aeiouAEIOU"'),
        Rule("digits 0 to 9", 'c in "0123456789"'),
        Rule("upper-case letters A to Z", '"A" <= c <= "Z"'),
        Rule(
            "lower-case letters a to z that are no vowels", '"a" <= c <= "z" and c not in "aeiou"'
        ),
    ),
)
def count_characters(rng: Random, kind: Rule) -> Draft:
    """Write a function `solve(text)` that counts how many characters of the string `text` are
    {kind.words}. It returns an int."""
    return Draft(
        f"""
        def solve(text):
            return sum(1 for c in text if {kind.code})
        """,
        [("",), ("   ",), ("AEIOU",), ("xyz",), ("a1B2 c3-D4",), ("9" * 12,)],
        lambda: (text(rng, "aeiouAEIXYZbcdfg0123 -", 16),),
    )


@template(2, shift=(1, 3, 13, -4, 31))
def caesar(rng: Random, shift: int) -> Draft:
    """Write a function `solve(text)` that moves every letter of the string `text` by {shift} places
    in the alphabet (a negative number moves towards a). After z comes a again, and before a comes
    z. Case is kept; whatever is not a letter from a to z or A to Z stays as it is. It returns the
    new string."""
    return Draft(
        f"""
        def solve(text):
            moved = []
            for c in text:
                for first in "aA":
                    if 0 <= ord(c) - ord(first) < 26:
                        c = chr((ord(c) - ord(first) + {shift}) % 26 + ord(first))
                        break
                moved.append(c)
            return "".join(moved)
        """,
        [("",), ("xyz XYZ",), ("abc ABC",), ("12, 34!",), ("é",), ("mM",)],
        lambda: (text(rng, "abcmnoxyzABCMNOXYZ .!", 14),),
    )


@template(2, longer=(0, 3, 4, 5))
def reverse_long_words(rng: Random, longer: int) -> Draft:
    """Words in the string `text` are separated by single spaces. Write a function `solve(text)`
    that turns round every word of more than {longer} characters, letter by letter, and leaves the
    order of the words and the shorter words as they are. It returns the new string."""
    return Draft(
        f"""
        def solve(text):
            return " ".join(w[::-1] if len(w) > {longer} else w for w in text.split(" "))
        """,
        [("",), ("ab",), ("abc abcd",), ("abcde abcdef abcdefg",), ("a ab abc abcd abcde",)],
        lambda: (" ".join(words(rng)),),
    )


@template(
    1,
    ignoring=(
        Rule("Every character counts, and so does case.", "text"),
        Rule("Upper and lower case count as the same.", "text.lower()"),
        Rule(
            "Upper and lower case count as the same, and only the letters a to z count.",
            '[c for c in text.lower() if "a" <= c <= "z"]',
        ),
    ),
)
def palindrome(rng: Random, ignoring: Rule) -> Draft:
    """Write a function `solve(text)` that tells whether the string `text` reads the same forwards
    and backwards. {ignoring.words} An empty text does. It returns True or False."""

    def sample() -> tuple[str]:
        half = text(rng, "abcAB", 4, 1)
        other = half if rng.random() < 0.5 else text(rng, "abc", 4, 1)
        return (half + rng.choice(["", "x", ", "]) + other[::-1],)

    return Draft(
        f"""
        def solve(text):
            seen = {ignoring.code}
            return seen == seen[::-1]
        """,
        [("",), ("Q",), ("Anna",), ("anna",), ("Ab, ba!",), ("ab ba",), ("a-b",)],
        sample,
    )


@template(
    2,
    style=(
        Rule("its letter and then its length, so that aab becomes a2b1", "f'{letter}{length}'"),
        Rule("its length and then its letter, so that aab becomes 2a1b", "f'{length}{letter}'"),
        Rule(
            (
                "its letter and then its length, which is left out where it is 1, so "
                "that aab becomes a2b"
            ),
            "letter + (str(length) if length > 1 else '')",
        ),
    ),
)
def run_lengths(rng: Random, style: Rule) -> Draft:
    """A run is a longest possible stretch of one and the same letter. Write a function
    `solve(text)` that writes each run in the string `text` as {style.words}. It returns a
    string."""
    return Draft(
        f"""
        from itertools import groupby

        def solve(text):
            runs = ((letter, len(list(run))) for letter, run in groupby(text))
            return "".join({style.code} for letter, length in runs)
        """,
        [("",), ("a",), ("z" * 12,), ("abab",), ("aAa",), ("xxyx",)],
        lambda: (text(rng, "aab", 10, 3),),
    )


@template(1, limit=(5, 9), end=("...", "~", " >"))
def shorten(rng: Random, limit: int, end: str) -> Draft:
    """Write a function `solve(text)` that returns the string `text` as it is if it has at most
    {limit} characters. If it is longer, the result is its beginning followed by `{end}`, and has
    exactly {limit} characters with that."""
    return Draft(
        f"""
        def solve(text):
            if len(text) <= {limit}:
                return text
            return text[: {limit - len(end)}] + {end!r}
        """,
        [("",), ("x" * limit,), ("y" * (limit + 1),), (" " * 20,), ("ab" * (limit - 3),)],
        lambda: (text(rng, "abcdef ", 15, 3),),
    )


@template(
    2,
    size=(Rule("longest", "-len(w)"), Rule("shortest", "len(w)")),
    tie=(
        Rule("the one that comes first in the text", "i"),
        Rule("the one that comes last in the text", "-i"),
        Rule("the one that is first in alphabetical order", "w"),
    ),
)
def extreme_word(rng: Random, size: Rule, tie: Rule) -> Draft:
    """Words in the string `text`, all in lower case, are separated by spaces, perhaps by several.
    Write a function `solve(text)` that returns the {size.words} word. Of several that are as long
    it is {tie.words}. If there is no word at all it returns None."""
    return Draft(
        f"""
        def solve(text):
            ranked = [({size.code}, {tie.code}, w) for i, w in enumerate(text.split())]
            return min(ranked)[-1] if ranked else None
        """,
        [("",), ("   ",), ("cat ant bee",), ("one",), ("  bb  aa c ",), ("dd cc bb dd",)],
        lambda: ("  ".join(words(rng, 5, 3)),),
    )


@template(
    3,
    least=(1, 2, 3),
    case=(
        Rule("Upper and lower case differ.", "word"),
        Rule(
            "Upper and lower case count as the same here, but words are returned as given.",
            "word.lower()",
        ),
    ),
)
def anagram_groups(rng: Random, least: int, case: Rule) -> Draft:
    """Two words are anagrams if they have the same letters, each as often. {case.words} Write a
    function `solve(words)` that puts the strings of the list `words` into groups of anagrams, and
    returns those groups that have at least {least} members: a list of lists. Groups are ordered by
    their first member's place in `words`, and members keep their order."""

    def sample() -> tuple[list[str]]:
        base = [text(rng, "abcD", 4, 2) for _ in range(3)]
        shuffled = ["".join(rng.sample(word, len(word))) for word in base + base]
        return ([rng.choice(base + shuffled) for _ in range(rng.randint(3, 7))],)

    return Draft(
        f"""
        def solve(words):
            groups = {{}}
            for word in words:
                groups.setdefault("".join(sorted({case.code})), []).append(word)
            return [group for group in groups.values() if len(group) >= {least}]
        """,
        [
            ([],),
            (["a"],),
            (["ab", "BA", "ba"],),
            (["x", "x", "x"],),
            (["", ""],),
            (["Ab", "aB", "bA", "c"],),
        ],
        sample,
    )


@template(
    2,
    style=(
        Rule(
            "camelCase (`max_row_size` becomes `maxRowSize`)",
            "parts[0] + ''.join(p.capitalize() for p in parts[1:])",
        ),
        Rule(
            "PascalCase (`max_row_size` becomes `MaxRowSize`)",
            "''.join(p.capitalize() for p in parts)",
        ),
        Rule("kebab-case (`max_row_size` becomes `max-row-size`)", "'-'.join(parts)"),
        Rule("initials (`max_row_size` becomes `MRS`)", "''.join(p[0].upper() for p in parts)"),
    ),
)
def rename(rng: Random, style: Rule) -> Draft:
    """Write a function `solve(name)` that turns a name in lower case, whose parts are joined by
    underscores, into {style.words}. Underscores at the start, at the end, or several in a row
    separate no further parts: they vanish. A name without any part becomes the empty string."""
    return Draft(
        f"""
        def solve(name):
            parts = [part for part in name.split("_") if part]
            return {style.code} if parts else ""
        """,
        [("",), ("___",), ("x",), ("_hidden_name",), ("two__gaps",), ("tail_",), ("v2_final",)],
        lambda: ("_".join(words(rng, 4, 2)),),
    )


@template(1, step=(2, 3, 4), mark=("*", "-"))
def cover_every(rng: Random, step: int, mark: str) -> Draft:
    """Write a function `solve(text)` that replaces every {step}th character of the string `text`,
    counted from the left (so the first that is replaced is number {step}), by `{mark}`. It returns
    the new string."""
    return Draft(
        f"""
        def solve(text):
            return "".join({mark!r} if n % {step} == 0 else c for n, c in enumerate(text, 1))
        """,
        [("",), ("a",), ("ab",), ("abc",), ("abcd",), (mark * 6,), ("0123456789",)],
        lambda: (text(rng, "abcdefgh", 12, 4),),
    )


@template(
    2,
    end=(
        Rule("beginning", "word"),
        Rule("end", "word[::-1]"),
    ),
    result=(
        Rule("that common part, a string (empty if there is none)", "common"),
        Rule("the length of that common part, an int", "len(common)"),
    ),
)
def common_part(rng: Random, end: Rule, result: Rule) -> Draft:
    """Write a function `solve(words)` that finds the longest {end.words} that the strings of the
    list `words` have in common, and returns {result.words}. For an empty list it is empty."""
    turned = "[::-1]" if end.words == "end" else ""

    def sample() -> tuple[list[str]]:
        head, tail = text(rng, "ab", 3, 0), text(rng, "xy", 3, 0)
        return ([head + text(rng, "abxy", 3, 0) + tail for _ in range(rng.randint(2, 4))],)

    return Draft(
        f"""
        def solve(words):
            common = []
            for letters in zip(*[{end.code} for word in words]):
                if len(set(letters)) > 1:
                    break
                common.append(letters[0])
            common = "".join(common){turned}
            return {result.code}
        """,
        [
            ([],),
            ([""],),
            (["one"],),
            (["same", "same"],),
            (["a", "b"],),
            (["ab", "abc", "zab"],),
            (["x", ""],),
        ],
        sample,
    )


@template(
    2,
    often=(Rule("most", "-n"), Rule("least", "n")),
    tie=(
        Rule("the one that appears first in the text", "text.index(c)"),
        Rule("the one that comes last in the alphabet", "-ord(c)"),
    ),
)
def frequent_letter(rng: Random, often: Rule, tie: Rule) -> Draft:
    """Write a function `solve(text)` that returns the letter that appears {often.words} often in
    the string `text` (at least once), as a tuple of the letter and how often it appears. The text
    holds only letters from a to z and spaces, and spaces do not count. Of several letters that
    appear as often it is {tie.words}. Without any letter it returns None."""
    return Draft(
        f"""
        def solve(text):
            counts = [(c, text.count(c)) for c in set(text) if c != " "]
            ranked = [({often.code}, {tie.code}, (c, n)) for c, n in counts]
            return min(ranked)[-1] if ranked else None
        """,
        [("",), ("    ",), ("z",), ("banana",), ("a b  a b c c",), ("zzyyxx",)],
        lambda: (text(rng, "aabcd ", 12, 5),),
    )


@template(
    2,
    overlap=(
        Rule("Occurrences may overlap: `aa` occurs twice in `aaa`.", "1"),
        Rule(
            "Occurrences do not overlap, and are taken from the left: `aa` occurs once in `aaa`.",
            "len(part)",
        ),
    ),
    case=(Rule("Case matters.", ""), Rule("Case does not matter.", ".lower()")),
)
def occurrences(rng: Random, overlap: Rule, case: Rule) -> Draft:
    """Write a function `solve(text, part)` that counts how often the string `part` occurs in the
    string `text`. {overlap.words} {case.words} An empty `part` occurs 0 times. It returns an
    int."""
    return Draft(
        f"""
        def solve(text, part):
            text, part = text{case.code}, part{case.code}
            count = at = 0
            while part and (at := text.find(part, at)) >= 0:
                count += 1
                at += {overlap.code}
            return count
        """,
        [
            ("", "a"),
            ("abc", ""),
            ("aaaa", "aa"),
            ("AAaa", "aA"),
            ("ab", "abc"),
            ("Abab", "ab"),
            ("", ""),
        ],
        lambda: (text(rng, "aaAb", 12, 5), text(rng, "aaAb", 2, 1)),
    )


@template(
    3,
    modulus=(7, 10, 26),
    weight=(
        Rule("its place in the alphabet (a is 1, z is 26)", "value"),
        Rule(
            "its place in the alphabet (a is 1, z is 26) times its place in the text (from 1)",
            "value * n",
        ),
    ),
)
def check_letter(rng: Random, modulus: int, weight: Rule) -> Draft:
    """A label gets a check letter. Each letter of the string `text` (only a to z) has the weight
    {weight.words}. The remainder of the sum of all weights when divided by {modulus} picks the
    check letter: 0 is A, 1 is B, and so on. Write a function `solve(text)` that returns `text`
    followed by a hyphen and its check letter, such as `abc-G`."""
    return Draft(
        f"""
        def solve(text):
            values = ((n, ord(c) - ord("a") + 1) for n, c in enumerate(text, 1))
            total = sum({weight.code} for n, value in values)
            return text + "-" + chr(ord("A") + total % {modulus})
        """,
        [("",), ("a",), ("z",), ("zzzz",), ("ab",), ("ba",)],
        lambda: (text(rng, "abcdefghijklmnopqrstuvwxyz", 8, 2),),
    )
