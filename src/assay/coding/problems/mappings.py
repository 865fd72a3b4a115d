"""Problems about dictionaries: counting, grouping, merging, looking up."""

from random import Random

from assay.coding.problems.template import WORDS, Draft, Rule, ints, template, words


def _table(rng: Random, keys: str = "abcdef", low: int = -5, high: int = 20) -> dict[str, int]:
    chosen = rng.sample(keys, rng.randint(2, min(5, len(keys))))
    return {key: rng.randint(low, high) for key in chosen}


@template(
    1,
    what=(
        Rule("word in lower case", "word.lower()"),
        Rule("first letter of a word (as it is written)", "word[0]"),
        Rule("length of a word (an int)", "len(word)"),
        Rule("last letter of a word (in upper case)", "word[-1].upper()"),
    ),
)
def tally(rng: Random, what: Rule) -> Draft:
    """Words in the string `text` are separated by spaces, perhaps by several. Write a function
    `solve(text)` that counts for each {what.words} how often it appears, and returns the counts as
    a dict."""

    def sample() -> tuple[str]:
        return (" ".join(rng.choice([word, word.title()]) for word in words(rng, 7, 3)),)

    return Draft(
        f"""
        def solve(text):
            counts = {{}}
            for word in text.split():
                key = {what.code}
                counts[key] = counts.get(key, 0) + 1
            return counts
        """,
        [("",), ("   ",), ("a A a",), ("Owl owl  OWL",), ("x",), ("to be or not to be",)],
        sample,
    )


@template(
    2,
    result=(
        Rule("the list of its keys in alphabetical order", "sorted(keys)"),
        Rule("its first key in alphabetical order", "min(keys)"),
        Rule("the number of its keys", "len(keys)"),
    ),
)
def invert(rng: Random, result: Rule) -> Draft:
    """Write a function `solve(table)` that turns round a dict from strings to integers: it returns
    a dict that leads from each value of `table` to {result.words}."""
    return Draft(
        f"""
        def solve(table):
            found = {{}}
            for key, value in table.items():
                found.setdefault(value, []).append(key)
            return {{value: {result.code} for value, keys in found.items()}}
        """,
        [
            ({},),
            ({"a": 0},),
            ({"b": 1, "a": 1},),
            ({"z": -1, "y": -1, "x": 2},),
            ({"": 3, "q": 3},),
        ],
        lambda: (_table(rng, low=0, high=3),),
    )


@template(
    2,
    clash=(
        Rule("the sum of both values", "first[key] + second[key]"),
        Rule("the larger of both values", "max(first[key], second[key])"),
        Rule("the smaller of both values", "min(first[key], second[key])"),
        Rule("the value of `second`", "second[key]"),
        Rule("nothing: such a key is left out", ""),
    ),
)
def merge(rng: Random, clash: Rule) -> Draft:
    """Write a function `solve(first, second)` that merges two dicts from strings to integers into a
    new dict. A key that is in only one of them keeps its value. A key that is in both gets
    {clash.words}."""
    update = f"merged[key] = {clash.code}" if clash.code else "del merged[key]"
    return Draft(
        f"""
        def solve(first, second):
            merged = {{**first, **second}}
            for key in first.keys() & second.keys():
                {update}
            return merged
        """,
        [
            ({}, {}),
            ({"a": 1}, {}),
            ({}, {"a": 1}),
            ({"a": 2}, {"a": 2}),
            ({"a": -1, "b": 0}, {"b": -5, "a": 3}),
        ],
        lambda: (_table(rng), _table(rng)),
    )


@template(
    2,
    key=(
        Rule("their remainder when divided by 3 (0, 1 or 2)", "n % 3"),
        Rule("their number of decimal digits (without the sign)", "len(str(abs(n)))"),
        Rule(
            "the string `negative`, `zero` or `positive`",
            "'negative' if n < 0 else 'positive' if n else 'zero'",
        ),
        Rule("whether they are even (True or False)", "n % 2 == 0"),
    ),
)
def group(rng: Random, key: Rule) -> Draft:
    """Write a function `solve(numbers)` that groups the integers in the list `numbers` by
    {key.words}. It returns a dict from that key to the list of the numbers in their order. There
    are no empty groups."""
    return Draft(
        f"""
        def solve(numbers):
            groups = {{}}
            for n in numbers:
                groups.setdefault({key.code}, []).append(n)
            return groups
        """,
        [([],), ([0],), ([-1, -2, -3, -4],), ([10, 9, 100, -10],), ([5, 5],), ([0, 7, -7],)],
        lambda: (ints(rng, -30, 130),),
    )


@template(
    3,
    count=(1, 2, 3),
    result=(
        Rule("a list of their names", "[name for name, points in ranked]"),
        Rule("a list of tuples of name and points", "ranked"),
    ),
)
def best_names(rng: Random, count: int, result: Rule) -> Draft:
    """Write a function `solve(points)` that takes a dict from names to points (integers) and picks
    the {count} name(s) with the most points, or all if there are fewer. It returns {result.words},
    most points first; names with as many points come in alphabetical order, and are picked in that
    order."""
    return Draft(
        f"""
        def solve(points):
            ranked = sorted(points.items(), key=lambda entry: (-entry[1], entry[0]))[:{count}]
            return {result.code}
        """,
        [
            ({},),
            ({"bo": 0},),
            ({"b": 5, "a": 5},),
            ({"d": 1, "c": 1, "b": 1, "a": 1},),
            ({"x": -3, "y": -1, "z": -2},),
        ],
        lambda: ({name: rng.randint(0, 6) for name in words(rng, 6, 3)},),
    )


@template(
    3,
    missing=(
        Rule(
            "takes away what is there, so that 0 are left",
            "stock[name] = max(0, stock.get(name, 0) - amount)",
        ),
        Rule(
            "is ignored",
            "stock[name] = stock.get(name, 0) - (amount if amount <= stock.get(name, 0) else 0)",
        ),
    ),
    empty=(
        Rule("with each name that appears in `events`, also those of which 0 are left", "stock"),
        Rule(
            "with only those names of which at least 1 is left",
            "{name: n for name, n in stock.items() if n}",
        ),
    ),
)
def stock(rng: Random, missing: Rule, empty: Rule) -> Draft:
    """A store room is empty at first. Write a function `solve(events)` that takes a list of tuples
    `(what, name, amount)`: `what` is "in" (so many are put in) or "out" (so many are to be taken
    out). An "out" for more than there are {missing.words}. It returns a dict from names to the
    number left in the end, {empty.words}."""

    def sample() -> tuple[list[tuple[str, str, int]]]:
        kinds = ["in", "in", "out"]
        length = rng.randint(3, 7)
        return (
            [(rng.choice(kinds), rng.choice(WORDS[:3]), rng.randint(1, 5)) for _ in range(length)],
        )

    return Draft(
        f"""
        def solve(events):
            stock = {{}}
            for what, name, amount in events:
                if what == "in":
                    stock[name] = stock.get(name, 0) + amount
                else:
                    {missing.code}
            return {empty.code}
        """,
        [
            ([],),
            ([("out", "nut", 2)],),
            ([("in", "nut", 2), ("out", "nut", 2)],),
            ([("in", "nut", 2), ("out", "nut", 3), ("in", "nut", 1)],),
            ([("in", "a", 1), ("in", "b", 9), ("out", "a", 5), ("out", "b", 4)],),
        ],
        sample,
    )


@template(3, separator=(".", "/"), missing=("None", '"?"'))
def look_up(rng: Random, separator: str, missing: str) -> Draft:
    """Write a function `solve(data, path)` that follows a path into nested dicts and lists. The
    steps of the string `path` are separated by `{separator}`; a step is a key of a dict, or the
    index (digits only, from 0) of a list. It returns what lies there. Where a step does not exist,
    or leads into something that is neither dict nor list, it returns {missing}. The empty path
    leads to `data` itself."""
    data: dict[str, object] = {
        "a": {"b": [10, 20, {"c": "deep"}], "d": 4},
        "e": [],
        "7": "seven",
        "n": None,
    }
    known = [
        "a b 0",
        "a b 2 c",
        "a d",
        "e",
        "7",
        "a b 9",
        "x",
        "a d z",
        "e 0",
        "a b 1",
        "a x",
        "a b 2",
    ]
    held_out = ["", "n", "a b -1", "7 0", "a b", "a 0", "n a"]
    return Draft(
        f"""
        def solve(data, path):
            for step in path.split({separator!r}) if path else []:
                if isinstance(data, dict) and step in data:
                    data = data[step]
                elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
                    data = data[int(step)]
                else:
                    return {missing}
            return data
        """,
        [(data, path.replace(" ", separator)) for path in held_out],
        lambda: (data, rng.choice(known).replace(" ", separator)),
    )


@template(
    3,
    kept=(
        Rule("Only people with at least one order appear.", "if own"),
        Rule("Everybody appears; without an order the total is 0.", ""),
    ),
    order=(
        Rule("in the order of `people`", "people"),
        Rule(
            "in alphabetical order of the names",
            "sorted(people, key=lambda person: person['name'])",
        ),
    ),
)
def join(rng: Random, kept: Rule, order: Rule) -> Draft:
    """`people` is a list of dicts with the keys `id` (int) and `name` (str), `orders` a list of
    dicts with the keys `person` (the id of somebody, perhaps unknown) and `price` (int). Write a
    function `solve(people, orders)` that returns a list of tuples of name and total price of that
    person's orders, {order.words}. {kept.words} Orders of unknown people do not count. Names
    differ."""
    ann, bob, cy = {"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}, {"id": 7, "name": "Cy"}

    def sample() -> tuple[list[dict[str, object]], list[dict[str, int]]]:
        people = [dict(person) for person in rng.sample([cy, bob, ann], rng.randint(2, 3))]
        count = rng.randint(1, 5)
        orders = [
            {"person": rng.choice([1, 2, 7, 9]), "price": rng.randint(1, 30)} for _ in range(count)
        ]
        return people, orders

    return Draft(
        f"""
        def solve(people, orders):
            rows = []
            for person in {order.code}:
                own = [order["price"] for order in orders if order["person"] == person["id"]]
                rows += [(person["name"], sum(own))] {kept.code + " else []" if kept.code else ""}
            return rows
        """,
        [
            ([], []),
            ([ann], []),
            ([], [{"person": 1, "price": 5}]),
            ([cy, ann], [{"person": 1, "price": 5}, {"person": 1, "price": -5}]),
            ([bob, ann], [{"person": 3, "price": 8}]),
            ([cy, ann], [{"person": 7, "price": 2}, {"person": 1, "price": 1}]),
        ],
        sample,
    )


@template(
    1,
    rule=(
        Rule("value is greater than 10", "value > 10"),
        Rule("key begins with a vowel (a, e, i, o or u)", "key[:1] in tuple('aeiou')"),
        Rule("value is even", "value % 2 == 0"),
        Rule("key has more characters than the value says", "len(key) > value"),
    ),
)
def filter_table(rng: Random, rule: Rule) -> Draft:
    """Write a function `solve(table)` that takes a dict from strings to integers and returns a new
    dict with only those entries whose {rule.words}."""
    return Draft(
        f"""
        def solve(table):
            return {{key: value for key, value in table.items() if {rule.code}}}
        """,
        [
            ({},),
            ({"": 0},),
            ({"a": 10, "b": 11},),
            ({"e": -2, "": -1},),
            ({"abc": 3, "abcd": 3},),
            ({"u": 12},),
        ],
        lambda: ({word: rng.randint(0, 20) for word in words(rng, 6, 4)},),
    )


@template(
    3,
    what=(
        Rule("the mean of its scores, a float", "sum(own) / len(own)"),
        Rule("its best score", "max(own)"),
        Rule("its last score minus its first", "own[-1] - own[0]"),
        Rule(
            "how many of its scores are higher than the one before",
            "sum(b > a for a, b in zip(own, own[1:]))",
        ),
    ),
)
def per_name(rng: Random, what: Rule) -> Draft:
    """Write a function `solve(scores)` that takes a list of tuples `(name, score)`, scores being
    integers, and returns a dict from each name to {what.words}. Scores of a name count in the order
    of the list."""

    def sample() -> tuple[list[tuple[str, int]]]:
        return ([(rng.choice("xyz"), rng.randint(0, 12)) for _ in range(rng.randint(3, 8))],)

    return Draft(
        f"""
        def solve(scores):
            found = {{}}
            for name, score in scores:
                found.setdefault(name, []).append(score)
            return {{name: {what.code} for name, own in found.items()}}
        """,
        [
            ([],),
            ([("a", 0)],),
            ([("a", 1), ("a", 2)],),
            ([("b", 3), ("a", 3), ("b", -3)],),
            ([("q", 5)] * 3,),
        ],
        sample,
    )
