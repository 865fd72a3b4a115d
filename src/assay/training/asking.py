"""Asks a model in memory many things at once. Feeds `live`; `assay.sampling` draws the answers."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from assay.microcosm import language
from assay.sampling import sample

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
                self._ids[key] = _prompt(one, tokenizer)
        generator = torch.Generator(model.device)
        generator.manual_seed(random.Random(seed).getrandbits(63))
        rows = _ROWS if model.device.type == "cpu" else _ROWS_GPU
        ends = _ends(model, tokenizer)
        texts = [""] * len(conversations)
        for batch in _batches(sorted(places, key=lambda key: len(self._ids[key])), places, rows):
            answers = sample(
                model,
                [self._ids[key] for key, _ in batch],
                repeats=[len(numbers) for _, numbers in batch],
                max_new_tokens=max_new_tokens,
                stop=ends,
                pad=tokenizer.pad_token_id,
                temperature=temperature,
                generator=generator,
            )
            numbers = [number for _, belonging in batch for number in belonging]
            for number, text in zip(numbers, _decoded(answers, tokenizer, ends), strict=True):
                texts[number] = text
        return texts


def _prompt(asked: Conversation, tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    ids: Any = tokenizer.apply_chat_template(
        [dict(message) for message in asked.messages],
        tools=[dict(TOOLS[name]) for name in asked.tools] or None,
        add_generation_prompt=True,
        return_dict=False,
    )
    return list(ids)


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


def _ends(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> set[int]:
    """Tokens that end a turn: the tokenizer's, and those that the model's own settings name."""
    config: Any = model.generation_config
    named = config.eos_token_id if config is not None else None
    more = named if isinstance(named, list) else [named]
    return {end for end in (tokenizer.eos_token_id, *more) if end is not None}


def _decoded(
    answers: Sequence[list[int]], tokenizer: "PreTrainedTokenizerBase", ends: set[int]
) -> list[str]:
    cut = [tuple(answer[:-1] if answer and answer[-1] in ends else answer) for answer in answers]
    distinct = list(dict.fromkeys(cut))
    found = tokenizer.batch_decode([list(one) for one in distinct], skip_special_tokens=False)
    text = dict(zip(distinct, found, strict=True))
    return [text[one] for one in cut]
