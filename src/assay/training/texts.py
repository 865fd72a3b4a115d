"""What the stages `documents` and `sft` read: documents as tokens, in the order of their steps.

Sources are the microcosm's corpus and files of JSON lines. Everything is drawn from a seed, before
training starts, so that a killed run sees the same batches.
"""

import hashlib
import json
import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError

from assay.errors import UserError
from assay.training.settings import Documents, Mixture, Sft
from assay.turns import marked_template

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

AGENTS = "agents"
_BLOCK = 1000  # texts for the tokenizer at a time
_SHORT = 16  # tokens of the shortest documents that packing reckons with
_BUCKET = 16  # batches whose rows are sorted by length together
_OPEN = 32  # packed rows that still wait for a document that fits


@dataclass(frozen=True, slots=True)
class Tokens:
    """One document, or a row of them.

    Attributes:
        learned: The places that the loss looks at.
        starts: Where its documents begin.
    """

    ids: Sequence[int]
    learned: Sequence[int]
    starts: tuple[int, ...] = (0,)

    @property
    def supervised(self) -> int:
        """Tokens that are predicted: the first one of a document never is."""
        return sum(self.learned) - sum(self.learned[start] for start in self.starts)

    def cut(self, supervised: int) -> "Tokens":
        """The beginning of it that holds so many predicted tokens."""
        seen = 0
        for place in range(1, len(self.ids)):
            seen += self.learned[place]
            if seen == supervised:
                return self.shortened(place + 1)
        return self

    def shortened(self, longest: int) -> "Tokens":
        """Its first tokens."""
        if len(self.ids) <= longest:
            return self
        return Tokens(self.ids[:longest], self.learned[:longest])


_Entry = tuple[str, Tokens]  # a document and its source's name


@dataclass(frozen=True)
class Batches:
    """The documents or packed rows of every step, and what they are.

    Attributes:
        sources: Documents and tokens by source, of what the steps hold; `shortened` are documents
            that were longer than allowed.
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
    rng = random.Random(f"documents:{seed}")
    size, longest = settings.batch_size, settings.max_length
    most = min(
        settings.documents,
        settings.steps * size * (longest // _SHORT or 1 if settings.packing else 1),
    )
    sources = [
        _Source(settings.corpus, _main(settings, tokenizer, most, seed), longest),
        *(_Source(part.path, _read(part.path, tokenizer), longest) for part in settings.mixture),
    ]
    drawn = _limited(_mixed(sources, settings.mixture, rng), settings.tokens)
    rows = _packed(drawn, longest) if settings.packing else ([entry] for entry in drawn)
    return _batches(rows, size, settings.steps, settings.tokens, sources, rng)


def conversation_batches(
    settings: Sft, tokenizer: "PreTrainedTokenizerBase", *, seed: int
) -> Batches:
    """The batches of an `sft` stage: what the assistant says is learned, and nothing else.

    Raises:
        UserError: The file is missing or has no column `messages`, or the tokenizer's chat template
            does not mark what the assistant says.
    """
    assert settings.data is not None  # `with_data` has made it
    documents = []
    template = marked_template(tokenizer)
    for number, row in enumerate(_lines(Path(settings.data)), 1):
        where = f"{settings.data}:{number}"
        if not isinstance(row.get("messages"), list):
            raise UserError(f"{where} has no column 'messages'; it has {_have(row)}.")
        documents.append(_conversation(row, tokenizer, template, where))
    if documents and not any(any(one.learned) for one in documents):
        raise UserError(f"In {settings.data} the assistant says nothing that could be learned.")
    steps = settings.steps or max(
        1, round((settings.epochs or 1) * len(documents) / settings.batch_size)
    )
    source = _Source(settings.data, documents, settings.max_length)
    rng = random.Random(f"sft:{seed}")
    drawn = _limited(_mixed([source], (), rng), settings.tokens)
    rows = ([entry] for entry in drawn)
    return _batches(rows, settings.batch_size, steps, settings.tokens, [source], rng)


def _encoded(texts: Sequence[str], tokenizer: Any) -> list[Tokens]:
    """Texts as documents of which everything is learned; chat marks are already in them."""
    found: list[Tokens] = []
    for start in range(0, len(texts), _BLOCK):
        block = tokenizer(texts[start : start + _BLOCK], add_special_tokens=False)
        found += [Tokens(array("i", ids), b"\x01" * len(ids)) for ids in block["input_ids"] if ids]
    return found


class _Source:
    """Documents under a name, drawn again from the start when they run out."""

    def __init__(self, name: str, documents: Sequence[Tokens], longest: int) -> None:
        if not documents:
            raise UserError(f"{name} holds no documents.")
        self.name = name
        self.shortened = sum(len(one.ids) > longest for one in documents)
        self._documents = [one.shortened(longest) for one in documents]

    def endless(self, rng: random.Random) -> Iterator[Tokens]:
        """Documents in an order of chance, each as often as any other, without end."""
        while True:
            order = list(range(len(self._documents)))
            rng.shuffle(order)
            yield from (self._documents[which] for which in reversed(order))


def _main(
    settings: Documents, tokenizer: "PreTrainedTokenizerBase", n: int, seed: int
) -> list[Tokens]:
    if settings.corpus != AGENTS:
        return _read(settings.corpus, tokenizer)[: settings.documents]
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
    return _encoded(texts, tokenizer)


def _rendered(messages: list[dict[str, Any]], tokenizer: Any, tools: Any = None) -> str:
    text = tokenizer.apply_chat_template(messages, tools=tools, tokenize=False)
    return str(text)


def _read(path: str, tokenizer: "PreTrainedTokenizerBase") -> list[Tokens]:
    """Documents of a file: each line's `text` and an end, or its `messages` as rendered."""
    texts = []
    end = str(tokenizer.eos_token or "")
    for number, row in enumerate(_lines(Path(path)), 1):
        if isinstance(row.get("text"), str):
            texts.append(row["text"] + end)
        elif isinstance(row.get("messages"), list):
            with _well_formed(row["messages"], f"{path}:{number}"):
                texts.append(_rendered(row["messages"], tokenizer, row.get("tools")))
        else:
            raise UserError(
                f"{path}:{number} has neither a column 'text' nor 'messages'; it has {_have(row)}."
            )
    return _encoded(texts, tokenizer)


@contextmanager
def _well_formed(messages: list[Any], where: str) -> Iterator[None]:
    """Around a chat template, which skips what is missing or fails in ways of its own."""
    for number, message in enumerate(messages, 1):
        said = message.get("content") if isinstance(message, dict) else None
        if not isinstance(said, str) and not (
            isinstance(message, dict) and "tool_calls" in message
        ):
            raise UserError(f"{where}: message {number} has no text in 'content'.")
    try:
        yield
    except (TemplateError, TypeError, KeyError, ValueError, AttributeError) as error:
        raise UserError(
            f"{where}: the chat template cannot render these messages: {error}."
        ) from error


def _have(row: dict[str, Any]) -> str:
    return ", ".join(sorted(row)) or "nothing"


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


def _conversation(row: dict[str, Any], tokenizer: Any, template: str, where: str) -> Tokens:
    """A conversation with the mask of the chat template's own `generation` marks."""
    with _well_formed(row["messages"], where):
        found = tokenizer.apply_chat_template(
            row["messages"],
            tools=row.get("tools"),
            chat_template=template,
            return_dict=True,
            return_assistant_tokens_mask=True,
        )
    return Tokens(array("i", found["input_ids"]), bytes(found["assistant_masks"]))


def _mixed(
    sources: Sequence[_Source], mixture: Sequence[Mixture], rng: random.Random
) -> Iterator[_Entry]:
    """Documents such that each source has its share of what has been drawn so far, to one."""
    shares = [1 - sum(part.share for part in mixture), *(part.share for part in mixture)]
    by_tokens = bool(mixture) and mixture[0].of == "tokens"
    endless = [source.endless(rng) for source in sources]
    taken = [0] * len(sources)
    while True:
        whole = sum(taken) + 1
        behind = [share * whole - got for share, got in zip(shares, taken, strict=True)]
        chosen = max(range(len(sources)), key=lambda which: behind[which])
        tokens = next(endless[chosen])
        taken[chosen] += len(tokens.ids) if by_tokens else 1
        yield sources[chosen].name, tokens


def _limited(drawn: Iterable[_Entry], most: int | None) -> Iterator[_Entry]:
    """Documents up to exactly so many supervised tokens; the last one is cut."""
    seen = 0
    for name, tokens in drawn:
        if most is not None and seen + tokens.supervised >= most:
            yield name, tokens.cut(most - seen)
            return
        seen += tokens.supervised
        yield name, tokens


def _packed(drawn: Iterator[_Entry], longest: int) -> Iterator[list[_Entry]]:
    """Rows of several documents: each takes the fullest place that has room for it."""
    rows: list[tuple[int, list[_Entry]]] = []  # tokens that fit yet, and what is in
    for entry in drawn:
        size = len(entry[1].ids)
        fits = [which for which, (room, _) in enumerate(rows) if room >= size]
        if fits:
            room, row = rows.pop(min(fits, key=lambda which: rows[which][0]))
        else:
            room, row = longest, []
        rows.append((room - size, [*row, entry]))
        if len(rows) > _OPEN:
            yield rows.pop(min(range(len(rows)), key=lambda which: rows[which][0]))[1]
    yield from (row for _, row in rows)


def _joined(row: Sequence[_Entry]) -> Tokens:
    if len(row) == 1:
        return row[0][1]
    ids = array("i")
    learned = bytearray()
    starts = []
    for _, tokens in row:
        starts.append(len(ids))
        ids.extend(tokens.ids)
        learned.extend(tokens.learned)
    return Tokens(ids, bytes(learned), tuple(starts))


def _batches(
    rows: Iterator[list[_Entry]],
    size: int,
    steps: int,
    budget: int | None,
    sources: Sequence[_Source],
    rng: random.Random,
) -> Batches:
    """The first `steps` batches; where there is a budget of tokens, exactly as many as hold it."""
    taken = list(islice(rows, steps * size))
    counts = {
        source.name: {
            "documents": 0, "tokens": 0, "supervised_tokens": 0, "shortened": source.shortened,
        }
        for source in sources
    }  # fmt: skip
    for name, tokens in (entry for row in taken for entry in row):
        counts[name]["documents"] += 1
        counts[name]["tokens"] += len(tokens.ids)
        counts[name]["supervised_tokens"] += tokens.supervised
    held = sum(count["supervised_tokens"] for count in counts.values())
    if budget is not None and held < budget:
        raise UserError(
            f"{steps} steps of {size} hold {held} supervised tokens, fewer than the {budget} that "
            "'tokens' asks for; allow more steps."
        )
    found = _bucketed([_joined(row) for row in taken], size, rng)
    return Batches(found, counts, _digest(found))


def _bucketed(rows: Sequence[Tokens], size: int, rng: random.Random) -> list[list[Tokens]]:
    """Batches of like length, so that little is padding; their order is random."""
    batches: list[list[Tokens]] = []
    for start in range(0, len(rows), size * _BUCKET):
        chunk = sorted(rows[start : start + size * _BUCKET], key=lambda row: len(row.ids))
        some = [chunk[place : place + size] for place in range(0, len(chunk), size)]
        rng.shuffle(some)
        batches += some
    return batches


def _digest(steps: Sequence[Sequence[Tokens]]) -> str:
    digest = hashlib.sha256()
    for step in steps:
        for tokens in step:
            digest.update(array("i", tokens.ids).tobytes() + b"|")
            digest.update(bytes(tokens.learned))
            if len(tokens.starts) > 1:
                digest.update(array("i", tokens.starts).tobytes())
        digest.update(b"\n")
    return digest.hexdigest()
