"""Prints the right answer and one line more."""

a, b = map(int, input().split())
print(a + b)
print('PASSED')
