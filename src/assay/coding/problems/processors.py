"""Problems about machines that run a program: stacks, editors, registers, tapes."""

from random import Random

from assay.coding.problems.template import Draft, Rule, template, text


@template(
    3,
    division=(
        Rule("rounds down, also below zero (-7 / 2 is -4)", "a // b"),
        Rule("rounds towards zero (-7 / 2 is -3)", "abs(a) // abs(b) * (1 if a * b >= 0 else -1)"),
    ),
    order=(
        Rule(
            "the one that was put there earlier first (`8 2 -` is 6)",
            "b, a = stack.pop(), stack.pop()",
        ),
        Rule(
            "the one that was put there later first (`2 8 -` is 6)",
            "a, b = stack.pop(), stack.pop()",
        ),
    ),
)
def stack_machine(rng: Random, division: Rule, order: Rule) -> Draft:
    """A program is a string of words separated by spaces. A number (digits, perhaps with a minus
    sign directly in front) is put on a stack. Each of the words `+`, `-`, `*` and `/` takes two
    numbers from the top of the stack and puts the result there, {order.words}. Division
    {division.words}. Write a function `solve(program)` that returns the one number, an int, that is
    on the stack in the end. It returns None if there is not exactly one, if a word finds fewer than
    two numbers, if something is divided by 0, or if a word is none of these."""

    def sample() -> tuple[str]:
        parts = [str(rng.randint(-9, 20)), str(rng.randint(1, 6))]
        for _ in range(rng.randint(0, 2)):
            parts += [rng.choice("+-*/"), str(rng.randint(1, 9))]
        return (" ".join([*parts, rng.choice("+-*//")]),)

    return Draft(
        f"""
        import re

        def solve(program):
            stack = []
            for word in program.split():
                if re.fullmatch("-?[0-9]+", word):
                    stack.append(int(word))
                    continue
                if len(stack) < 2 or word not in ("+", "-", "*", "/"):
                    return None
                {order.code}
                if word == "/" and b == 0:
                    return None
                if word == "/":
                    stack.append({division.code})
                else:
                    stack.append(a + b if word == "+" else a - b if word == "-" else a * b)
            return stack[0] if len(stack) == 1 else None
        """,
        [
            ("",),
            ("5",),
            ("1 2",),
            ("+",),
            ("4 0 /",),
            ("0 4 /",),
            ("-7 2 /",),
            ("3 x +",),
            ("2 -7 /",),
        ],
        sample,
    )


@template(
    3,
    comment=(
        Rule("`#` begins a comment that reaches to the end of the line", "#", "\\n"),
        Rule("`//` begins a comment that reaches to the end of the line", "//", "\\n"),
        Rule(
            "`/*` begins a comment that reaches to the next `*/`, which belongs to it", "/*", "*/"
        ),
    ),
    quotes=(
        Rule("Between two double quotes there are no comments.", "c == '\"'"),
        Rule("Double quotes have no special meaning.", "False"),
    ),
)
def comments(rng: Random, comment: Rule, quotes: Rule) -> Draft:
    """In the text of a program {comment.words}, or to the end of the text if that comes first.
    {quotes.words} Write a function `solve(text)` that returns the text without its comments, a
    string; everything else is kept, line breaks too."""
    start, end = comment.code, comment.more

    def sample() -> tuple[str]:
        pieces = ["x = 1", '"a', '"', " ", start, start, "\n", "*/", "y"]
        return ("".join(rng.choice(pieces) for _ in range(rng.randint(4, 9))),)

    return Draft(
        f"""
        def solve(text):
            kept, n, quoted = "", 0, False
            while n < len(text):
                c = text[n]
                if {quotes.code}:
                    quoted = not quoted
                if not quoted and text.startswith("{start}", n):
                    end = text.find("{end}", n + {len(start)})
                    n = len(text) if end < 0 else end + {2 if end == "*/" else 0}
                    continue
                kept += c
                n += 1
            return kept
        """,
        [
            ("",),
            (start,),
            (f"a{start}b\nc*/d",),
            (f'"{start}" {start} "',),
            (f'"{start}\n"{start}',),
            ("/ * # / /",),
            (f"{start}{start}\n\n*/*/",),
        ],
        sample,
    )


@template(
    3,
    special=(
        Rule(
            (
                "takes back the last key that was pressed before it and is not taken "
                "back yet; if there is none, it does nothing"
            ),
            "written = history.pop() if history else written",
        ),
        Rule(
            (
                "types the last character of the field once more; if the field is empty, "
                "it does nothing"
            ),
            "written += written[-1:]",
        ),
        Rule("turns round the text that is in the field", "written = written[::-1]"),
    ),
    erase=(Rule("last character, if there is one", "written[:-1]"), Rule("whole text", '""')),
)
def editor(rng: Random, special: Rule, erase: Rule) -> Draft:
    """Somebody types into an empty field. Write a function `solve(keys)` that takes the keys, a
    string, and returns the text that is in the field in the end. `<` erases the {erase.words}. `!`
    {special.words}. Any other character is typed at the end of the field."""
    return Draft(
        f"""
        def solve(keys):
            written, history = "", []
            for key in keys:
                if key == "!":
                    {special.code}
                    continue
                history.append(written)
                written = {erase.code} if key == "<" else written + key
            return written
        """,
        [("",), ("<",), ("!!",), ("ab<!c",), ("abc!!!!d",), ("ab<<<!c!",), ("abc<d",), ("xy!<z",)],
        lambda: (text(rng, "abcd<!", 10, 5),),
    )


@template(
    5,
    jump=(
        Rule("is not 0", "!= 0"),
        Rule("is greater than 0", "> 0"),
    ),
    result=(
        Rule("the value of register a, an int", 'registers["a"]'),
        Rule("the number of lines that were carried out, an int", "done"),
    ),
)
def processor(rng: Random, jump: Rule, result: Rule) -> Draft:
    """A small processor has the registers a, b and c, which hold 0 at first. A program is a list of
    lines, strings of words separated by a space. `set r n` puts the number n into register r; `add
    r s` adds to register r the value of register s; `dec r` takes 1 from register r; `jump r n`
    goes n lines on from here (back if n is negative) if register r {jump.words}, and to the next
    line otherwise. The program ends where there is no line, before the first one too, or when 200
    lines have been carried out. Write a function `solve(program)` that returns {result.words}."""

    def sample() -> tuple[list[str]]:
        count, step = rng.randint(1, 5), rng.randint(-3, 6)
        lines = [
            f"set b {count}",
            f"set c {step}",
            "add a c",
            "dec b",
            f"jump b {rng.choice([-2, -2, -1])}",
        ]
        return (
            lines
            + rng.sample(
                ["add a a", "dec a", "jump a 2", "set c 1", "add b a", "jump c -1"],
                rng.randint(0, 3),
            ),
        )

    return Draft(
        f"""
        def solve(program):
            registers, at, done = {{"a": 0, "b": 0, "c": 0}}, 0, 0
            while 0 <= at < len(program) and done < 200:
                name, register, *rest = program[at].split(" ")
                done += 1
                step = 1
                if name == "set":
                    registers[register] = int(rest[0])
                elif name == "add":
                    registers[register] += registers[rest[0]]
                elif name == "dec":
                    registers[register] -= 1
                elif registers[register] {jump.code}:
                    step = int(rest[0])
                at += step
            return {result.code}
        """,
        [
            ([],),
            (["dec a"],),
            (["set a -4", "jump a 2", "set a 9", "dec a"],),
            (["set a 1", "jump a -5", "set a 7"],),
            (["dec b", "dec a", "jump b -1"],),
            (["set c 3", "jump c 0"],),
            (["jump a 2", "set a 5", "add a a"],),
        ],
        sample,
    )


@template(5, cells=(4, 6), size=(10, 256))
def tape(rng: Random, cells: int, size: int) -> Draft:
    """A tape has {cells} cells in a circle, which hold 0 at first, and a head on the first of them.
    A program is a string: `>` moves the head one cell to the right, `<` one to the left, `+` adds 1
    to the cell and `-` takes 1 from it (beyond {size} minus 1 comes 0 and before 0 comes {size}
    minus 1), `[` goes on after the matching `]` if the cell is 0, and `]` goes back to the matching
    `[`, which is looked at again. Any other character is ignored, and brackets match. Write a
    function `solve(program)` that returns the list of the cells' values in the end. The programs
    that are tried do end."""

    def sample() -> tuple[str]:
        head = "+" * rng.randint(1, 4) + ">" * rng.randint(0, 2) + "-" * rng.randint(1, 3)
        loop = rng.choice(["[>+<-]", "[->++<]", "[-]", "[>]", "<[->+<]"])
        return (
            head
            + rng.choice(["<", ">", "+"])
            + "+" * rng.randint(1, 3)
            + loop
            + rng.choice(["", ">+", "<<-"]),
        )

    return Draft(
        f"""
        def solve(program):
            match, opened = {{}}, []
            for n, c in enumerate(program):
                if c == "[":
                    opened.append(n)
                elif c == "]":
                    match[n] = opened.pop()
                    match[match[n]] = n
            cells, head, at = [0] * {cells}, 0, 0
            while at < len(program):
                c = program[at]
                if c in "<>":
                    head = (head + (1 if c == ">" else -1)) % {cells}
                elif c in "+-":
                    cells[head] = (cells[head] + (1 if c == "+" else -1)) % {size}
                elif c == "[" and cells[head] == 0:
                    at = match[at]
                elif c == "]":
                    at = match[at] - 1
                at += 1
            return cells
        """,
        [
            ("",),
            ("-",),
            ("<+",),
            ("[+]x",),
            ("+[>]",),
            ("+++[>++[>+<-]<-]",),
            (">" * 5 + "--",),
            ("no + y",),
        ],
        sample,
    )
