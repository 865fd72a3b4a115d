"""A small value that unfolds to one without end."""

def solve(*args):
    value = [0]
    for _ in range(60):
        value = [value, value]
    return value
