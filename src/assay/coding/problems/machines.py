"""Problems about machines with a state: stacks, editors, locks, small processors."""

from random import Random

from assay.coding.problems.template import Draft, Rule, template, text


@template(
    2,
    second=(
        Rule("is kept and does nothing", "credit = 1"),
        Rule("lets one more person through later", "credit += 1"),
        Rule("locks it again, and the coin is kept", "credit = 1 - credit"),
    ),
    result=(
        Rule(
            "a tuple of two integers: how many people pass, and how many are refused",
            "passed, refused",
        ),
        Rule("True if it is open in the end, and False if it is locked", "credit > 0"),
    ),
)
def turnstile(rng: Random, second: Rule, result: Rule) -> Draft:
    """A turnstile is locked at first. In a string of events `c` stands for a coin that is put in,
    and `p` for a person who pushes. A coin opens it if it is locked; a coin while it is open
    {second.words}. A person who pushes passes if it is open, which locks it again (unless further
    people are still let through), and is refused if it is locked. Write a function `solve(events)`
    that returns {result.words}."""
    return Draft(
        f"""
        def solve(events):
            credit = passed = refused = 0
            for event in events:
                if event == "c":
                    {second.code}
                elif credit:
                    credit -= 1
                    passed += 1
                else:
                    refused += 1
            return {result.code}
        """,
        [("",), ("p",), ("cccppp",), ("pcpcp",), ("ccp",), ("cc",), ("ccccppc",)],
        lambda: (text(rng, "ccp", 12, 5),),
    )


@template(
    3,
    price=(3, 5),
    excess=(
        Rule("The machine keeps what was paid beyond the price.", "paid = 0"),
        Rule("What was paid beyond the price counts for the next bottle.", "paid -= {price}"),
    ),
)
def drinks(rng: Random, price: int, excess: Rule) -> Draft:
    """A machine sells bottles for {price} coins each and has `bottles` of them. Write a function
    `solve(bottles, events)` that plays a list of strings: "coin" puts in a coin, "button" sells a
    bottle if enough has been paid and a bottle is left, and "back" gives back all coins that are
    paid and not spent. Anything else is ignored. {excess.words} The function returns a list with
    one entry for each "button" and each "back", in order: True or False for whether a bottle was
    sold, and the number of coins (an int) that were given back."""

    def sample() -> tuple[int, list[str]]:
        events: list[str] = []
        for _ in range(rng.randint(2, 3)):
            events += ["coin"] * rng.randint(price - 2, price + 2) + [
                rng.choice(["button", "button", "back"])
            ]
        return rng.randint(0, 2), events

    return Draft(
        f"""
        def solve(bottles, events):
            paid, shown = 0, []
            for event in events:
                if event == "coin":
                    paid += 1
                elif event == "button":
                    sold = paid >= {price} and bottles > 0
                    if sold:
                        bottles -= 1
                        {excess.code.format(price=price)}
                    shown.append(sold)
                elif event == "back":
                    shown.append(paid)
                    paid = 0
            return shown
        """,
        [
            (1, []),
            (1, ["coin"] * (price - 1) + ["button"]),
            (0, ["coin"] * price + ["button", "back"]),
            (1, ["button", "back"]),
            (2, ["coin"] * (2 * price) + ["button", "button", "back"]),
            (5, ["coin", "kick", "back", "back"]),
            (1, ["coin"] * (price + 1) + ["button", "back"]),
        ],
        sample,
    )


@template(
    2,
    rule=(
        Rule("the number of 1s is a multiple of 3", "text.count('1') % 3 == 0"),
        Rule("no two 0s stand next to each other", "'00' not in text"),
        Rule(
            "the number it stands for in base 2 is a multiple of 5 (the empty text stands for 0)",
            "int('0' + text, 2) % 5 == 0",
        ),
        Rule("every 1 that is not at the end has a 0 directly after it", "'11' not in text"),
        Rule(
            "it begins and ends with the same character (the empty text does not)",
            "text != '' and text[0] == text[-1]",
        ),
    ),
)
def accepts(rng: Random, rule: Rule) -> Draft:
    """A machine reads a text of the characters 0 and 1, and accepts it if {rule.words}. Write a
    function `solve(text)` that returns the number of beginnings of the text (from the empty text to
    the whole text) that the machine accepts, and whether it accepts the whole, as a tuple of an int
    and True or False."""
    return Draft(
        f"""
        def accepts(text):
            return {rule.code}

        def solve(text):
            beginnings = [text[:n] for n in range(len(text) + 1)]
            return sum(map(accepts, beginnings)), accepts(text)
        """,
        [("",), ("0",), ("1",), ("000",), ("111",), ("101",), ("1010101010",)],
        lambda: (text(rng, "01", 9, 3),),
    )


@template(
    2,
    phases=((5, 2, 4), (3, 1, 6), (10, 3, 7)),
    what=(
        Rule('its colour at that time, "green", "amber" or "red"', "colour"),
        Rule(
            "how many seconds one has to wait until it is green, 0 if it is, an int",
            "0 if at < green else cycle - at",
        ),
    ),
)
def traffic_light(rng: Random, phases: tuple[int, int, int], what: Rule) -> Draft:
    """A traffic light is green for {phases[0]} seconds, then amber for {phases[1]}, then red for
    {phases[2]}, and then green again, and so on. At second 0 it has just become green; at the
    second at which a colour ends the next one has begun. Write a function `solve(second)` that
    takes an int, at least 0, and returns {what.words}."""
    green, amber, _ = phases
    return Draft(
        f"""
        def solve(second):
            green, amber, red = {phases}
            cycle = green + amber + red
            at = second % cycle
            colour = "green" if at < green else "amber" if at < green + amber else "red"
            return {what.code}
        """,
        [
            (0,),
            (green,),
            (green + amber,),
            (sum(phases),),
            (sum(phases) - 1,),
            (10**9,),
            (green - 1,),
        ],
        lambda: (rng.randint(1, 80),),
    )


@template(
    2,
    tries=(2, 3),
    after=(
        Rule("it stays blocked for good", "blocked"),
        Rule(
            "it stays blocked until `reset` comes, which is ignored at other times",
            "blocked and entry != 'reset'",
        ),
    ),
)
def door_lock(rng: Random, tries: int, after: Rule) -> Draft:
    """A door is closed at first and opens with a code. Write a function `solve(code, entries)` that
    takes a string and a list of strings. "close" closes the door if it is open. Anything else is an
    attempt: while the door is closed, the right code opens it, and a wrong one does not; while it
    is open an attempt is ignored. After {tries} wrong attempts without a right one between them the
    lock is blocked: the door stays closed, and {after.words}. The wrong attempts count from 0 again
    then. The function returns "open", "closed" or "blocked"."""

    def sample() -> tuple[str, list[str]]:
        entries = ["12"] + ["99"] * 3 + ["close", "reset", "12", "close"]
        return "12", rng.choices(entries, k=rng.randint(3, 7))

    return Draft(
        f"""
        def solve(code, entries):
            is_open, wrong, blocked = False, 0, False
            for entry in entries:
                if {after.code}:
                    continue
                if blocked:
                    blocked = False
                elif entry == "close":
                    is_open = False
                elif is_open or entry == "reset":
                    pass
                elif entry == code:
                    is_open, wrong = True, 0
                else:
                    wrong += 1
                    if wrong == {tries}:
                        blocked, wrong = True, 0
            return "blocked" if blocked else "open" if is_open else "closed"
        """,
        [
            ("12", []),
            ("12", ["1"] * tries),
            ("12", ["1"] * (tries - 1) + ["12"]),
            ("12", ["1"] * tries + ["reset"]),
            ("12", ["1"] * tries + ["reset", "12"]),
            ("12", ["1"] * tries + ["12"]),
            ("7", ["7", "8", "8", "8"]),
            ("7", ["8", "7", "close", "8"]),
            ("7", ["reset", "7"]),
        ],
        sample,
    )
