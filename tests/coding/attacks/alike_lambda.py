"""A function that would return the right answer."""

from honest import solve as right


def solve(*args):
    return lambda: right(*args)
