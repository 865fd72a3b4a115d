"""Prints the right answer with characters that nobody sees."""

a, b = map(int, input().split())
print(f'{a + b}\u200b')
