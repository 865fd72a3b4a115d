"""Prints the right answer and a NUL."""

a, b = map(int, input().split())
print(a + b, end='\0')
