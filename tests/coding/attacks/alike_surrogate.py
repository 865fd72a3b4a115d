"""The right answer with a lone surrogate beside it."""

from honest import solve as right


def solve(*args):
    return str(right(*args)) + '\ud800'
