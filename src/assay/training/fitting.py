"""How a step of RL is fitted to this machine's card, where its settings leave that open.

The batch stays what it is: how it is cut moves the weights by rounding alone, and vLLM's share of
the card moves nothing.
"""

from typing import Any

from assay.cards import GIB, Batch, Plan, Shape, plan
from assay.training import processes
from assay.training.settings import Rl

SERVER = "127.0.0.1:8000"
SHARE = 0.3  # TRL's own, for a shape that is not known


def memory() -> float | None:
    """GiB of the card that this process trains on; None without one."""
    import torch

    if not torch.cuda.is_available():
        return None
    return float(torch.cuda.get_device_properties(torch.cuda.current_device()).total_memory) / GIB


def fit(settings: Rl, model: Any, length: int, gib: float | None) -> Plan:
    """The plan of a step, with what the settings say in its place.

    Args:
        settings: Of the stage.
        model: As it is loaded, before an adapter is put on it.
        length: Tokens of the longest prompt and answer.
        gib: Of the card; None where there is none.
    """
    told = settings.gradient_accumulation
    shape = Shape.read(model.config.get_text_config().to_dict(), model.num_parameters())
    if gib is None or shape is None:
        return Plan(told, settings.vllm_memory, fits=True)
    return plan(
        gib,
        shape,
        Batch(
            settings.prompts * settings.rollouts // processes.count(),
            prompt=length - settings.max_new_tokens,
            new=settings.max_new_tokens,
        ),
        rank=settings.lora.rank if settings.lora else None,
        width=model.dtype.itemsize,
        reference=settings.kl > 0,
        colocated=settings.vllm == "colocate",
        parts=told if told > 1 else None,
        share=settings.vllm_memory,
    )
