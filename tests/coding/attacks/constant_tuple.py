"""Returns an empty tuple, whatever it is asked."""

def solve(*args):
    return ()
