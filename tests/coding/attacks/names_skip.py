"""Raises the exceptions that mean skipped."""

import unittest


def solve(*args):
    raise unittest.SkipTest('not today')
