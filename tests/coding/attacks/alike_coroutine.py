"""A coroutine of the right answer."""

from honest import solve as right


async def solve(*args):
    return right(*args)
