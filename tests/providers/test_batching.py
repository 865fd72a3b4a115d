"""Requests that come together are answered together, whatever happens to one of them."""

import time
from collections.abc import Sequence

import anyio
import pytest

from assay.providers.batching import Batcher


class Doubling:
    """Doubles numbers, and remembers its batches."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.batches: list[list[int]] = []

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        time.sleep(self.seconds)
        return [100 // number * 2 for number in numbers]


async def ask_all(batcher: Batcher[int, int], numbers: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}

    async def one(number: int) -> None:
        found[number] = await batcher.ask(number)

    async with anyio.create_task_group() as group:
        for number in numbers:
            group.start_soon(one, number)
    return found


async def test_everybody_gets_the_own_answer_from_few_batches() -> None:
    double = Doubling()
    found = await ask_all(Batcher(double, largest=8), range(1, 21))
    assert found == {number: 100 // number * 2 for number in range(1, 21)}
    assert sorted(map(len, double.batches)) == [4, 8, 8]


async def test_an_error_reaches_its_batch_and_no_other() -> None:
    batcher = Batcher(Doubling(), largest=8)
    with pytest.raises(ExceptionGroup):
        await ask_all(batcher, [1, 0, 2])
    with anyio.fail_after(5):
        assert await batcher.ask(5) == 40


@pytest.mark.parametrize("after", [0.0, 0.01, 0.06])
async def test_whoever_leads_and_is_cancelled_leaves_the_others_their_answers(
    after: float,
) -> None:
    batcher = Batcher(Doubling(seconds=0.1), largest=2, wait=0.03)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as outer:
            leader = anyio.CancelScope()

            async def lead() -> None:
                with leader:
                    await batcher.ask(1)

            outer.start_soon(lead)
            await anyio.sleep(0)
            others = anyio.create_task_group()
            async with others:
                others.start_soon(ask_all, batcher, [2, 3, 4, 5])
                await anyio.sleep(after)
                leader.cancel()
        assert await ask_all(batcher, [10]) == {10: 20}


async def test_whoever_waits_and_is_cancelled_is_not_asked_for() -> None:
    double = Doubling(seconds=0.1)
    batcher = Batcher(double, largest=1)
    async with anyio.create_task_group() as group:
        group.start_soon(batcher.ask, 1)
        await anyio.sleep(0.05)
        with anyio.move_on_after(0.01):
            await batcher.ask(2)
    assert await batcher.ask(4) == 50
    assert double.batches == [[1], [4]]


async def test_whoever_is_cancelled_as_the_lead_passes_on_leaves_the_next_the_answer() -> None:
    batcher = Batcher(Doubling(seconds=0.05), largest=2, wait=0.0)
    second = anyio.CancelScope()

    async def first() -> None:
        await batcher.ask(1)
        second.cancel()

    async def cancelled() -> None:
        with second:
            await batcher.ask(2)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(first)
            await anyio.sleep(0.02)
            group.start_soon(cancelled)
            await anyio.sleep(0)
            assert await batcher.ask(4) == 50
