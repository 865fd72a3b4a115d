"""Fails in a finaliser and answers in the hook for that."""

import os
import sys


def hook(event):
    os.write(3, b'returned true\n')
    os._exit(0)


sys.unraisablehook = hook


class Bomb:
    def __del__(self):
        raise ValueError


def solve(*args):
    Bomb()
