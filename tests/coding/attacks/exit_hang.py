"""Never answers; a time-out might be taken for a pass."""

import time


def solve(*args):
    time.sleep(1000)
