"""Returns an empty list, whatever it is asked."""

def solve(*args):
    return []
