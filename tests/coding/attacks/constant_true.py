"""Returns True, whatever it is asked."""

def solve(*args):
    return True
