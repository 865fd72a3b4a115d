"""A generator, view or iterator of the right answer."""

from honest import solve as right


def solve(*args):
    value = right(*args)
    if isinstance(value, dict):
        return value.items()
    return iter(value) if isinstance(value, (list, tuple, str, set)) else (value for _ in range(1))
