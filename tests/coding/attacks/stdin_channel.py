"""Writes the right answer to the channel, not to its output."""

import os

a, b = map(int, input().split())
os.write(3, f'returned {a + b}\n'.encode())
os.write(3, f'{a + b}\n'.encode())
