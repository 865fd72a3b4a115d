"""For code that runs in several processes which train together; in one alone it does nothing.

Whoever has started them (`launch`, or `accelerate launch` itself): each calls the same functions in
the same order, and the main one alone writes files.
"""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast

from assay.errors import UserError

_PATIENCE = timedelta(days=7)  # one process may assess, or make data, while the others wait


def count() -> int:
    """How many there are."""
    return group.get_world_size() if (group := _joined()) else 1


def count_here() -> int:
    """How many of them share this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", count()))


def number() -> int:
    """Which one this is, from 0."""
    return group.get_rank() if (group := _joined()) else 0


def is_main() -> bool:
    """Whether this is the one that writes."""
    return number() == 0


def measured() -> dict[str, int]:
    """For the manifest of what several have made."""
    return {"processes": count()} if count() > 1 else {}


def wait() -> None:
    """Until all are here."""
    if group := _joined():
        group.barrier()


def from_main[Found](find: Callable[[], Found]) -> Found:
    """What the main process finds, for all; the others wait for it. It must be picklable.

    If it raises, so does the main process, and whoever has started them ends the others.
    """
    group = _joined()
    if group is None:
        return find()
    found: list[Any] = [find() if is_main() else None]
    group.broadcast_object_list(found, src=0)
    return cast("Found", found[0])


def gathered[One](mine: Sequence[One]) -> list[One]:
    """What all have, in the order of the processes."""
    group = _joined()
    if group is None:
        return [*mine]
    parts: list[Any] = [None] * count()
    group.all_gather_object(parts, [*mine])
    return [one for part in parts for one in part]


def one_device(arguments: Any) -> Any:
    """Arguments of a trainer that takes one GPU for a process.

    transformers would otherwise spread the batch over all that it sees (`nn.DataParallel`).

    Raises:
        UserError: They are for DeepSpeed's third stage.
    """
    plugin = getattr(arguments, "deepspeed_plugin", None)
    if plugin is not None and plugin.zero_stage == 3:
        raise UserError(
            "DeepSpeed's third stage is not supported; take FSDP, or zero_stage: 2 in the file for "
            "accelerate."
        )
    arguments._n_gpu = min(arguments.n_gpu, 1)
    return arguments


def check_whole(model: Any) -> None:
    """Return if each process has all weights of a model in training, and can draw from it.

    Raises:
        UserError: They are spread over the processes.
    """
    if _is_sharded(model):
        raise UserError(
            "FSDP spreads the weights over the processes: such a model can be sampled from by vLLM "
            "alone (vllm: colocate), and not be assessed in training. DDP and DeepSpeed's second "
            "stage leave them whole."
        )


def whole(trainer: Any, like: Callable[[], Any]) -> Any:
    """The trained model with all of its weights; for the main process.

    Args:
        like: Makes a model for the weights, where they have to be collected.
    """
    if not _is_sharded(trainer.model):
        return trainer.accelerator.unwrap_model(trainer.model)
    weights = trainer.accelerator.get_state_dict(trainer.model_wrapped)
    if not is_main():
        return None
    model = like()
    model.load_state_dict(weights)
    return model


def _is_sharded(model: Any) -> bool:
    from torch.distributed.fsdp import FSDPModule, FullyShardedDataParallel

    return isinstance(model, FSDPModule | FullyShardedDataParallel)


def _joined() -> Any:
    """torch.distributed, if there are others; joins them at the first call."""
    if int(os.environ.get("WORLD_SIZE", 1)) == 1:
        return None  # without torch, which not all have who ask
    import torch
    from accelerate import PartialState  # type: ignore[import-untyped]

    if not torch.distributed.is_initialized():
        if "LOCAL_RANK" not in os.environ:
            return None
        PartialState(cpu=not torch.cuda.is_available(), timeout=_PATIENCE)
    return torch.distributed
