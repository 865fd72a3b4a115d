"""UserList, UserDict, UserString around the right answer."""

from collections import UserDict, UserList, UserString

from honest import solve as right


def solve(*args):
    value = right(*args)
    if isinstance(value, dict):
        return UserDict(value)
    return UserList(value) if isinstance(value, (list, tuple, set)) else UserString(value)
