"""Problems about grids: turning them, walking in them, counting regions."""

from random import Random

from assay.coding.problems.template import Draft, Rule, template

_SIDES = "((0, 1), (1, 0), (0, -1), (-1, 0))"
_ALL = "((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))"
NEIGHBOURS = (
    Rule("a side", _SIDES),
    Rule("a side or a corner", _ALL),
)


def _numbers(rng: Random, high: int = 9, most: int = 4) -> list[list[int]]:
    rows, columns = rng.randint(2, most), rng.randint(2, most)
    return [[rng.randint(0, high) for _ in range(columns)] for _ in range(rows)]


def plan(rng: Random, squares: str, most: int = 5) -> list[str]:
    """A map as a list of strings of one length, each character drawn from `squares`."""
    rows, columns = rng.randint(3, most), rng.randint(3, most)
    return ["".join(rng.choice(squares) for _ in range(columns)) for _ in range(rows)]


@template(
    2,
    how=(
        Rule("turned by 90 degrees clockwise", "zip(*grid[::-1])"),
        Rule("turned by 90 degrees anticlockwise", "list(zip(*grid))[::-1]"),
        Rule("mirrored so that top and bottom change places", "grid[::-1]"),
        Rule(
            "mirrored so that rows become columns (the first row becomes the first column)",
            "zip(*grid)",
        ),
        Rule("mirrored so that left and right change places", "(row[::-1] for row in grid)"),
    ),
)
def turn(rng: Random, how: Rule) -> Draft:
    """A grid is a list of rows, lists of integers of the same length. Write a function
    `solve(grid)` that returns the grid {how.words}, as a new list of lists. The grid has at least
    one row and one column, or is an empty list, and stays so."""
    return Draft(
        f"""
        def solve(grid):
            return [list(row) for row in {how.code}]
        """,
        [
            ([],),
            ([[1]],),
            ([[1, 2, 3]],),
            ([[1], [2]],),
            ([[1, 2], [3, 4]],),
            ([[0, 0], [0, 1], [2, 0]],),
        ],
        lambda: (_numbers(rng),),
    )


@template(
    4,
    neighbours=NEIGHBOURS,
    result=(
        Rule("how many islands there are", "len(sizes)"),
        Rule(
            "how many squares the largest island has, 0 if there is none", "max(sizes, default=0)"
        ),
        Rule("how many islands have only one square", "sizes.count(1)"),
    ),
)
def islands(rng: Random, neighbours: Rule, result: Rule) -> Draft:
    """A map is a list of strings of the same length, in which `#` is land and `.` is water. Land
    squares that share {neighbours.words} belong to the same island. Write a function `solve(rows)`
    that returns {result.words}, an int."""
    return Draft(
        f"""
        STEPS = {neighbours.code}

        def solve(rows):
            land = {{(y, x) for y, row in enumerate(rows) for x, c in enumerate(row) if c == "#"}}
            sizes = []
            while land:
                todo, size = [land.pop()], 0
                while todo:
                    y, x = todo.pop()
                    size += 1
                    near = {{(y + dy, x + dx) for dy, dx in STEPS}} & land
                    land -= near
                    todo += near
                sizes.append(size)
            return {result.code}
        """,
        [
            ([],),
            (["."],),
            (["#"],),
            (["#.", ".#"],),
            (["###", "#.#", "###"],),
            (["#.#.#"],),
            (["##", "..", ".#"],),
        ],
        lambda: (plan(rng, "#.."),),
    )


@template(
    3,
    way=(
        Rule(
            "in a spiral from the top left square inwards, clockwise, the top row first",
            "grid.pop(0)",
            "list(zip(*grid))[::-1]",
        ),
        Rule(
            "in a spiral from the top left square inwards, anticlockwise, the left column first",
            "[row.pop(0) for row in grid]",
            "[list(r) for r in list(zip(*grid[::-1]))]",
        ),
        Rule(
            (
                "row by row from the top, the first row from left to right, the next one "
                "from right to left, and so on in turn"
            ),
            "grid.pop(0)",
            "[row[::-1] for row in grid]",
        ),
    ),
)
def unroll(rng: Random, way: Rule) -> Draft:
    """A grid is a list of rows, lists of integers of the same length. Write a function
    `solve(grid)` that returns the list of all its numbers {way.words}. An empty grid gives an empty
    list."""
    return Draft(
        f"""
        def solve(grid):
            grid, seen = [list(row) for row in grid], []
            while grid and grid[0]:
                seen += {way.code}
                grid = [list(row) for row in {way.more} if row]
            return seen
        """,
        [
            ([],),
            ([[7]],),
            ([[1, 2, 3]],),
            ([[1], [2], [3]],),
            ([[1, 2], [3, 4]],),
            ([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]],),
        ],
        lambda: (_numbers(rng, 30),),
    )


@template(
    1,
    what=(
        Rule("the list of the sums of the rows", "[sum(row) for row in grid]"),
        Rule("the list of the sums of the columns", "[sum(column) for column in zip(*grid)]"),
        Rule(
            "the list of the largest numbers of the columns",
            "[max(column) for column in zip(*grid)]",
        ),
        Rule(
            (
                "the index (from 0) of the row with the largest sum, the first if there "
                "are several, or None for an empty grid"
            ),
            "max(range(len(grid)), key=lambda n: sum(grid[n]), default=None)",
        ),
        Rule(
            "the sum of the numbers on the edge, each counted once, an int",
            (
                "sum(n for y, row in enumerate(grid) for x, n in enumerate(row) if y in "
                "(0, len(grid) - 1) or x in (0, len(row) - 1))"
            ),
        ),
    ),
)
def grid_sums(rng: Random, what: Rule) -> Draft:
    """A grid is a list of rows, lists of integers of the same length (at least one number each).
    Write a function `solve(grid)` that returns {what.words}."""
    return Draft(
        f"""
        def solve(grid):
            return {what.code}
        """,
        [
            ([],),
            ([[5]],),
            ([[1, 2, 3]],),
            ([[1], [-2]],),
            ([[0, 0], [0, 0]],),
            ([[1, 1, 1], [1, 9, 1], [1, 1, 1]],),
            ([[-1, -2], [-3, 0]],),
        ],
        lambda: (_numbers(rng),),
    )


@template(
    4,
    neighbours=NEIGHBOURS,
    result=(
        Rule("the smallest number of steps, an int, or -1 if there is no way", "-1"),
        Rule("the smallest number of steps, an int, or None if there is no way", "None"),
    ),
    wall=("#", "x"),
)
def maze(rng: Random, neighbours: Rule, result: Rule, wall: str) -> Draft:
    """A maze is a list of strings of the same length, in which `{wall}` is a wall and any other
    character is not. A step leads from a square to one that shares {neighbours.words} with it.
    Write a function `solve(rows)` that looks for a way from the top left to the bottom right square
    without walls, these two included, and returns {result.words}. The maze has at least one
    square."""
    other = "x" if wall == "#" else "#"
    return Draft(
        f"""
        STEPS = {neighbours.code}

        def solve(rows):
            squares = [(y, x) for y, row in enumerate(rows) for x in range(len(row))]
            open_ = {{(y, x) for y, x in squares if rows[y][x] != {wall!r}}}
            goal, steps, here = (len(rows) - 1, len(rows[0]) - 1), 0, {{(0, 0)}} & open_
            while here:
                if goal in here:
                    return steps
                open_ -= here
                here = {{(y + dy, x + dx) for y, x in here for dy, dx in STEPS}} & open_
                steps += 1
            return {result.code}
        """,
        [
            (["."],),
            ([wall],),
            ([f".{wall}", f"{wall}."],),
            (["....."],),
            ([f"..{wall}", f"{wall}..", f"..{wall}"],),
            ([f".{wall}.", f".{wall}.", "..."],),
            ([other * 2, other * 2],),
        ],
        lambda: (plan(rng, f"....{wall}{other}"),),
    )


@template(
    3,
    neighbours=NEIGHBOURS,
    kind=(Rule("greater than", ">"), Rule("not less than", ">=")),
)
def peaks(rng: Random, neighbours: Rule, kind: Rule) -> Draft:
    """A grid is a list of rows, lists of integers of the same length. A square is a peak if its
    number is {kind.words} the numbers of all squares that share {neighbours.words} with it. Write a
    function `solve(grid)` that returns the list of all peaks as tuples (row, column), both counted
    from 0, in increasing order."""
    return Draft(
        f"""
        STEPS = {neighbours.code}

        def solve(grid):
            height = {{(y, x): n for y, row in enumerate(grid) for x, n in enumerate(row)}}
            return [
                (y, x)
                for (y, x), n in height.items()
                if all(n {kind.code} height.get((y + dy, x + dx), n - 1) for dy, dx in STEPS)
            ]
        """,
        [
            ([],),
            ([[3]],),
            ([[1, 1]],),
            ([[2, 1], [1, 2]],),
            ([[1, 2, 1], [2, 3, 2], [1, 2, 1]],),
            ([[-1, -2, -1]],),
        ],
        lambda: (_numbers(rng, 6),),
    )
