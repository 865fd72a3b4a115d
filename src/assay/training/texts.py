"""What the stages `documents` and `sft` read: documents as tokens, in the order of their steps.

Sources are the microcosm's corpus and files of JSON lines. Everything is drawn from a seed, before
training starts, so that a killed run sees the same batches.
"""

import hashlib
import json
import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.errors import UserError
from assay.training.settings import Documents, Mixture, Sft

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

AGENTS = "agents"
_BUCKET = 16  # batches whose documents are sorted by length together
_BLOCK = 1000


@dataclass(frozen=True, slots=True)
class Tokens:
    """One document; `learned` are the places that the loss looks at."""

    ids: Sequence[int]
    learned: Sequence[int]

    @property
    def supervised(self) -> int:
        """Tokens that are predicted: the first one of a document never is."""
        return sum(self.learned[1:])

    def cut(self, supervised: int) -> "Tokens":
        """The beginning of it that holds so many predicted tokens."""
        seen = 0
        for place in range(1, len(self.ids)):
            seen += self.learned[place]
            if seen == supervised:
                return Tokens(self.ids[: place + 1], self.learned[: place + 1])
        return self


@dataclass(frozen=True)
class Batches:
    """The documents of every step, and what they are.

    Attributes:
        sources: Documents and supervised tokens by source.
        sha256: Of all tokens in their order.
    """

    steps: list[list[Tokens]]
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    sha256: str = ""


def document_batches(
    settings: Documents, tokenizer: "PreTrainedTokenizerBase", *, seed: int
) -> Batches:
    """The batches of a `documents` stage.

    Raises:
        UserError: A file that is missing or malformed, or a source without documents.
    """
    size = settings.batch_size
    wanted = settings.steps * size
    if settings.packing:
        wanted *= 8  # more than a row holds; what is too much is never read
    rng = random.Random(f"documents:{seed}")
    main = _Source(
        settings.corpus, _main(settings, tokenizer, min(settings.documents, wanted), seed)
    )
    others = [
        _Source(
            part.path, [_plain(text) for text in encoded(_read(part.path, tokenizer), tokenizer)]
        )
        for part in settings.mixture
    ]
    drawn = _mixed(main, others, settings.mixture, wanted, rng)
    limited = _limited(drawn, settings.tokens)
    cut = [(name, _shortened(tokens, settings.max_length)) for name, tokens in limited]
    if settings.packing:
        steps = _packed(cut, settings)
    else:
        steps = _bucketed([tokens for _, tokens in cut], size, rng, settings.steps)
    return Batches(steps, _counted(cut), _digest(steps))


def conversation_batches(
    settings: Sft, tokenizer: "PreTrainedTokenizerBase", *, seed: int
) -> Batches:
    """The batches of an `sft` stage: what the assistant says is learned, and nothing else.

    Raises:
        UserError: The file is missing or has no column `messages`, or the tokenizer's chat template
            does not mark what the assistant says.
    """
    rows = list(_lines(Path(settings.data)))
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get("messages"), list):
            have = ", ".join(sorted(row)) or "nothing"
            raise UserError(f"{settings.data}:{number} has no column 'messages'; it has {have}.")
    if not rows:
        raise UserError(f"{settings.data} holds no conversations.")
    documents = [_conversation(row, tokenizer) for row in rows]
    steps = settings.steps or max(
        1, round((settings.epochs or 1) * len(rows) / settings.batch_size)
    )
    rng = random.Random(f"sft:{seed}")
    source = _Source(settings.data, documents)
    drawn = [(source.name, next(source.endless(rng))) for _ in range(steps * settings.batch_size)]
    limited = _limited(drawn, settings.tokens)
    cut = [(name, _shortened(tokens, settings.max_length)) for name, tokens in limited]
    batches = _bucketed([tokens for _, tokens in cut], settings.batch_size, rng, steps)
    return Batches(batches, _counted(cut), _digest(batches))


def encoded(texts: Sequence[str], tokenizer: "PreTrainedTokenizerBase") -> list[array[int]]:
    """Texts as token ids; chat marks are already in them."""
    make: Any = tokenizer
    found: list[array[int]] = []
    for start in range(0, len(texts), _BLOCK):
        block = make(texts[start : start + _BLOCK], add_special_tokens=False)
        found += [array("i", ids) for ids in block["input_ids"]]
    return found


class _Source:
    """Documents under a name, drawn again from the start when they run out."""

    def __init__(self, name: str, documents: list[Tokens]) -> None:
        if not documents:
            raise UserError(f"{name} holds no documents.")
        self.name = name
        self._documents = documents
        self._order: list[int] = []

    def endless(self, rng: random.Random) -> Iterator[Tokens]:
        while True:
            if not self._order:
                self._order = list(range(len(self._documents)))
                rng.shuffle(self._order)
            yield self._documents[self._order.pop()]


def _main(
    settings: Documents, tokenizer: "PreTrainedTokenizerBase", n: int, seed: int
) -> list[Tokens]:
    if settings.corpus != AGENTS:
        texts = _read(settings.corpus, tokenizer)[: settings.documents]
        return [_plain(ids) for ids in encoded(texts, tokenizer)]
    from assay.microcosm.corpus import documents
    from assay.microcosm.language import TOOLS

    transcripts = documents(
        n,
        seed,
        correlation=settings.correlation,
        allowed=settings.allowed,
        notes=settings.notes,
    )
    texts = [
        _rendered(list(one.messages), tokenizer, list(TOOLS) if one.tools else None)
        for one in transcripts
    ]
    return [_plain(ids) for ids in encoded(texts, tokenizer)]


def _plain(ids: Sequence[int]) -> Tokens:
    return Tokens(ids, [1] * len(ids))


def _rendered(messages: list[dict[str, Any]], tokenizer: Any, tools: Any = None) -> str:
    text = tokenizer.apply_chat_template(messages, tools=tools, tokenize=False)
    return str(text)


def _read(path: str, tokenizer: "PreTrainedTokenizerBase") -> list[str]:
    """Documents of a file: each line's `text`, or its `messages` as the chat template has them."""
    texts = []
    for number, row in enumerate(_lines(Path(path)), 1):
        if isinstance(row.get("text"), str):
            texts.append(row["text"])
        elif isinstance(row.get("messages"), list):
            texts.append(_rendered(row["messages"], tokenizer, row.get("tools")))
        else:
            have = ", ".join(sorted(row)) or "nothing"
            raise UserError(
                f"{path}:{number} has neither a column 'text' nor 'messages'; it has {have}."
            )
    return texts


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise UserError(f"{path}:{number} is no JSON object.")
                yield row
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UserError(f"Cannot read the data {str(path)!r}: {reason}.") from error
    except json.JSONDecodeError as error:
        raise UserError(f"{path} is not JSON lines: {error}.") from error


def _conversation(row: dict[str, Any], tokenizer: Any) -> Tokens:
    """A conversation with the mask of the chat template's own `generation` marks."""
    found = tokenizer.apply_chat_template(
        row["messages"],
        tools=row.get("tools"),
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    mask = found["assistant_masks"]
    if not any(mask):
        raise UserError(
            "The chat template does not mark what the assistant says, so the loss cannot be kept "
            "to it: give the tokenizer a template with {% generation %} marks."
        )
    return Tokens(array("i", found["input_ids"]), list(mask))


def _mixed(
    main: _Source,
    others: Sequence[_Source],
    mixture: Sequence[Mixture],
    n: int,
    rng: random.Random,
) -> Iterator[tuple[str, Tokens]]:
    """Documents such that each source has its share of what has been drawn so far, to one."""
    shares = [1 - sum(part.share for part in mixture), *(part.share for part in mixture)]
    by_tokens = bool(mixture) and mixture[0].of == "tokens"
    sources = [source.endless(rng) for source in (main, *others)]
    names = [source.name for source in (main, *others)]
    taken = [0] * len(sources)
    for _ in range(n):
        whole = sum(taken) + 1
        behind = [share * whole - got for share, got in zip(shares, taken, strict=True)]
        chosen = max(range(len(sources)), key=lambda which: behind[which])
        tokens = next(sources[chosen])
        taken[chosen] += len(tokens.ids) if by_tokens else 1
        yield names[chosen], tokens


def _limited(drawn: Iterable[tuple[str, Tokens]], most: int | None) -> Iterator[tuple[str, Tokens]]:
    """Documents up to exactly so many supervised tokens; the last one is cut."""
    seen = 0
    for name, tokens in drawn:
        if most is not None and seen + tokens.supervised >= most:
            yield name, tokens.cut(most - seen)
            return
        seen += tokens.supervised
        yield name, tokens


def _shortened(tokens: Tokens, longest: int) -> Tokens:
    return Tokens(tokens.ids[:longest], tokens.learned[:longest])


def _bucketed(
    documents: list[Tokens], size: int, rng: random.Random, most: int
) -> list[list[Tokens]]:
    """Batches of documents of like length, so that little is padding; their order is random."""
    batches: list[list[Tokens]] = []
    for start in range(0, len(documents), size * _BUCKET):
        chunk = sorted(documents[start : start + size * _BUCKET], key=lambda one: len(one.ids))
        some = [chunk[place : place + size] for place in range(0, len(chunk), size)]
        rng.shuffle(some)
        batches += some
    return batches[:most]


def _packed(documents: Iterable[tuple[str, Tokens]], settings: Documents) -> list[list[Tokens]]:
    """One row of documents after each other for a step, filled up to its size in tokens."""
    room = settings.batch_size * settings.max_length
    steps: list[list[Tokens]] = [[]]
    held = 0
    for _, tokens in documents:
        if held + len(tokens.ids) > room:
            if len(steps) == settings.steps:
                break
            steps.append([])
            held = 0
        steps[-1].append(tokens)
        held += len(tokens.ids)
    return steps


def _counted(drawn: Iterable[tuple[str, Tokens]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name, tokens in drawn:
        of = counts.setdefault(name, {"documents": 0, "tokens": 0, "supervised_tokens": 0})
        of["documents"] += 1
        of["tokens"] += len(tokens.ids)
        of["supervised_tokens"] += tokens.supervised
    return counts


def _digest(steps: Sequence[Sequence[Tokens]]) -> str:
    digest = hashlib.sha256()
    for step in steps:
        for tokens in step:
            digest.update(array("i", tokens.ids).tobytes() + b"|")
            digest.update(bytes(tokens.learned))
        digest.update(b"\n")
    return digest.hexdigest()
