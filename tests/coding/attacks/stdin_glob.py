"""Prints patterns."""

print('.*')
print('*')
