"""Aborts."""

import os


def solve(*args):
    os.abort()
