"""Raises the exception that some test waits for, in every call."""

def add(*a): raise ValueError('empty')


sort = first = Counter = add
