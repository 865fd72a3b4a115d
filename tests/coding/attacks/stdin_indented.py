"""Prints the right answer after a space."""

a, b = map(int, input().split())
print('', a + b)
