"""An audit in blocks, one scenario and some of its epochs each, that an engine runs side by side.

How a run directory is cut is decided when it is begun, so that any number of workers goes on with
it. Every block has a directory of its own below `logs`; `collect` reads them all.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from upath import UPath

from assay.engines.engine import Engine, Job, Resources, room
from assay.errors import UserError
from assay.runs.progress import advance

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.model import Model

_EACH = 4  # blocks for every worker, so that none is idle for long at the end
_EACH_OF_A_RULE = 16
_AGAIN = 2  # times that a block is begun anew whose process was lost
_DONE = ".done"


@dataclass(frozen=True)
class Block:
    """A part of an audit.

    Attributes:
        name: Of its directory.
        part: Which of the audit's tasks: 0 is the audit itself, others run beside it.
        selector: The scenario, `PACK/ID`.
        first: Its first epoch, from 1.
        epochs: How many.
        runs: How many runs that is.
    """

    name: str
    part: int
    selector: str
    first: int
    epochs: int
    runs: int


def workers_of(engine: Engine, each: Resources) -> int:
    """How many blocks run side by side.

    Raises:
        UserError: No machine has room for one.
    """
    if not (workers := room(engine, each)):
        raise UserError(
            f"A block of an audit takes {each}, and no machine has that much now; add one to the "
            "cluster, or run it elsewhere."
        )
    return workers


def epochs_in_a_block(tasks: "Sequence[Task]", workers: int, *, stops: bool) -> int:
    """So many that there are some blocks for every worker, if there can be.

    Args:
        stops: A stopping rule looks at the runs between blocks, which are then small.
    """
    runs = max((task.epochs or 1) * len(_scenarios(task)) for task in tasks)
    return max(1, ceil(runs / ((_EACH_OF_A_RULE if stops else _EACH) * workers)))


def blocks(tasks: "Sequence[Task]", size: int) -> list[Block]:
    """All blocks of an audit, those of one epoch range beside each other.

    Args:
        tasks: The audit, and what runs beside it.
        size: Epochs in a block.
    """
    found = []
    for part, task in enumerate(tasks):
        epochs = task.epochs or 1
        for first in range(1, epochs + 1, size):
            count = min(size, epochs - first + 1)
            for selector, samples in _scenarios(task).items():
                name = f"{part}.{selector.rpartition('/')[2]}.{first}"
                found.append(Block(name, part, selector, first, count, samples * count))
    return found


def run_blocks(
    todo: Iterable[Block],
    directory: UPath,
    given: Mapping[str, Any],
    engine: Engine,
    each: Resources,
    held: Callable[[Block], bool],
) -> None:
    """Run what is not done; a block that fails does not end the others.

    Args:
        todo: The blocks.
        directory: The run directory.
        given: What `perform` needs to know besides, as JSON.
        engine: Where they run, as many at a time as it holds.
        each: What one takes.
        held: Whether a block is not to be begun, asked right before it would be.

    Raises:
        UserError: Some failed, by name; all others are done.
    """
    workers = workers_of(engine, each)
    waiting = [block for block in todo if not is_done(directory, block)]
    running: dict[str, Block] = {}
    lost: Counter[str] = Counter()
    failed: dict[str, str] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            block = waiting.pop(0)
            if held(block):
                continue
            running[block.name] = block
            engine.submit(
                Job(
                    key=block.name,
                    perform="assay.runs.worker:perform",
                    given={
                        **given,
                        "workers": workers,
                        "directory": str(directory.absolute()),  # workers may stand elsewhere
                        "block": asdict(block),
                    },
                    log=str(directory / "logs" / block.name),
                    resources=each,
                )
            )
        for ended in engine.wait(1.0) if running else ():
            block = running.pop(ended.key)
            if ended.lost and lost[block.name] < _AGAIN:
                lost[block.name] += 1
                waiting.append(block)
            elif ended.error is None:
                advance(block.runs)
            else:
                failed[block.name] = ended.error
    if failed:
        name, reason = next(iter(failed.items()))
        more = f", and so did {len(failed) - 1} more" if len(failed) > 1 else ""
        raise UserError(
            f"Block {name} failed{more}: {reason.rstrip('.')}. All others are done; the same "
            "command tries again."
        )


def is_done(directory: UPath, block: Block) -> bool:
    """Whether all of its runs have ended without an error."""
    return bool((directory / "logs" / block.name / _DONE).exists())


def mark_done(directory: UPath, block: Block) -> None:
    """Say that."""
    (directory / "logs" / block.name / _DONE).touch()


def cut(task: "Task", block: Block) -> "Task":
    """The block's epochs of a task; its samples know how many came before."""
    from inspect_ai import Epochs, task_with
    from inspect_ai.dataset import MemoryDataset

    samples = list(task.dataset)
    for sample in samples:
        sample.metadata = {**(sample.metadata or {}), "after": block.first - 1}
    return task_with(task, dataset=MemoryDataset(samples), epochs=Epochs(block.epochs, "mode"))


def _scenarios(task: "Task") -> dict[str, int]:
    """The scenarios of a task, and how many samples each has."""
    found: Counter[str] = Counter()
    for sample in task.dataset:
        own = sample.metadata or {}
        found[f"{own['pack']}/{own['scenario']}"] += 1
    return dict(found)


def connections(model: "Model", asked: int, workers: int) -> int:
    """A worker's share of the requests at a time that were asked for, or that a model allows."""
    allowed = asked or model.config.max_connections or model.api.max_connections()
    return max(1, int(allowed) // workers)
