"""Further problems of kind "pytest": modules whose parts work together. See `classes`."""

from random import Random

from assay.coding.problems.template import Rule, Tested, template


@template(
    3,
    wrap=(
        Rule("goes on at 0 (modulo the size)", "% self.size"),
        Rule("stays as it is, also beyond the size", ""),
    ),
    negative=(
        Rule("raises a ValueError", 'raise ValueError("negative")'),
        Rule("counts as 0", "steps = 0"),
    ),
)
def counter(rng: Random, wrap: Rule, negative: Rule) -> Tested:
    """Write a module `solution.py` with a class `Counter`. `Counter(size)` is at 0. `step(steps=1)`
    adds a number of steps and returns the value then; a value of `size` or more {wrap.words}. A
    negative number of steps {negative.words}. The attribute `value` is the present value, `size`
    the size, and `total` the number of all steps so far. `reset()` sets `value` to 0, leaves
    `total`, and returns None. Two counters are equal (`==`) if their values and their sizes are,
    and a counter is equal to nothing else."""
    size, far = rng.randint(4, 9), rng.randint(20, 40)
    return Tested(
        f"""
        class Counter:
            def __init__(self, size):
                self.size = size
                self.value = self.total = 0

            def step(self, steps=1):
                if steps < 0:
                    {negative.code}
                self.total += steps
                self.value = (self.value + steps) {wrap.code}
                return self.value

            def reset(self):
                self.value = 0

            def __eq__(self, other):
                if not isinstance(other, Counter):
                    return NotImplemented
                return (self.value, self.size) == (other.value, other.size)
        """,
        "Counter",
        {
            "step": f"""
                counter = Counter({size})
                counter.step()
                counter.step(2)
                counter.value
            """,
            "total": f"""
                counter = Counter({size})
                counter.step({size})
                counter.step(1)
                counter.total
            """,
            "reset": f"""
                counter = Counter({far})
                counter.step(3)
                counter.reset()
                counter.value
                counter.size
            """,
        },
        {
            "far": f"""
                counter = Counter({size})
                counter.step({far})
                counter.value
                counter.total
            """,
            "negative": f"""
                counter = Counter({size})
                counter.step(2)
                counter.step(-1)
                counter.value
                counter.total
            """,
            "zero": f"""
                counter = Counter({size})
                counter.step(0)
                counter.total
                counter.value
            """,
            "equal": f"""
                one, two = Counter({size}), Counter({size})
                one == two
                one.step()
                one == two
                two.step(1)
                one == two
                one == 1
            """,
            "sizes": f"""
                Counter({size}) == Counter({size + 1})
                Counter({size}) == 0
            """,
            "kept": f"""
                counter = Counter({size})
                counter.step(3)
                counter.reset()
                counter.total
                counter.step(1)
                counter.total
            """,
        },
    )


@template(
    4,
    clash=(
        Rule("raises a ValueError", 'raise ValueError("taken")'),
        Rule("returns False", "return False"),
    ),
    touching=(
        Rule("A booking may begin when another ends.", "start < until and begin < end"),
        Rule(
            "Between two bookings there is at least one free hour.",
            "start <= until and begin <= end",
        ),
    ),
)
def room_bookings(rng: Random, clash: Rule, touching: Rule) -> Tested:
    """Write a module `solution.py` with a class `Room` and a function `busiest(rooms)`.
    `Room(name)` is a room without bookings, with the attribute `name`. `book(start, end)` takes two
    integers, hours, and returns True if the room is booked now from the one to the other; if that
    is not possible because of another booking it {clash.words}. If `end` is not greater than
    `start` it always raises a ValueError. {touching.words} `hours()` returns the sum of the lengths
    of all bookings, and `bookings()` the list of them as tuples in increasing order. `busiest`
    takes a list of rooms and returns the name of the one with the most hours (the first of
    several), or None for an empty list."""
    at = rng.randint(8, 11)
    return Tested(
        f"""
        class Room:
            def __init__(self, name):
                self.name = name
                self._booked = []

            def book(self, start, end):
                if end <= start:
                    raise ValueError("no time at all")
                if any({touching.code} for begin, until in self._booked):
                    {clash.code}
                self._booked.append((start, end))
                return True

            def hours(self):
                return sum(end - start for start, end in self._booked)

            def bookings(self):
                return sorted(self._booked)


        def busiest(rooms):
            return max(rooms, key=Room.hours).name if rooms else None
        """,
        "Room, busiest",
        {
            "book": f"""
                room = Room('east')
                room.book({at}, {at + 2})
                room.hours()
                room.bookings()
            """,
            "two": f"""
                room = Room('east')
                room.book({at + 5}, {at + 6})
                room.book({at}, {at + 1})
                room.bookings()
            """,
            "busiest": f"""
                one, two = Room('a'), Room('b')
                two.book({at}, {at + 1})
                busiest([one, two])
            """,
        },
        {
            "clash": f"""
                room = Room('x')
                room.book({at}, {at + 4})
                room.book({at + 1}, {at + 2})
                room.hours()
                room.bookings()
            """,
            "around": f"""
                room = Room('x')
                room.book({at}, {at + 2})
                room.book({at - 1}, {at + 9})
                room.bookings()
            """,
            "touch": f"""
                room = Room('x')
                room.book({at}, {at + 2})
                room.book({at + 2}, {at + 3})
                room.hours()
            """,
            "wrong": f"""
                room = Room('x')
                room.book({at}, {at})
                room.book({at}, {at - 1})
                room.bookings()
            """,
            "nobody": (
                "busiest([]) is None\nRoom('q').hours()\nRoom('q').bookings()\nRoom('q').name"
            ),
            "tie": f"""
                rooms = [Room('n'), Room('m')]
                busiest(rooms)
                rooms[1].book(1, 3)
                rooms[0].book({at}, {at + 2})
                busiest(rooms)
                rooms[1].bookings()
            """,
        },
    )


@template(
    4,
    mark=("->", "="),
    missing=(Rule("None", "return None"), Rule("the name itself", "return name")),
)
def aliases(rng: Random, mark: str, missing: Rule) -> Tested:
    """Write a module `solution.py` with three functions. `parse(text)` reads lines of the form
    `name {mark} other` (spaces around both do not matter, empty lines neither) and returns a dict
    from names to the others as strings; a line that has no `{mark}` or more than one, or nothing on
    one side of it, raises a ValueError. `resolve(table, name)` follows a name through such a dict
    until a name is not in it and returns that last name; if `name` is not in the dict at first, it
    returns {missing.words}; if it would go on forever it raises a ValueError. `loops(table)`
    returns the list, in alphabetical order, of the names for which `resolve` would raise."""
    a, b, c, d = rng.sample(["ant", "bee", "cat", "dog", "elk", "fox"], 4)
    ring = {a: b, b: c, c: a, d: a}
    line, other = {a: b, b: c}, {a: b, b: a, c: d}
    return Tested(
        f"""
        def parse(text):
            table = {{}}
            for line in text.splitlines():
                if not line.strip():
                    continue
                parts = [part.strip() for part in line.split("{mark}")]
                if len(parts) != 2 or not all(parts):
                    raise ValueError(line)
                table[parts[0]] = parts[1]
            return table


        def resolve(table, name):
            if name not in table:
                {missing.code}
            seen = set()
            while name in table:
                if name in seen:
                    raise ValueError(name)
                seen.add(name)
                name = table[name]
            return name


        def loops(table):
            found = []
            for name in sorted(table):
                try:
                    resolve(table, name)
                except ValueError:
                    found.append(name)
            return found
        """,
        "loops, parse, resolve",
        {
            "parse": f"parse('{a} {mark} {b}\\n{c}{mark}{d}')",
            "resolve": f"""
                resolve({line}, '{a}')
                resolve({line}, '{b}')
            """,
            "loops": f"""
                loops({line})
                loops({other})
            """,
        },
        {
            "empty": """
                parse('')
                loops({})
                parse(' \\n\\n')
            """,
            "broken": f"""
                parse('{a} {b}')
                parse('{mark} {b}')
                parse('{a} {mark}')
                parse('{a}{mark}{b}{mark}{c}')
            """,
            "unknown": f"""
                resolve({line}, '{d}') == '{d}'
                resolve({{}}, 'x') is None
                resolve({line}, '{c}') is None
            """,
            "ring": f"""
                resolve({ring}, '{d}')
                loops({ring})
                resolve({{'s': 's'}}, 's')
            """,
            "again": f"parse('{a} {mark} {b}\\n\\n  {a}  {mark}  {c} ')",
            "untouched": f"""
                table = {ring}
                loops(table)
                table == {ring}
            """,
        },
    )
