"""Draws answers from a causal language model, many at once: faster on a CPU than `generate`.

Used by `training` for rollouts and for live assessment. A prompt that is sampled several times is
read once, keys and values are written into one buffer rather than copied for every token, and rows
that have ended are dropped. The draws are those of plain sampling: temperature, and nothing else.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import torch
from transformers.cache_utils import Cache, CacheLayerMixin

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_COMPACT = 0.75  # rows are moved together once fewer than this share are still going


class _Buffer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """Keys and values of one layer, with room for all that will come."""

    is_sliding = False

    def __init__(self, room: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.keys: Any
        self.values: Any
        self.room = room
        self.length = 0

    def lazy_initialization(self, key_states: Any, value_states: Any) -> None:
        """As in the base class."""
        rows, heads, _, width = key_states.shape
        self.keys = key_states.new_empty(rows, heads, self.room, width)
        self.values = value_states.new_empty(rows, heads, self.room, value_states.shape[-1])
        self.is_initialized = True

    def update(self, key_states: Any, value_states: Any, *args: Any, **kwargs: Any) -> Any:
        """Add what the new tokens have; all that is there comes back."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start, self.length = self.length, self.length + key_states.shape[-2]
        self.keys[:, :, start : self.length] = key_states
        self.values[:, :, start : self.length] = value_states
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """How many tokens a mask covers, and from where."""
        return self.length + query_length, 0

    def get_seq_length(self) -> int:
        """Tokens so far."""
        return self.length

    def get_max_length(self) -> int:
        """Tokens that there is room for."""
        return self.room

    def keep(self, rows: torch.Tensor) -> None:
        """Only these rows, in this order; a row may come several times."""
        for name in ("keys", "values"):
            old = getattr(self, name)
            new = old.new_empty(len(rows), *old.shape[1:])
            new[:, :, : self.length] = old[rows, :, : self.length]
            setattr(self, name, new)


@torch.inference_mode()
def sample(
    model: "PreTrainedModel",
    prompts: Sequence[Sequence[int]],
    *,
    repeats: int | Sequence[int] = 1,
    max_new_tokens: int,
    stop: Collection[int],
    pad: int,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
    luck: torch.Tensor | None = None,
) -> list[list[int]]:
    """Sample answers to prompts.

    Args:
        model: A decoder that takes a cache. Its mode is left as it is: call `eval()` if it has
            dropout.
        prompts: Token ids.
        repeats: Answers to each prompt, or to each its own number; they come back prompt by prompt.
        max_new_tokens: At most so many; then an answer has no stop at its end.
        stop: Token ids that end an answer, the id included.
        pad: What prompts are filled up with, on the left.
        temperature: 0 takes the likeliest token.
        generator: Where the draws come from; the default generator of torch otherwise. What one
            row draws does not depend on which others have ended.
        luck: The draws themselves, numbers in [0, 1), one row for each answer and one column for
            each token: then nothing depends on who else is in the batch.
    """
    device = model.device
    longest = max(map(len, prompts))
    ids = torch.tensor([[pad] * (longest - len(row)) + list(row) for row in prompts], device=device)
    lengths = torch.tensor([len(row) for row in prompts], device=device)
    mask = (torch.arange(longest, device=device) >= longest - lengths[:, None]).long()
    room = longest + max_new_tokens
    layers = [_Buffer(room) for _ in range(model.config.get_text_config().num_hidden_layers)]
    cache = Cache(layers=[*layers])
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    logits = _logits(model, ids, mask, positions, cache)

    counts = [repeats] * len(prompts) if isinstance(repeats, int) else list(repeats)
    each = torch.arange(len(prompts), device=device)
    rows = each.repeat_interleave(torch.tensor(counts, device=device))
    for layer in layers:
        layer.keep(rows)
    full = torch.ones(len(rows), room, dtype=torch.long, device=device)
    full[:, :longest] = mask[rows]
    logits, next_position = logits[rows], lengths[rows]
    answers = torch.full((len(rows), max_new_tokens), pad, device=device)
    alive = torch.arange(len(rows), device=device)  # which answer each row of the cache belongs to
    ended = torch.zeros(len(rows), dtype=torch.bool, device=device)
    ends = torch.tensor(sorted(stop), device=device)
    for step in range(max_new_tokens):
        # One draw for every answer, ended or not, so that a row's luck is its own.
        if luck is None:
            fresh = torch.rand(len(answers), generator=generator, device=device, dtype=torch.double)
        else:
            fresh = luck[:, step]
        token = _draw(logits, fresh[alive], temperature)
        answers[alive, step] = torch.where(ended, pad, token)
        ended |= torch.isin(token, ends)
        left = int((~ended).sum())
        if left == 0 or step + 1 == max_new_tokens:
            break
        if left < _COMPACT * len(alive):
            kept = (~ended).nonzero(as_tuple=True)[0]
            for layer in layers:
                layer.keep(kept)
            alive, token, full = alive[kept], token[kept], full[kept]
            next_position, ended = next_position[kept], ended[kept]
        seen = full[:, : longest + step + 1]
        logits = _logits(model, token[:, None], seen, next_position[:, None], cache)
        next_position = next_position + 1
    return [_cut(answer, stop, pad) for answer in answers.tolist()]


def _logits(model: Any, ids: Any, mask: Any, positions: Any, cache: Cache) -> torch.Tensor:
    out = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        cache=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    logits: torch.Tensor = out.logits[:, -1].float()
    return logits


def _draw(logits: torch.Tensor, luck: torch.Tensor, temperature: float) -> torch.Tensor:
    """The token at which the cumulated probability passes `luck`, a number in [0, 1)."""
    if temperature == 0:
        return logits.argmax(-1)
    total = torch.softmax(logits / temperature, -1).double().cumsum_(-1)
    return torch.searchsorted(total, (luck * total[:, -1])[:, None], right=True)[:, 0].clamp(
        max=logits.shape[-1] - 1
    )


def _cut(answer: list[int], stop: Collection[int], pad: int) -> list[int]:
    for place, token in enumerate(answer):
        if token in stop:
            return answer[: place + 1]
    return answer
