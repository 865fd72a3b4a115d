"""Lowers the CPU limit of its process in every call, and is killed there."""

import resource


def add(a, b):
    resource.setrlimit(resource.RLIMIT_CPU, (0, 0))
    while True:
        pass


sort = first = Counter = add
