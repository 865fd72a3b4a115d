"""Problems about notations: formulas, brackets, quotes, short forms, slots."""

from random import Random

from assay.coding.problems.template import WORDS, Draft, Rule, template


@template(
    4,
    order=(
        Rule(
            (
                "Multiplication comes before addition and subtraction, and otherwise one "
                "goes from left to right."
            ),
            "* then + -",
        ),
        Rule("There is no precedence: one goes strictly from left to right.", "all the same"),
        Rule(
            (
                "Unlike in school, addition and subtraction come before multiplication; "
                "otherwise one goes from left to right."
            ),
            "+ - then *",
        ),
    ),
)
def arithmetic(rng: Random, order: Rule) -> Draft:
    """Write a function `solve(text)` that works out a formula of non-negative integers with the
    operators `+`, `-` and `*` between them, without brackets; spaces may stand anywhere between
    numbers and operators. {order.words} It returns an int. The formula is always well-formed."""
    levels = {"* then + -": '["*", "+-"]', "all the same": '["*+-"]', "+ - then *": '["+-", "*"]'}[
        order.code
    ]

    def sample() -> tuple[str]:
        numbers = [str(rng.randint(1, 9)) for _ in range(rng.randint(3, 5))]
        return (numbers[0] + "".join(rng.choice(["+", "*", " - "]) + n for n in numbers[1:]),)

    return Draft(
        f"""
        import re

        def solve(text):
            parts = re.findall("[0-9]+|[-+*]", text)
            for operators in {levels}:
                done = [int(parts[0])]
                for operator, number in zip(parts[1::2], parts[2::2]):
                    number = int(number)
                    if operator not in operators:
                        done += [operator, number]
                    elif operator == "*":
                        done[-1] *= number
                    else:
                        done[-1] += number if operator == "+" else -number
                parts = done
            return parts[0]
        """,
        [("7",), (" 0 ",), ("2-3-4",), ("2+3*4+5",), ("10*0-12",), ("2*3+4*5",), ("1 - 2*3",)],
        sample,
    )


@template(
    3,
    comma=(",", ";"),
    quote=('"', "'"),
)
def quoted_fields(rng: Random, comma: str, quote: str) -> Draft:
    """Write a function `solve(line)` that splits a line of a table into its fields, which are
    separated by `{comma}`. Between two `{quote}` a `{comma}` is part of the field. The `{quote}`
    themselves do not belong to the field, but a doubled one between quotes stands for one `{quote}`
    in the field. A quotation that does not end reaches to the end of the line. Everything else,
    spaces too, is kept. It returns a list of strings; the empty line has one field, the empty
    string."""

    def written(plain: str) -> tuple[str]:
        return (plain.replace(",", comma).replace('"', quote),)

    def sample() -> tuple[str]:
        fields = [
            '"a,b"',
            "x y",
            '"say ""hi"""',
            "",
            "12",
            'mid"dle, "end',
            ' "q" ',
            "'",
            ";",
            '","',
        ]
        return written(",".join(rng.choice(fields) for _ in range(rng.randint(2, 4))))

    return Draft(
        f"""
        def solve(line):
            fields, quoted, n = [""], False, 0
            while n < len(line):
                c = line[n]
                if c == {quote!r} and quoted and line[n + 1 : n + 2] == c:
                    fields[-1] += c
                    n += 1
                elif c == {quote!r}:
                    quoted = not quoted
                elif c == {comma!r} and not quoted:
                    fields.append("")
                else:
                    fields[-1] += c
                n += 1
            return fields
        """,
        [
            written(""),
            written(","),
            written('""'),
            written('"a'),
            written('a""b'),
            written('"x"y","'),
            written("';\",,"),
        ],
        sample,
    )


@template(
    3,
    kinds=("()", "()[]", "()[]{}"),
    result=(
        Rule("True if they are balanced, and False otherwise", "wrong is None"),
        Rule(
            (
                "the place (from 0) of the first bracket that cannot be right: a closing "
                "one that closes nothing or the wrong kind; if there is none, the place "
                "of the last opening bracket that is never closed; -1 if they are "
                "balanced"
            ),
            "-1 if wrong is None else wrong",
        ),
    ),
)
def brackets(rng: Random, kinds: str, result: Rule) -> Draft:
    """Brackets in a text are balanced if each one that opens is closed later by one of its kind,
    and what lies between them is balanced too. Write a function `solve(text)` that looks at the
    brackets `{kinds}`, takes no notice of any other character, and returns {result.words}."""

    def sample() -> tuple[str]:
        good = rng.choice(["(a)", "()()", "(())", "[()]", "([])", "{x}()", "(b)[]"])
        return (
            good
            if rng.random() < 0.4
            else good + rng.choice(["(", ")", "]", "()", ")(", "}"]) + good,
        )

    return Draft(
        f"""
        KINDS = {kinds!r}

        def solve(text):
            opened, wrong = [], None
            for n, c in enumerate(text):
                kind = KINDS.find(c)
                if kind >= 0 and kind % 2 == 0:
                    opened.append((n, kind))
                elif kind >= 0 and (not opened or opened.pop()[1] != kind - 1):
                    wrong = n
                    break
            else:
                wrong = opened[-1][0] if opened else None
            return {result.code}
        """,
        [("",), ("abc",), ("(",), ("(]",), ("a)b(",), ("([)]",), ("{[()]}(",), ("{",), ("{(a)",)],
        sample,
    )


@template(
    3,
    place=(
        Rule("after", "([a-z])([0-9]*)", "letter, count"),
        Rule("before", "([0-9]*)([a-z])", "count, letter"),
    ),
    zero=(
        Rule("0 means that the letter is left out", "int(count)"),
        Rule("0 counts as 1", "max(1, int(count))"),
    ),
)
def expand(rng: Random, place: Rule, zero: Rule) -> Draft:
    """Write a function `solve(text)` that expands a short form: letters from a to z, each of which
    may have a number directly {place.words} it that says how often it is repeated. A letter without
    a number stands for itself once; {zero.words}. It returns a string. The text is always of this
    form."""

    def sample() -> tuple[str]:
        parts = []
        for _ in range(rng.randint(2, 5)):
            count = rng.choice(["", "", "2", "3", "4"])
            parts.append(
                rng.choice("abcx") + count if place.words == "after" else count + rng.choice("abcx")
            )
        return ("".join(parts),)

    def edge(letter: str, count: str) -> str:
        return letter + count if place.words == "after" else count + letter

    return Draft(
        f"""
        import re

        def solve(text):
            return "".join(
                letter * ({zero.code} if count else 1)
                for {place.more} in re.findall("{place.code}", text)
            )
        """,
        [
            ("",),
            ("z",),
            (edge("a", "12"),),
            (edge("b", "0"),),
            (edge("a", "0") + edge("c", "2"),),
            (edge("q", "03") + "k",),
        ],
        sample,
    )


@template(
    3,
    marks=(Rule("<", ">"), Rule("%", "%"), Rule("[[", "]]")),
    missing=(
        Rule("stays as it is, marks and all", "found.group(0)"),
        Rule("is replaced by nothing", '""'),
    ),
)
def fill_in(rng: Random, marks: Rule, missing: Rule) -> Draft:
    """Write a function `solve(text, values)` that fills in a form letter. Wherever a name (one or
    more letters from a to z) stands between `{marks.words}` and `{marks.code}`, the three together
    are replaced by the value of that name in the dict `values` from strings to strings. A name that
    is not in `values` {missing.words}. What was filled in is not looked at again. It returns a
    string."""
    left, right = marks.words, marks.code

    def sample() -> tuple[str, dict[str, str]]:
        parts = [rng.choice([f"{left}{name}{right}", name]) for name in rng.sample(WORDS, 4)]
        slots = [part[len(left) : -len(right)] for part in parts if part.startswith(left)]
        return ", ".join(parts), {name: name.upper() for name in slots if rng.random() < 0.7}

    return Draft(
        f"""
        import re

        def solve(text, values):
            def value(found):
                return values.get(found.group(1), {missing.code})

            return re.sub(re.escape({left!r}) + "([a-z]+)" + re.escape({right!r}), value, text)
        """,
        [
            ("", {}),
            (f"{left}{right}", {"": "x"}),
            (f"{left}a{right}{left}b{right}", {"a": f"{left}b{right}", "b": "\\1"}),
            (f"{left}A{right} {left}a", {"a": "1", "A": "2"}),
            (f"{left}gone{right}!", {"other": "x"}),
        ],
        sample,
    )
