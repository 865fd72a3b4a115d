"""Returns an empty dict, whatever it is asked."""

def solve(*args):
    return {}
