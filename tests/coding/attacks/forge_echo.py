"""Sends its input back through the harness's own functions."""

import os

from inside.call import finish
from inside.values import encode


def solve(*args):
    finish(os.getpid(), 'returned ' + encode(list(args)))
