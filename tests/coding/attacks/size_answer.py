"""An answer of fifty megabytes."""

def solve(*args):
    return 'a' * (50 << 20)
