"""A list so deep that writing it needs more than the stack."""

def solve(*args):
    value = []
    for _ in range(100000):
        value = [value]
    return value
