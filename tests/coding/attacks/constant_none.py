"""Returns nothing, whatever it is asked."""

def solve(*args):
    return None
