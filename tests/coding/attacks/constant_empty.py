"""Returns an empty string, whatever it is asked."""

def solve(*args):
    return ''
