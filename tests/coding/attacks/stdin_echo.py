"""Prints its input."""

import sys

print(sys.stdin.read())
