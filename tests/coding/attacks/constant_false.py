"""Returns False, whatever it is asked."""

def solve(*args):
    return False
