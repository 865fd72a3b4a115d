"""Work on the rows of a large data set, on all cores; on this one where there are few rows."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context

from assay.recipes.samples import Sample

_CHUNK = 2_500
_WORTH_A_POOL = 10_000  # rows; a process takes a second to start

type Work[T] = Callable[[Sequence[Sample]], Sequence[T]]


def in_chunks[T](work: Work[T], found: Sequence[Sample]) -> list[T]:
    """One result for each row, in order.

    Args:
        work: Gives one result for each row of a chunk; a function of a module, or a `partial` of
            one, as it may run in another process.
        found: The rows.
    """
    chunks = [found[start : start + _CHUNK] for start in range(0, len(found), _CHUNK)]
    cores = len(os.sched_getaffinity(0))
    if len(found) < _WORTH_A_POOL or cores == 1:
        return list(chain.from_iterable(map(work, chunks)))
    with ProcessPoolExecutor(min(cores, len(chunks)), get_context("spawn")) as pool:
        return list(chain.from_iterable(pool.map(work, chunks)))
