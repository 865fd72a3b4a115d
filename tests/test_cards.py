"""Figures of a card, by arithmetic and beside what was measured."""

import json
from pathlib import Path

import pytest

from assay.cards import (
    GIB,
    QWEN3,
    Batch,
    Plan,
    Shape,
    answer_bytes,
    connections,
    logits_bytes,
    plan,
    state_bytes,
)

MEASURED = Path(__file__).parents[1] / "benchmarks" / "results" / "gpu_baseline.json"
LARGE = QWEN3["4B"]
SHORT, LONG = Batch(128, 300, 256), Batch(256, 500, 1536)


def test_the_measured_peak_is_met() -> None:
    """Forward and backward through 4 x 2048 tokens, nothing computed twice: the benchmark's most."""
    tokens = 4 * 2048
    kept = tokens * LARGE.layers * LARGE.layer_bytes(lora=True) + logits_bytes(LARGE, tokens)
    expected = (state_bytes(LARGE, rank=32) + kept) / GIB
    assert expected == pytest.approx(json.loads(MEASURED.read_text())["peak_gb"], rel=0.1)


def test_a_step_that_was_run_is_not_called_too_large() -> None:
    learned = 32 * answer_bytes(LARGE, SHORT, lora=True)
    assert state_bytes(LARGE, rank=32) + learned < 84.3 * GIB


@pytest.mark.parametrize(
    ("rank", "reference", "gib"),
    [
        (None, False, 4 * 2 * 4.022),  # weights, gradients, two moments: two bytes each
        (None, True, 5 * 2 * 4.022),  # and the weights as they were
        (32, True, 2 * 4.022 + 16 * 0.0661),  # an adapter of 66 million in float32
    ],
)
def test_what_stays_on_the_card(rank: int | None, reference: bool, gib: float) -> None:
    found = state_bytes(LARGE, rank=rank, reference=reference)
    assert found == pytest.approx(gib * 1e9, rel=0.001)


@pytest.mark.parametrize(
    ("gib", "size", "batch", "rank", "colocated", "expected"),
    [
        (139.8, "4B", SHORT, 32, True, Plan(2, 0.137, True)),
        (139.8, "4B", LONG, 32, True, Plan(32, 0.446, True)),
        (139.8, "4B", LONG, None, True, Plan(32, 0.369, True)),
        (139.8, "4B", LONG, 32, False, Plan(16, None, True)),
        (80, "4B", LONG, 32, True, Plan(64, 0.443, True)),
        (80, "0.6B", SHORT, None, True, Plan(2, 0.133, True)),
        (24, "0.6B", SHORT, 32, True, Plan(16, 0.443, True)),
        (24, "4B", SHORT, None, False, Plan(128, None, False)),
        (16, "4B", SHORT, 32, False, Plan(32, None, True)),
    ],
)
def test_plans(
    gib: float, size: str, batch: Batch, rank: int | None, colocated: bool, expected: Plan
) -> None:
    assert plan(gib, QWEN3[size], batch, rank=rank, colocated=colocated) == expected


@pytest.mark.parametrize("gib", [16, 24, 40, 80, 140])
@pytest.mark.parametrize("size", QWEN3)
@pytest.mark.parametrize("batch", [SHORT, LONG, Batch(30, 100, 50)])
def test_what_fits_does_and_cannot_be_cut_less(gib: float, size: str, batch: Batch) -> None:
    shape = QWEN3[size]
    found = plan(gib, shape, batch, rank=32, colocated=True)
    assert batch.answers % found.parts == 0
    assert found.share is not None

    def needs(parts: int) -> float:
        learning = batch.answers // parts * answer_bytes(shape, batch, lora=True)
        return (state_bytes(shape, rank=32) + learning) / GIB + 2 + found.share * gib

    if found.fits:
        assert needs(found.parts) <= 0.9 * gib
        fewer = [n for n in range(1, found.parts) if batch.answers % n == 0]
        assert all(needs(parts) > 0.9 * gib - 0.001 * gib for parts in fewer)


def test_a_batch_that_is_cut_coarsely_leaves_vllm_less() -> None:
    told = plan(139.8, LARGE, LONG, rank=32, colocated=True, parts=16)
    assert told == Plan(16, 0.345, fits=True)
    assert not plan(80, LARGE, LONG, rank=32, colocated=True, parts=8).fits


def test_what_vllm_is_given_is_not_used_twice() -> None:
    roomy, tight = (plan(80, LARGE, SHORT, rank=32, colocated=True, share=s) for s in (0.2, 0.6))
    assert (roomy.share, tight.share) == (0.2, 0.6)
    assert tight.parts > roomy.parts


@pytest.mark.parametrize(("gib", "size", "expected"), [(140, "4B", 103), (24, "4B", 10), (4, "4B", 1), (300, "0.6B", 256)])  # fmt: skip
def test_connections(gib: float, size: str, expected: int) -> None:
    assert connections(gib, QWEN3[size]) == expected


def test_a_shape_is_read_from_a_config() -> None:
    config = {
        "hidden_size": 2560, "intermediate_size": 9728, "num_hidden_layers": 36, "head_dim": 128,
        "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 151_936,
    }  # fmt: skip
    assert Shape.read(config, LARGE.parameters) == LARGE
    assert Shape.read({"n_embd": 768}, 1) is None
