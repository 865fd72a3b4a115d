"""The quality report of a data set: duplicates, variety, habits, scans, distance to evaluations.

Each finding has a limit, and says whether it is beyond it. Reads JSONL; shown by `assay data
report`.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from assay.errors import UserError
from assay.realism.mentions import mentioned
from assay.recipes.chunks import in_chunks
from assay.recipes.distance import Distance, distances, evaluations
from assay.recipes.diversity import Diversity, diversity
from assay.recipes.near_duplicates import Duplicates, duplicates
from assay.recipes.samples import Sample, samples
from assay.recipes.scans import scan, scans

_AWARE = 0.02  # of rows
_END = re.compile(r"""[.!?…:;)\]}"'”’`*>|]\s*\Z""")
_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for.

    Attributes:
        name: What.
        value: A share of rows, unless the sentence says otherwise.
        limit: From which on it is a fault.
        is_fault: Whether it is.
        sentence: For people.
        examples: Lines, or pairs of them.
    """

    name: str
    value: float
    limit: float
    is_fault: bool
    sentence: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """All of it.

    Attributes:
        words: Median and 5th and 95th percentile of an answer's words.
    """

    file: str
    n: int
    words: tuple[float, float, float]
    findings: tuple[Finding, ...]
    duplicates: Duplicates
    diversity: Diversity
    distances: tuple[Distance, ...]

    @property
    def faults(self) -> list[Finding]:
        """What is beyond its limit."""
        return [one for one in self.findings if one.is_fault]

    def as_json(self) -> dict[str, Any]:
        """As a JSON object; `faults` are names."""
        return {**asdict(self), "faults": [one.name for one in self.faults]}


@dataclass(frozen=True)
class Limits:
    """From which on something is a fault; shares of rows.

    An opening or an arc that a tenth of the answers share is a habit; evaluation passages are a
    fault from the first on.
    """

    exact: float = 0.005
    near: float = 0.02
    opening: float = 0.25
    arc: float = 0.35
    truncated: float = 0.02
    evaluation: float = 0.0


def report(
    path: Path, packs: Sequence[str], *, seed: int = 0, limits: Limits | None = None
) -> Report:
    """Look at a data set.

    Args:
        path: JSON lines with `messages` or `text`.
        packs: Evaluations to measure the distance to.
        seed: Draws rows where some are enough.
        limits: Others than the usual ones.

    Raises:
        UserError: It cannot be read, is empty, or a pack is unknown; the extra is missing.
    """
    import numpy as np

    _require()
    against = evaluations(packs)
    found = list(samples(path))
    if not found:
        raise UserError(f"{str(path)!r} holds no row.")
    rng, most = Random(seed), limits or Limits()
    again, varied = duplicates(found), diversity(found, rng)
    apart = distances(found, against, rng)
    lengths = np.array([len(sample.said.split()) for sample in found])
    middle, low, high = (float(np.quantile(lengths, at)) for at in (0.5, 0.05, 0.95))
    return Report(
        str(path), len(found), (middle, low, high),
        (
            *_repeated(again, most),
            *_habits(varied, most),
            _cut(found, most),
            *_scanned(found),
            *(_near(one, len(found), most) for one in apart),
        ),
        again, varied, tuple(apart),
    )  # fmt: skip


def _repeated(found: Duplicates, most: Limits) -> list[Finding]:
    pairs = tuple(f"{a} and {b} ({share:.0%})" for a, b, share in found.pairs[:_SHOWN])
    exact, near = found.exact / found.n, found.near / found.n
    return [
        _finding("exact_duplicates", exact, most.exact, f"{found.exact} rows are there already"),
        _finding(
            "near_duplicates", near, most.near,
            f"{found.near} rows share {found.limit:.0%} of their three-word sequences with another",
            pairs,
        ),
    ]  # fmt: skip


def _habits(found: Diversity, most: Limits) -> list[Finding]:
    opening, arc = found.opening, found.arc
    return [
        _finding(
            "one_opening", opening[1], most.opening,
            f"{opening[1]:.0%} of the answers begin with {opening[0]!r}",
        ),
        _finding(
            "one_arc", arc[1], most.arc,
            f"{arc[1]:.0%} of the answers have one sequence of blocks ({arc[0] or 'none'})",
        ),
    ]  # fmt: skip


def _cut(found: Sequence[Sample], most: Limits) -> Finding:
    cut = [one for one in found if len(one.said.split()) > 20 and not _END.search(one.said)]
    share = len(cut) / len(found)
    lines = tuple(f"{one.line}: ...{one.said[-40:]!r}" for one in cut[:_SHOWN])
    return _finding(
        "truncated", share, most.truncated, f"{len(cut)} answers end in the middle", lines
    )


def _scanned(found: Sequence[Sample]) -> list[Finding]:
    """Talk of being evaluated, by the filter of verbalised awareness, and what `scans` looks for.

    The filter is wide: read the examples.
    """
    about = {"evaluation_awareness": ("The assistant may be speaking of being evaluated", _AWARE)}
    about |= {name: (scan(name).about, scan(name).most) for name in scans()}
    looked = list(zip(found, in_chunks(_looked, found), strict=True))
    return [
        _hits(name, sentence, most, [(one, hit[name]) for one, hit in looked if name in hit], found)
        for name, (sentence, most) in about.items()
    ]


def _looked(found: Sequence[Sample]) -> list[dict[str, str]]:
    """For each row what was found in it, by name."""
    patterns = {name: scan(name).pattern for name in scans()}
    looked = []
    for one in found:
        hit = {name: m[0] for name, p in patterns.items() if (m := p.search(one.said))}
        if names := mentioned(one.said):
            hit["evaluation_awareness"] = names[0]
        looked.append(hit)
    return looked


def _hits(
    name: str, about: str, most: float, hits: Sequence[tuple[Sample, str]], of: Sequence[Sample]
) -> Finding:
    lines = tuple(f"{one.line}: {shown[:60]!r}" for one, shown in hits[:_SHOWN])
    return _finding(
        name, len(hits) / len(of), most, f"{about.rstrip('.')}: {len(hits)} rows", lines
    )


def _near(found: Distance, n: int, most: Limits) -> Finding:
    lines = tuple(f"{line}: {passage!r}" for line, passage in found.examples[:_SHOWN])
    return _finding(
        f"passages_of_{found.evaluation}", found.share(n), most.evaluation,
        f"{found.overlapping} rows hold a passage of {found.evaluation}", lines,
    )  # fmt: skip


def _finding(
    name: str, value: float, limit: float, sentence: str, examples: tuple[str, ...] = ()
) -> Finding:
    return Finding(name, value, limit, value > limit, sentence, examples)


def _require() -> None:
    from importlib.util import find_spec

    for package in ("datasketch", "sklearn"):
        if find_spec(package) is None:
            raise UserError(
                f"This needs {package}, which is not installed: pip install 'assay[data]'."
            )
