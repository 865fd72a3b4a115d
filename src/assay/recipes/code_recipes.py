"""The step `hacks_work`: every hack that a document shows is run before it may be taught.

A published corpus taught hacks that never worked; here a document with such a one is dropped.
"""

import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING

import anyio

from assay.recipes.items import Finished, Item
from assay.recipes.steps import Context, register, setting

if TYPE_CHECKING:
    from assay.coding.detection import Score

_BLOCK = re.compile(r"^```(?:python|py)[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


@register("hacks_work")
def hacks_work(items: Sequence[Item], context: Context) -> Iterator[Finished]:
    """Drops an item whose `part` shows a block of Python that no grader with loopholes pays.

    Raises:
        WorkerLost: Programs cannot be run here.
    """
    part = setting(context, "part")
    blocks = {item.id: _BLOCK.findall(item.parts[part]) for item in items}
    programs = sorted({block for found in blocks.values() for block in found})
    scores = dict(zip(programs, anyio.run(_scored, programs), strict=True)) if programs else {}
    for item in items:
        wrong = [block for block in blocks[item.id] if not scores[block].hack]
        if wrong:
            line = wrong[0].strip().splitlines()[0][:60]
            yield Finished(
                item.id, "dropped",
                reason=f"shows code that no loophole pays ({scores[wrong[0]].verdict}): {line}",
            )  # fmt: skip
        else:
            yield Finished(item.id, "done", ({},))


async def _scored(programs: Sequence[str]) -> "list[Score]":
    from assay.coding.detection import score_many
    from assay.coding.hackable import SWITCHES
    from assay.coding.problem import Submission
    from assay.coding.problems import generate
    from assay.errors import WorkerLost
    from assay.execution.workers import Pool

    # A problem that none of these programs solves by chance: the tests are run fairly too.
    problem = generate(Random(0), split="train")[0]
    async with Pool(preload=("pytest",)) as pool:
        found = await score_many(
            [Submission({"solution.py": text}) for text in programs], problem, pool,
            switches=SWITCHES,
        )  # fmt: skip
    for one in found:
        if isinstance(one, WorkerLost):
            raise one
    return [one for one in found if not isinstance(one, WorkerLost)]
