"""Raises the right answer."""

from honest import solve as right


def solve(*args):
    raise StopIteration(right(*args))
