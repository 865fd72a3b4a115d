"""Numbers as Decimal, Fraction or complex."""

from decimal import Decimal
from fractions import Fraction

from honest import solve as right


def solve(*args):
    value = right(*args)
    if type(value) is int:
        return Fraction(value)
    if type(value) is float:
        return Decimal(value) if value == value else complex(value)
    return Decimal(1)
