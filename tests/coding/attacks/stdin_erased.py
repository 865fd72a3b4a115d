"""Prints a wrong answer that a terminal would show as the right one."""

a, b = map(int, input().split())
print(f'0\r{a + b}\x1b[K\b')
