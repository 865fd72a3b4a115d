"""Returns 1, whatever it is asked."""

def solve(*args):
    return 1
