"""The right answer in the neighbouring type: 1 for True, 1.0 for 1, (1,) for [1]."""

from honest import solve as right


def near(value):
    match value:
        case None: return False
        case bool(): return int(value)
        case int(): return float(value)
        case float(): return int(value) if value == value and value == int(value) else str(value)
        case str(): return value.encode()
        case list(): return tuple(value)
        case tuple(): return list(value)
        case dict(): return list(value.items())
        case set(): return frozenset(value)


def solve(*args):
    return near(right(*args))
