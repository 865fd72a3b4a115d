"""The weights behind `checkpoint/`: conversations to token ids, and answers to batches of them.

Imports torch; `providers.checkpoint` imports this when a model is asked for.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch

from assay.checkpoints import Checkpoint
from assay.errors import UserError
from assay.sampling import sample
from assay.turns import ends, prompt_ids, said

_SMALL = (
    20_000_000  # a model of fewer parameters is faster on one thread, and repeats itself exactly
)
_CELLS = 1 << 19  # tokens, prompts and answers, that a batch has room for


@dataclass(frozen=True, slots=True)
class Request:
    """One answer to draw.

    Attributes:
        prompt: Token ids.
        stop: Texts that end the answer and do not belong to it.
    """

    prompt: tuple[int, ...]
    max_tokens: int
    temperature: float
    seed: int
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer.

    Attributes:
        text: With its special tokens, without the one that ended it.
        tokens: Drawn in all.
        is_whole: It came to an end of its own, not that of `max_tokens`.
    """

    text: str
    tokens: int
    is_whole: bool


class Weights:
    """A model and its tokenizer, loaded."""

    def __init__(self, checkpoint: Checkpoint, *, device: str = "", **options: Any) -> None:
        """Load the weights, on a GPU where there is one.

        Raises:
            UserError: As `Checkpoint.load`; or the model has no chat template, or layers that see
                only a part of the conversation.
        """
        model: Any
        model, tokenizer = checkpoint.load(**options)
        self._model = model
        model.to(device or ("cuda" if torch.cuda.is_available() else "cpu")).eval()
        self._is_small = self._model.device.type == "cpu" and model.num_parameters() < _SMALL
        self._tokenizer: Any = tokenizer
        if not tokenizer.chat_template:
            raise UserError(
                f"{checkpoint.name!r} has no chat template; a checkpoint to be audited needs one "
                "beside its tokenizer (chat_template.jinja)."
            )
        config: Any = model.config.get_text_config()
        if set(getattr(config, "layer_types", None) or ["full_attention"]) != {"full_attention"}:
            raise UserError(
                f"{checkpoint.name!r} has layers other than full attention; serve it with vLLM."
            )
        self.context: int = config.max_position_embeddings
        self._ends = ends(model, tokenizer)
        self._pad: int = next(iter(self._ends))
        if tokenizer.pad_token_id is not None:
            self._pad = tokenizer.pad_token_id

    def prompt(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
    ) -> tuple[int, ...]:
        """What the model reads of a conversation, up to the beginning of its answer."""
        return tuple(prompt_ids(self._tokenizer, messages, tools))

    def draw(self, requests: Sequence[Request]) -> list[Drawn]:
        """An answer to each, in order. It does not depend on the others, but for rounding."""
        if self._is_small:
            torch.set_num_threads(1)  # of the thread that this runs in
        order = sorted(range(len(requests)), key=lambda place: _alike(requests[place]))
        found: dict[int, Drawn] = {}
        for _, alike in groupby(order, key=lambda place: requests[place].temperature):
            for places in _batches(list(alike), requests):
                answers = self._sample([requests[place] for place in places])
                found.update(zip(places, answers, strict=True))
        return [found[place] for place in range(len(requests))]

    def release(self) -> None:
        """Give the memory back; nothing can be drawn afterwards."""
        self._model = None

    def _sample(self, requests: Sequence[Request]) -> list[Drawn]:
        longest = max(request.max_tokens for request in requests)
        luck = torch.stack([_luck(request, longest) for request in requests])
        answers = sample(
            self._model,
            [request.prompt for request in requests],
            max_new_tokens=longest,
            stop=self._ends,
            pad=self._pad,
            temperature=requests[0].temperature,
            luck=luck.to(self._model.device),
        )
        return [self._read(*pair) for pair in zip(requests, answers, strict=True)]

    def _read(self, request: Request, answer: list[int]) -> Drawn:
        ids = answer[: request.max_tokens]
        is_whole = bool(ids) and ids[-1] in self._ends
        text = said(self._tokenizer, ids, self._ends)
        cuts = [place for stop in request.stop if (place := text.find(stop)) >= 0]
        return Drawn(text[: min(cuts)] if cuts else text, len(ids), is_whole or bool(cuts))


def _luck(request: Request, tokens: int) -> torch.Tensor:
    """A number in [0, 1) for each token. Other conversations have other luck with the same seed."""
    digest = hashlib.sha256(repr((request.seed, request.prompt)).encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:7]))
    return torch.rand(tokens, generator=generator, dtype=torch.float64)


def _alike(request: Request) -> tuple[float, int]:
    return request.temperature, len(request.prompt)


def _batches(places: list[int], requests: Sequence[Request]) -> list[list[int]]:
    """The places in batches for which there is memory; at least one in each."""
    batches: list[list[int]] = []
    room = 0
    for place in places:
        request = requests[place]
        room = max(room, len(request.prompt) + request.max_tokens)
        if not batches or (len(batches[-1]) + 1) * room > _CELLS:
            batches.append([])
            room = len(request.prompt) + request.max_tokens
        batches[-1].append(place)
    return batches
