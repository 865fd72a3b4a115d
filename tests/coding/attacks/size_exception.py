"""An exception whose text is endless, or fails, or is a terminal's commands."""

class Error(Exception):
    def __str__(self):
        raise SystemExit(0)


def solve(*args):
    raise Error('\x1b[2J\n\nreturned true\n' * 100000)
