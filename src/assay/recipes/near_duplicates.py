"""Exact and near duplicates of a data set, by MinHash (datasketch) and the overlap itself."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.recipes.chunks import in_chunks
from assay.recipes.samples import Sample, words

if TYPE_CHECKING:
    from datasketch import LeanMinHash

_SHINGLE = 3  # words
_PERMUTATIONS = 64
_SEEN_FROM = 0.6  # of the overlap at which a pair begins to be looked at; the limit is above it


@dataclass(frozen=True)
class Duplicates:
    """What comes again.

    Attributes:
        exact: Rows that are the same as an earlier one, case and white space apart.
        near: Rows that are no such ones, and share with an earlier one at least `limit` of the
            three-word sequences that either has.
        pairs: The closest near ones: earlier line, later line, share.
    """

    n: int
    exact: int
    near: int
    limit: float
    pairs: tuple[tuple[int, int, float], ...]


def duplicates(found: Sequence[Sample], *, limit: float = 0.7, shown: int = 5) -> Duplicates:
    """Look for rows that are there already; every row is compared with what stands before it.

    Args:
        found: All rows; memory is about 1 kB for each of them beside the texts.
        limit: Smallest Jaccard index of a near duplicate.
        shown: Pairs to give.
    """
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=_SEEN_FROM, num_perm=_PERMUTATIONS)
    first: set[bytes] = set()
    exact = near = 0
    pairs: list[tuple[int, int, float]] = []
    for place, (digest, sketch) in enumerate(in_chunks(_sketched, found)):
        if digest in first:
            exact += 1
            continue
        first.add(digest)
        closest, others = 0.0, index.query(sketch)
        shingles = _shingles(words(found[place].text)) if others else set()
        for other in others:
            earlier = _shingles(words(found[other].text))
            share = len(shingles & earlier) / len(shingles | earlier)
            if share > closest:
                closest, partner = share, other
        if closest >= limit:
            near += 1
            pairs.append((found[partner].line, found[place].line, round(closest, 3)))
        index.insert(place, sketch, check_duplication=False)
    pairs.sort(key=lambda pair: -pair[2])
    return Duplicates(len(found), exact, near, limit, tuple(pairs[:shown]))


def _sketched(found: Sequence[Sample]) -> list[tuple[bytes, "LeanMinHash"]]:
    """Digest of its words and MinHash of its shingles, for each row."""
    from datasketch import LeanMinHash, MinHash

    empty = MinHash(_PERMUTATIONS, hashfunc=zlib.crc32)
    sketched = []
    for sample in found:
        tokens, sketch = words(sample.text), empty.copy()
        sketch.update_batch([*_shingles(tokens)])
        digest = hashlib.sha256(" ".join(tokens).encode()).digest()
        sketched.append((digest, LeanMinHash(sketch)))
    return sketched


def _shingles(tokens: Sequence[str]) -> set[bytes]:
    if len(tokens) < _SHINGLE:
        return {" ".join(tokens).encode()}
    return {
        " ".join(tokens[start : start + _SHINGLE]).encode()
        for start in range(len(tokens) - _SHINGLE + 1)
    }
