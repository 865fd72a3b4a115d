"""The right answer in a list of one."""

from honest import solve as right


def solve(*args):
    return [right(*args)]
