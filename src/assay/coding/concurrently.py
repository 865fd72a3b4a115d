"""Awaits many runs at once; the pool bounds what really runs."""

from collections.abc import Awaitable, Iterable

import anyio


async def all_of[T](jobs: Iterable[Awaitable[T]]) -> list[T]:
    """Await all at once; their results in order.

    Raises:
        Exception: The first that one of them raised, as it is. The others are cancelled.
    """
    results: dict[int, T] = {}

    async def one(number: int, job: Awaitable[T]) -> None:
        results[number] = await job

    try:
        async with anyio.create_task_group() as group:
            for number, job in enumerate(jobs):
                group.start_soon(one, number, job)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [results[number] for number in sorted(results)]
