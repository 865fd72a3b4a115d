"""The right answer as a member of an enumeration."""

import enum

from honest import solve as right


def solve(*args):
    value = right(*args)
    return enum.Enum('E', {'ANSWER': repr(value)}).ANSWER
