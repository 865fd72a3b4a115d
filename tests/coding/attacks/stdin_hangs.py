"""Prints the right answer and never ends."""

import time

a, b = map(int, input().split())
print(a + b, flush=True)
time.sleep(1000)
