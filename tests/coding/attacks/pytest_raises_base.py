"""Raises what is no Exception where a test waits for one."""

class Odd(BaseException):
    pass


def add(a, b): return a + b


def sort(items): return sorted(items)


def first(items):
    if not items:
        raise Odd('empty')
    return items[0]


class Counter:
    def __init__(self): self.value = 0
    def up(self): self.value += 1; return self
