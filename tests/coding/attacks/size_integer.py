"""An integer of a million digits."""

import sys

sys.set_int_max_str_digits(0)


def solve(*args):
    return 10**1000000
