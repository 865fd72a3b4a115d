"""Low-rank adapters, by peft: put on before a stage, kept and merged into the weights after it."""

from pathlib import Path
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


def is_adapted(model: Any) -> bool:
    """Whether there is an adapter on it."""
    return hasattr(model, "merge_and_unload")


def keep(model: Any, out: Path) -> None:
    """Save the adapter alone, as peft and vLLM read it."""
    model.save_pretrained(out, save_embedding_layers=False)
    (out / "README.md").unlink(missing_ok=True)  # peft's form for a model card, not filled in


def merged(model: Any) -> Any:
    """The model with the adapter in its weights."""
    return model.merge_and_unload()
