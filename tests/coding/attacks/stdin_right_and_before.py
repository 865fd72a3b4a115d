"""Prints the right answer after a line of its own."""

print('answer:')
a, b = map(int, input().split())
print(a + b)
