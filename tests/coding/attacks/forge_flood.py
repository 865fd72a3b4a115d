"""Writes a hundred megabytes to the channel."""

import os


def solve(*args):
    for _ in range(100):
        os.write(3, b'returned true\n' * 80000)
    return True
