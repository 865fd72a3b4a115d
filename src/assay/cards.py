"""What fits on a card: how RL cuts its batch, what vLLM may take beside it, how many it answers.

Plain arithmetic on a model's shape, in bytes: weights, gradients, moments, activations, logits, and
keys and values. Activations are those of Korthikanti et al. (arXiv 2205.05198, section 4.1), 34 for
each number of a token's state, and what peft copies to float32 for an adapter. Beside the one peak
that was measured (84.3 GiB on an H200, benchmarks/results/gpu_baseline.json) it says 80. `rl` and
`assay doctor` read this; the settings change how fast a stage is, and its rounding, not its batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Any, Self

GIB = 1 << 30
_USABLE = 0.9  # of a card: the rest is the driver's, fragments, and what was not thought of
_WORKSPACE = 2 * GIB  # of each program on the card: context, buffers, vLLM's graphs
_HALF, _FLOAT = 2, 4  # bytes
_LOGITS = 4  # copies in float32: as they come out, by temperature, their softmax, the gradient
_MOMENTS = 2  # of Adam
_SEQUENCES = 256  # that a vLLM server answers at once unless it is told otherwise
_CONVERSATION = 8192  # tokens that an audit's run is given room for
_FEWEST = 8  # answers that vLLM has room for, or it is not worth its weights


@dataclass(frozen=True, slots=True)
class Shape:
    """What a transformer is made of: widths are numbers a token, `kv` that of its keys."""

    parameters: int
    layers: int
    hidden: int
    inner: int
    attention: int
    kv: int
    vocabulary: int

    @classmethod
    def read(cls, config: Mapping[str, Any], parameters: int) -> Self | None:
        """From a Hugging Face `config.json`; None where it is of another kind."""
        try:
            hidden, heads = config["hidden_size"], config["num_attention_heads"]
            head = config.get("head_dim") or hidden // heads
            return cls(
                parameters,
                layers=config["num_hidden_layers"],
                hidden=hidden,
                inner=config.get("intermediate_size") or 4 * hidden,
                attention=heads * head,
                kv=(config.get("num_key_value_heads") or heads) * head,
                vocabulary=config["vocab_size"],
            )
        except (KeyError, TypeError):
            return None

    @property
    def kv_bytes(self) -> int:
        """Of the keys and values of one token."""
        return 2 * self.kv * self.layers * _HALF

    def adapter(self, rank: int) -> int:
        """Parameters of a low-rank adapter on every linear layer: rank times both of its sides."""
        sides = 2 * (self.hidden + self.attention) + 2 * (self.hidden + self.kv)
        return rank * self.layers * (sides + 3 * (self.hidden + self.inner))

    def layer_bytes(self, *, lora: bool) -> int:
        """What one layer keeps of one token for the backward pass."""
        copied = 5 * self.hidden + self.attention + self.inner  # the inputs of its linear layers
        return 34 * self.hidden + (_FLOAT * copied if lora else 0)


QWEN3 = {
    "0.6B": Shape(596_049_920, 28, 1024, 3072, 2048, 1024, 151_936),
    "4B": Shape(4_022_468_096, 36, 2560, 9728, 4096, 1024, 151_936),
}
"""Two shapes that a study is likely to have."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A step of RL: `answers` of at most `new` tokens, to prompts of at most `prompt`."""

    answers: int
    prompt: int
    new: int

    @property
    def tokens(self) -> int:
        """Of one answer and its prompt."""
        return self.prompt + self.new


@dataclass(frozen=True, slots=True)
class Plan:
    """How a step of RL is run on a card.

    Attributes:
        parts: Into which the batch is cut: gradient accumulation.
        share: Of the card's memory that vLLM may take in the same process; None without it.
        fits: Whether all of it should; where not, the plan is the smallest that there is.
    """

    parts: int
    share: float | None
    fits: bool


def state_bytes(
    shape: Shape, *, rank: int | None, width: int = _HALF, reference: bool = False
) -> int:
    """What stays on the card from step to step: weights, gradients and moments.

    Args:
        shape: Of the model.
        rank: Of a low-rank adapter, in float32; None where all weights learn.
        width: Bytes of a weight.
        reference: The divergence is measured, which takes a copy of weights that all learn.
    """
    weights = shape.parameters * width
    if rank:
        return weights + shape.adapter(rank) * _FLOAT * (2 + _MOMENTS)
    return weights * (2 + _MOMENTS + reference)


def answer_bytes(shape: Shape, batch: Batch, *, lora: bool) -> int:
    """What learning from one answer takes, in bfloat16; all layers but one are computed twice."""
    kept = shape.hidden * _HALF * shape.layers + shape.layer_bytes(lora=lora)
    return batch.tokens * kept + logits_bytes(shape, batch.new)


def logits_bytes(shape: Shape, tokens: int) -> int:
    """What the predictions of so many tokens take while they are learned from."""
    return tokens * shape.vocabulary * _FLOAT * _LOGITS


def plan(
    gib: float,
    shape: Shape,
    batch: Batch,
    *,
    rank: int | None,
    width: int = _HALF,
    reference: bool = False,
    colocated: bool = False,
    parts: int | None = None,
    share: float | None = None,
) -> Plan:
    """The fewest parts that fit.

    Where vLLM shares the card, its cache has room for all answers, but takes no more than half of
    what is left when both have their weights: answers then wait for each other. `parts` and `share`
    stand where they are given, and what is not given fits itself to them.
    """
    card = gib * GIB
    left = card * _USABLE - _WORKSPACE
    left -= state_bytes(shape, rank=rank, width=width, reference=reference)
    one = answer_bytes(shape, batch, lora=rank is not None)
    if colocated and share is None:
        serving = shape.parameters * _HALF + _WORKSPACE
        room = left - serving
        room -= batch.answers // parts * one if parts else room / 2
        cached = batch.tokens * shape.kv_bytes  # of an answer
        cache = max(_FEWEST * cached, min(batch.answers * cached, room))
        share = min(_USABLE, floor((serving + cache) / card * 1000) / 1000)
    left -= (share or 0) * card
    ways = [parts] if parts else range(1, batch.answers + 1)
    divide = [way for way in ways if batch.answers % way == 0]
    found = next((way for way in divide if batch.answers // way * one <= left), None)
    return Plan(found or parts or batch.answers, share, fits=found is not None)


def connections(gib: float, shape: Shape) -> int:
    """Conversations that a vLLM server on the whole card has room for at once."""
    room = gib * GIB * _USABLE - shape.parameters * _HALF - _WORKSPACE
    return max(1, min(_SEQUENCES, int(room // (_CONVERSATION * shape.kv_bytes))))
