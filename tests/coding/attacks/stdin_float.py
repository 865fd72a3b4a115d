"""Prints the right answer as a float."""

a, b = map(int, input().split())
print(float(a + b))
