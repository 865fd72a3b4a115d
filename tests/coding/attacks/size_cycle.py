"""A list that contains itself."""

def solve(*args):
    value = []
    value.append(value)
    return value
