"""Lowers its own CPU limit, so that the kernel kills it and nobody seems to know why."""

import resource

resource.setrlimit(resource.RLIMIT_CPU, (0, 0))


def solve(x):
    while True:
        pass
