"""Problems about boards: cells that live, mines, stones that fall or stand in line."""

from random import Random

from assay.coding.problems.grids import NEIGHBOURS, plan
from assay.coding.problems.template import Draft, Rule, template


@template(3, neighbours=NEIGHBOURS, blank=(".", "0"))
def mines(rng: Random, neighbours: Rule, blank: str) -> Draft:
    """A field is a list of strings of the same length, in which `*` is a mine and `-` is not. Write
    a function `solve(rows)` that returns it as a list of strings in which each `-` is replaced by
    the number of mines on the squares that share {neighbours.words} with it, or by `{blank}` if
    there are none. Mines stay."""
    return Draft(
        f"""
        STEPS = {neighbours.code}

        def solve(rows):
            mines = {{(y, x) for y, row in enumerate(rows) for x, c in enumerate(row) if c == "*"}}
            shown = []
            for y, row in enumerate(rows):
                line = ""
                for x, c in enumerate(row):
                    count = sum((y + dy, x + dx) in mines for dy, dx in STEPS)
                    line += "*" if c == "*" else str(count or {blank!r})
                shown.append(line)
            return shown
        """,
        [([],), (["-"],), (["*"],), (["---"],), (["***", "*-*", "***"],), (["*-", "--"],)],
        lambda: (plan(rng, "*---", 4),),
    )


@template(
    4,
    born=((3,), (3, 6), (2,)),
    survive=((2, 3), (1, 2)),
)
def life(rng: Random, born: tuple[int, ...], survive: tuple[int, ...]) -> Draft:
    """Cells live on a board, a list of strings of the same length in which `o` is a living cell and
    `.` an empty square. A square has up to eight neighbours; there are none beyond the edge. In the
    next generation an empty square has a living cell if its number of living neighbours is in
    {born}, and a living cell lives on if that number is in {survive}. All squares change at once.
    Write a function `solve(rows, generations)` that returns the board, a list of strings, after so
    many generations (an int, at least 0)."""
    return Draft(
        f"""
        def solve(rows, generations):
            for _ in range(generations):
                squares = [(y, x) for y, row in enumerate(rows) for x in range(len(row))]
                alive = {{(y, x) for y, x in squares if rows[y][x] == "o"}}

                def lives(y, x):
                    near = [(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
                    count = sum(place in alive for place in near)
                    return count in ({survive} if (y, x) in alive else {born})

                rows = [
                    "".join("o" if lives(y, x) else "." for x in range(len(row)))
                    for y, row in enumerate(rows)
                ]
            return rows
        """,
        [
            ([], 3),
            (["o"], 1),
            (["o.", ".o"], 0),
            ([".....", ".ooo.", "....."], 1),
            (["oo", "oo"], 5),
            (["ooo", "ooo", "o.o"], 2),
            (["ooo", "...", "ooo"], 1),
            (["o..", "...", "..o"], 1),
            (["...", "oo.", "..."], 2),
        ],
        lambda: (plan(rng, "oo...", 4), rng.randint(1, 3)),
    )


@template(
    3,
    length=(3, 4),
    lines=(
        Rule("in a row", "((0, 1),)"),
        Rule("in a row or a column", "((0, 1), (1, 0))"),
        Rule("in a row, a column or a diagonal", "((0, 1), (1, 0), (1, 1), (1, -1))"),
    ),
)
def in_line(rng: Random, length: int, lines: Rule) -> Draft:
    """A board is a list of strings of the same length, in which `x` and `o` are the stones of two
    players and `.` is empty. A player has won with {length} of his stones next to each other
    {lines.words}. Write a function `solve(rows)` that returns "x" or "o" for the player who has
    won, "both" if both have, and None if nobody has."""

    def sample() -> tuple[list[str]]:
        rows = plan(rng, "xxo.", 5)
        row = rng.randrange(len(rows))
        rows[row] = rng.choice([rows[row], (rng.choice("xo") * length + rows[row])[: len(rows[0])]])
        return (rows,)

    return Draft(
        f"""
        def solve(rows):
            stones = {{(y, x): c for y, row in enumerate(rows) for x, c in enumerate(row)}}
            won = {{
                c
                for (y, x), c in stones.items()
                for dy, dx in {lines.code}
                if all(stones.get((y + k * dy, x + k * dx)) == c for k in range({length}))
            }} - {{"."}}
            return "both" if len(won) == 2 else won.pop() if won else None
        """,
        [
            ([],),
            (["...."] * 4,),
            (["xxxx", "....", "oooo", "...."],),
            (["x..", "x..", "x..", "x.."],),
            (["o...", ".o..", "..o.", "...o"],),
            (["...x", "..x.", ".x..", "x..."],),
            (["xx.xx"],),
            (["xxx.", "....", "....", "oooo"],),
        ],
        sample,
    )


@template(
    3,
    direction=(
        Rule("down", "zip(*[fall(''.join(column)) for column in zip(*rows)])"),
        Rule("up", "zip(*[fall(''.join(column)[::-1])[::-1] for column in zip(*rows)])"),
        Rule("to the right", "map(fall, rows)"),
        Rule("to the left", "(fall(row[::-1])[::-1] for row in rows)"),
    ),
)
def falling(rng: Random, direction: Rule) -> Draft:
    """A box is a list of strings of the same length, in which `o` is a stone, `#` is a wall and `.`
    is empty. All stones move {direction.words} as far as they can; walls stay, and stones stop at
    them and at each other. Write a function `solve(rows)` that returns the box after that, a list
    of strings."""
    return Draft(
        f"""
        def fall(line):
            parts = line.split("#")
            return "#".join("." * part.count(".") + "o" * part.count("o") for part in parts)

        def solve(rows):
            return ["".join(row) for row in {direction.code}]
        """,
        [
            ([],),
            (["."],),
            (["o"],),
            (["o.", ".."],),
            (["ooo", "...", "..."],),
            (["o.#.o"],),
            (["o", "#", "."],),
        ],
        lambda: (plan(rng, "oo...#", 4),),
    )
