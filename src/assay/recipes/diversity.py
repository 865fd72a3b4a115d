"""How varied a data set is, and the habits that give a single author away."""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from assay.recipes.samples import Sample, words

_SOME = 2_000  # rows that are looked at for what grows with the square, or with memory
_OPENING = 3  # words
_MARKS: Mapping[str, re.Pattern[str]] = {
    "dashes": re.compile(r"—|\s–\s"),
    "bold": re.compile(r"\*\*\S"),
    "bullets": re.compile(r"^\s*(?:[-*•]|\d+\.)\s", re.MULTILINE),
    "headings": re.compile(r"^#{1,4} \S", re.MULTILINE),
    "not_but": re.compile(r"\b(?:is|are|was|it's|isn't|not) (?:just|only|merely)\b", re.IGNORECASE),
    "question at the end": re.compile(r"\?\s*\Z"),
    "exclamation": re.compile(r"!"),
}


@dataclass(frozen=True)
class Diversity:
    """Figures of variety.

    Attributes:
        distinct_1, distinct_2: Different words and pairs of words over all of them.
        compression: How often the text is longer than its compressed form; 2 to 3.5 in prose.
        vendi: Effective number of different rows among `looked_at` of them, by TF-IDF cosine: the
            exponential of the entropy of the kernel's eigenvalues (arXiv 2210.02410).
        opening: Share of answers with the most frequent first words, and those words.
        arc: Share of answers with the most frequent sequence of blocks (paragraph, list, code,
            heading; by size), and that sequence; only answers of three blocks or more.
        habits: Share of answers with each mark.
    """

    distinct_1: float
    distinct_2: float
    compression: float
    vendi: float
    looked_at: int
    opening: tuple[str, float]
    arc: tuple[str, float]
    habits: Mapping[str, float]


def diversity(found: Sequence[Sample], rng: Random) -> Diversity:
    """Measure a data set; the costly figures on some of its rows.

    Args:
        found: At least one row.
        rng: Draws those.
    """
    some = list(found) if len(found) <= _SOME else rng.sample(list(found), _SOME)
    tokens = [words(sample.said) for sample in some]
    ones = [word for each in tokens for word in each]
    twos = [pair for each in tokens for pair in pairwise(each)]
    texts = "\n".join(sample.said for sample in some).encode()
    return Diversity(
        distinct_1=_distinct(ones),
        distinct_2=_distinct(twos),
        compression=len(texts) / max(len(zlib.compress(texts, 6)), 1),
        vendi=_vendi([sample.said for sample in some]),
        looked_at=len(some),
        opening=_most([_opening(sample.said) for sample in found]),
        arc=_most([arc for sample in found if (arc := _arc(sample.said))], of=len(found)),
        habits={name: _share(found, mark.search) for name, mark in _MARKS.items()},
    )


def _distinct(found: Sequence[object]) -> float:
    return len({*found}) / len(found) if found else 0.0


def _opening(text: str) -> str:
    return " ".join(words(text[:200])[:_OPENING])


def _arc(text: str) -> str:
    """Blocks of a text in order: p and P for short and long paragraphs, l, c, h."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    if len(blocks) < 3:
        return ""
    return "".join(_block(block) for block in blocks)


def _block(text: str) -> str:
    if text.startswith("```"):
        return "c"
    if text.startswith("#"):
        return "h"
    if _MARKS["bullets"].match(text):
        return "l"
    return "P" if len(text) > 300 else "p"


def _most(found: Sequence[str], of: int | None = None) -> tuple[str, float]:
    """The most frequent one, and its share."""
    if not found:
        return "", 0.0
    value, count = Counter(found).most_common(1)[0]
    return value, count / (of or len(found))


def _share(found: Sequence[Sample], search: Callable[[str], object]) -> float:
    return sum(bool(search(sample.said)) for sample in found) / len(found)


def _vendi(texts: Sequence[str]) -> float:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        rows = TfidfVectorizer(sublinear_tf=True, min_df=1).fit_transform(texts)
    except ValueError:  # not one word
        return 1.0
    kernel = np.asarray((rows @ rows.T).todense()) / len(texts)
    values = np.linalg.eigvalsh(kernel)
    values = values[values > 1e-12]
    return float(np.exp(-(values * np.log(values)).sum()))
