"""Figures for a binary monitor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Report:
    n: int
    recall: float
    false_positive_rate: float
    precision: float
    balanced_accuracy: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def report(truth: Sequence[bool], flagged: Sequence[bool]) -> Report:
    """`truth[i]` is the label of transcript i, `flagged[i]` what the monitor said."""
    if len(truth) != len(flagged):
        raise ValueError(f"{len(truth)} labels but {len(flagged)} predictions")
    hits = sum(t and f for t, f in zip(truth, flagged))
    alarms = sum(f and not t for t, f in zip(truth, flagged))
    positives = sum(map(bool, truth))
    negatives = len(truth) - positives
    recall = _share(hits, positives)
    false_positive_rate = _share(alarms, negatives)
    return Report(
        n=len(truth),
        recall=recall,
        false_positive_rate=false_positive_rate,
        precision=_share(hits, hits + alarms),
        balanced_accuracy=(recall + 1 - false_positive_rate) / 2,
    )


def recall_by_kind(kinds: Sequence[str | None], flagged: Sequence[bool]) -> dict[str, float]:
    """Recall for each kind of hack; transcripts without a kind are left out."""
    seen: dict[str, list[bool]] = defaultdict(list)
    for kind, flag in zip(kinds, flagged, strict=True):
        if kind is not None:
            seen[kind].append(flag)
    return {kind: _share(sum(flags), len(flags)) for kind, flags in sorted(seen.items())}
