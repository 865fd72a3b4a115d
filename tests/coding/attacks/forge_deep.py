"""Writes JSON so deep that a careless reader falls over."""

import os


def solve(*args):
    os.write(3, b'returned ' + b'[' * 100000 + b']' * 100000 + b'\n')
    os._exit(0)
