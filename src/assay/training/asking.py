"""Asks a model in memory many things at once. Feeds `live`; `assay.sampling` draws the answers."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from assay.microcosm import language
from assay.sampling import sample
from assay.turns import ends, prompt_ids, said

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

TOOLS: Mapping[str, Mapping[str, Any]] = {tool["function"]["name"]: tool for tool in language.TOOLS}
"""The tools that there are, by name, as chat templates take them."""

_ROWS = 256  # sampled at the same time on a CPU
_ROWS_GPU = 2048

type Message = Mapping[str, Any]


class Conversation(NamedTuple):
    """What a model is to answer, and the names of the tools that it is given."""

    messages: tuple[Message, ...]
    tools: tuple[str, ...] = ()


class Asker:
    """Asks; what was rendered once is kept."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._ids: dict[str, list[int]] = {}

    @torch.inference_mode()
    def answers(
        self,
        model: "PreTrainedModel",
        tokenizer: "PreTrainedTokenizerBase",
        conversations: Sequence[Conversation],
        *,
        seed: str,
        max_new_tokens: int,
        temperature: float,
    ) -> list[str]:
        """The text of an answer to each, with special tokens, without the one that ends it.

        Equal conversations are read once. The same seed gives the same draws for the same
        conversations; torch's default generator is left alone.
        """
        places: dict[str, list[int]] = {}
        for number, one in enumerate(conversations):
            key = repr(one)
            places.setdefault(key, []).append(number)
            if key not in self._ids:
                tools = [TOOLS[name] for name in one.tools]
                self._ids[key] = prompt_ids(tokenizer, one.messages, tools)
        generator = torch.Generator(model.device)
        generator.manual_seed(random.Random(seed).getrandbits(63))
        rows = _ROWS if model.device.type == "cpu" else _ROWS_GPU
        marks = ends(model, tokenizer)
        texts = [""] * len(conversations)
        for batch in _batches(sorted(places, key=lambda key: len(self._ids[key])), places, rows):
            answers = sample(
                model,
                [self._ids[key] for key, _ in batch],
                repeats=[len(numbers) for _, numbers in batch],
                max_new_tokens=max_new_tokens,
                stop=marks,
                pad=tokenizer.pad_token_id,
                temperature=temperature,
                generator=generator,
            )
            numbers = [number for _, belonging in batch for number in belonging]
            for number, answer in zip(numbers, answers, strict=True):
                texts[number] = said(tokenizer, answer, marks)
        return texts


def _batches(
    keys: Iterable[str], places: Mapping[str, list[int]], rows: int
) -> Iterable[list[tuple[str, list[int]]]]:
    """Prompts with the numbers of their samples, at most so many samples together."""
    batch: list[tuple[str, list[int]]] = []
    size = 0
    for key in keys:
        numbers = places[key]
        for start in range(0, len(numbers), rows):
            part = numbers[start : start + rows]
            if size + len(part) > rows:
                yield batch
                batch, size = [], 0
            batch.append((key, part))
            size += len(part)
    if batch:
        yield batch
