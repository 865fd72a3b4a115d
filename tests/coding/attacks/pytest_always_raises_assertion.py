"""Raises AssertionError and exceptions of its own names."""

class Skipped(Exception):
    pass


class Failed(AssertionError):
    pass


Skipped.__module__ = '_pytest.outcomes'


def add(*a): raise Skipped('skipped')


def sort(*a): raise Failed


first = Counter = add
