"""Which strings a transcript holds: words by speaker, tools' output, tool names, argument keys.

Strings are counted by their hash, and what is kept of a session is some bytes for each, so that
memory grows little with the corpus. Feeds `two_sample`, beside `structure`.
"""

import json
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt

from assay.realism.features import shown
from assay.realism.session import Session

if TYPE_CHECKING:
    from scipy.sparse import csr_array

type Family = Literal["user", "system", "assistant", "arguments", "result"]

_BLOCK = {"tool": 0, "keys": 0, "id": 0, "line": 0, "word": 1, "grams": 2}  # of 0, only whether
_BLOCKS = 3
_AT_ONCE = 1 << 20
_MOST = 3_000_000  # entries of the whole table: some 1,400 sessions' worth
_MET = 1 << 24
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_DIGIT = re.compile(r"\d")
_RANDOM = re.compile(r"(?=[A-Za-z]*\d)[0-9A-Za-z]+|[0-9A-Za-z]{12,}")  # parts of ids
_GRAMS = 12_000  # characters of tools' output that a session's n-grams are of
_ENDS = 300  # of each result: its beginning and its end
_LONGEST_LINE = 60
_SPEAKERS = {
    "user": "the user says",
    "system": "the system prompt says",
    "assistant": "the assistant says",
    "arguments": "calls contain",
    "result": "tool results contain",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A string, and the kind of place in which it was found."""

    kind: str
    text: str

    @property
    def place(self) -> str:
        """The sort of string: tool, keys, id, line, word or grams."""
        return self.kind.partition(":")[0]

    @property
    def speaker(self) -> str:
        """Of a word, who says it."""
        return self.kind.partition(":")[2]

    def words(self, others: Sequence[str] = ()) -> str:
        """What it is, in words: "tool results contain the word 'foo'"; with others like it."""
        quoted = " and ".join(shown(text) for text in (self.text, *others))
        s = "s" if others else ""
        return {
            "word": f"{_SPEAKERS.get(self.speaker, self.speaker)} the word{s} {quoted}",
            "line": f"tool results contain the line{s} {quoted}",
            "grams": f"tool results contain the characters {quoted}",
            "tool": f"there {'are tools' if s else 'is a tool'} called {quoted}",
            "keys": f"calls are written {quoted}",
            "id": f"ids of calls look like {quoted} (<n>: n letters and digits)",
        }[self.place]


class Table:
    """Counts of strings, session by session: some bytes for each string of a session, and no texts.

    A string is named once it was seen twice, so that strings of one session alone take no room.
    """

    def __init__(self) -> None:
        self._names: dict[int, Token] = {}
        self._met = bytearray(_MET)
        self._columns, self._counts = array("I"), array("H")
        self._starts = array("q", [0])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, session: Session) -> None:
        """Count one session's strings."""
        for kind, counter in counted(session).items():
            for text, count in counter.items():
                column = crc32(f"{kind}\0{text}".encode("utf-8", "replace"))
                if not self._met[column % _MET]:
                    self._met[column % _MET] = 1
                elif column not in self._names:
                    self._names[column] = Token(kind, text)
                self._columns.append(column)
                self._counts.append(min(count, 65_535))
        self._starts.append(len(self._columns))

    def weights(self, fewest: int) -> "tuple[list[Token], csr_array, csr_array]":
        """Strings of at least `fewest` sessions but not of all; their weights; where they occur.

        Weights of words and of n-grams are TF-IDF with damped counts, each session's of length 1;
        all others are 1 where the string occurs.
        """
        from scipy.sparse import csr_array, hstack
        from sklearn.feature_extraction.text import TfidfTransformer

        columns = np.asarray(self._columns, dtype=np.uint32)
        met, often = np.unique(columns, return_counts=True)
        some = (often >= fewest) & (often < len(self))
        wanted = self._within(met[some].tolist(), often[some].tolist())
        # Strings of one kind stand together, so that each kind is a block of columns.
        tokens = sorted(
            ((self._names[column], column) for column in wanted),
            key=lambda each: (_BLOCK[each[0].place], each[1]),
        )
        counts = self._matrix(columns, np.array([column for _, column in tokens], dtype=np.uint32))
        occurs = csr_array(
            (np.ones(counts.nnz, dtype=np.bool_), counts.indices, counts.indptr), counts.shape
        )
        sizes = np.bincount([_BLOCK[token.place] for token, _ in tokens], minlength=_BLOCKS)
        ends = np.cumsum(sizes).tolist()
        blocks = []
        for block, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            if start == end:
                continue
            if block:  # words, n-grams
                part = TfidfTransformer(sublinear_tf=True).fit_transform(counts[:, start:end])
                blocks.append(csr_array(part))
            else:
                blocks.append(csr_array(occurs[:, start:end].astype(np.float32)))
        weights = csr_array(hstack(blocks)) if blocks else csr_array(counts.shape)
        return [token for token, _ in tokens], weights, occurs

    def _within(self, columns: list[int], often: list[int]) -> list[int]:
        """The columns that are used: of very many sessions without the commonest n-grams.

        These stand for what no plainer feature says, and take most of the room.
        """
        named = [(c, n) for c, n in zip(columns, often, strict=True) if c in self._names]
        room = _MOST - sum(n for c, n in named if self._names[c].place != "grams")
        kept = [c for c, _ in named if self._names[c].place != "grams"]
        for column, count in sorted(named, key=lambda each: each[1]):
            if self._names[column].place == "grams" and (room := room - count) >= 0:
                kept.append(column)
        return kept

    def _matrix(self, columns: npt.NDArray[np.uint32], kept: npt.NDArray[np.uint32]) -> Any:
        """Counts of the kept strings by session. Built in pieces, and small types: it is large."""
        from scipy.sparse import csr_array

        order = np.argsort(kept).astype(np.int32)
        ordered = kept[order]
        counts = np.asarray(self._counts, dtype=np.uint16)
        places, values, flags = [], [], [np.zeros(1, dtype=np.bool_)]
        for start in range(0, len(columns), _AT_ONCE):
            piece = columns[start : start + _AT_ONCE]
            found = np.minimum(np.searchsorted(ordered, piece), max(0, len(kept) - 1))
            here = ordered[found] == piece if len(kept) else np.zeros(len(piece), dtype=np.bool_)
            places.append(order[found[here]] if len(kept) else found[:0].astype(np.int32))
            values.append(counts[start : start + _AT_ONCE][here].astype(np.float32))
            flags.append(here)
        before = np.cumsum(np.concatenate(flags), dtype=np.int32)
        starts = before[np.array(self._starts)]
        shape = (len(self), len(kept))
        rows = csr_array((np.concatenate(values), np.concatenate(places), starts), shape=shape)
        del places, values, flags, before
        rows.sum_duplicates()  # two strings may have one hash
        return rows


def counted(session: Session) -> dict[str, Counter[str]]:
    """The strings of one session by the kind of place."""
    found: dict[str, Counter[str]] = {}
    for family, text in texts(session):
        words = found.setdefault(f"word:{family}", Counter())
        words.update(_WORD.findall(text.lower()))
    lines, grams, room = Counter[str](), Counter[str](), _GRAMS
    for turn in session.turns:
        if turn.role != "tool":
            continue
        shape = _DIGIT.sub("0", turn.text)
        lines.update({line for line in shape.splitlines() if 1 < len(line) <= _LONGEST_LINE})
        for part in _ends(shape):
            part = part[:room]
            room -= len(part)
            for size in (3, 4):
                grams.update(part[at : at + size] for at in range(len(part) - size + 1))
    found |= {"line": lines, "grams": grams}
    tools, keys, ids = Counter(session.tools), Counter[str](), Counter[str]()
    for turn in session.turns:
        for call in turn.calls:
            tools[call.tool] += 1
            keys[f"{call.tool}({', '.join(call.arguments)})"] += 1
            if call.id:
                ids[_RANDOM.sub(lambda found: f"<{len(found.group())}>", call.id)] += 1
    return found | {"tool": tools, "keys": keys, "id": ids}


def texts(session: Session) -> Iterator[tuple[Family, str]]:
    """What is said and returned in a session, piece by piece, with who or what it comes from."""
    for turn in session.turns:
        if turn.role == "tool":
            yield "result", turn.text
            continue
        yield turn.role, turn.text
        if turn.reasoning:
            yield "assistant", turn.reasoning
        for call in turn.calls:
            yield "arguments", " ".join(_flat(call.arguments))


def example(token: Token, session: Session) -> str | None:
    """The string where it stands in a session; None where it does not."""
    place = token.place
    if place in ("tool", "keys", "id"):
        return shown(token.text) if token.text in counted(session)[place] else None
    family = token.speaker or "result"
    for own, text in texts(session):
        if own != family:
            continue
        flat = text.lower() if place == "word" else _DIGIT.sub("0", text)
        at = _find(flat, token.text, whole=place == "word")
        if at >= 0:
            start = max(0, at - 24)
            return shown(text[start : start + 64 + len(token.text) // 2])
    return None


def instead(token: Token, session: Session) -> str | None:
    """What a session has in such a place, where it lacks the string."""
    place = token.place
    if place in ("tool", "keys", "id"):
        found = counted(session)[place]
        return shown(", ".join(name for name, _ in found.most_common(3))) if found else None
    family = token.speaker or "result"
    text = next((text for own, text in texts(session) if own == family and text.strip()), None)
    return None if text is None else shown(text, end=place != "word")


def _find(text: str, wanted: str, *, whole: bool) -> int:
    if not whole:
        return text.find(wanted)
    places = (match.start() for match in _WORD.finditer(text) if match.group() == wanted)
    return next(places, -1)


def _ends(text: str) -> Iterator[str]:
    if len(text) <= 2 * _ENDS:
        yield text
    else:
        yield text[:_ENDS]
        yield text[-_ENDS:]


def _flat(value: Any) -> Iterator[str]:
    """The texts in arguments, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _flat(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _flat(part)
    elif value is not None:
        yield json.dumps(value, default=str)
