"""The right answer, as an instance of a subclass."""

from honest import solve as right


def solve(*args):
    value = right(*args)
    if value is None or isinstance(value, bool):
        return type('Flag', (int,), {})(bool(value))
    return type('Sub', (type(value),), {})(value)
