"""Low-rank adapters, by peft: put on before a stage, merged into the weights after it."""

from typing import Any

from assay.training.settings import Lora


def config(lora: Lora) -> Any:
    """peft's own settings."""
    from peft import LoraConfig

    targets = lora.targets
    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        task_type="CAUSAL_LM",
    )


def adapted(model: Any, lora: Lora | None) -> Any:
    """The model with an adapter, where one is asked for; then it alone is trained."""
    if lora is None:
        return model
    from peft import get_peft_model

    return get_peft_model(model, config(lora))


def merged(model: Any, lora: Lora | None) -> Any:
    """The model with the adapter in its weights."""
    return model if lora is None else model.merge_and_unload()
