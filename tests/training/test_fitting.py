"""What the card decides of a step of RL, and what the settings do."""

from typing import Any

import pytest

from assay.cards import Plan
from assay.checkpoints import Checkpoint
from assay.training.fitting import fit, memory
from assay.training.settings import Rl


@pytest.fixture(scope="module")
def model() -> Any:
    return Checkpoint.open("microcosm").load()[0]


def fitted(model: Any, gib: float | None, **told: Any) -> Plan:
    settings = Rl(prompts=16, rollouts=16, max_new_tokens=1000, **told)
    return fit(settings, model, 1200, gib)


def test_without_a_card_the_settings_stand(model: Any) -> None:
    assert fitted(model, None) == Plan(1, None, fits=True)
    assert fitted(model, None, gradient_accumulation=4).parts == 4


def test_a_small_card_cuts_finer(model: Any) -> None:
    parts = [fitted(model, gib).parts for gib in (80, 4, 3)]
    assert parts == sorted(parts)
    assert parts[0] == 1 < parts[-1]
    assert 256 % parts[-1] == 0


def test_what_is_said_is_kept(model: Any) -> None:
    told = fitted(model, 80, vllm="colocate", vllm_memory=0.7, gradient_accumulation=8)
    assert told == Plan(8, 0.7, fits=True)
    found = fitted(model, 80, vllm="colocate")
    assert found.share is not None
    assert found.share < 0.2
    assert fitted(model, 80, vllm="server").share is None


def test_this_machine_is_asked() -> None:
    import torch

    assert (memory() is None) == (not torch.cuda.is_available())
