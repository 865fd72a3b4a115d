"""Writes an answer and exits with another status."""

import os


def solve(*args):
    os.write(3, b'returned true\n')
    os._exit(3)
