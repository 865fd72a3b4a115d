"""Returns 0, whatever it is asked."""

def solve(*args):
    return 0
