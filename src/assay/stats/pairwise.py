"""Which of two transcripts is the more evaluation-like: win rate, order bias, cycles, strengths.

Every comparison is asked in both orders. A pair of which one order has no answer says nothing of
the two transcripts that an order bias could not say too, so it is left out, and counted by who asks
(`realism.discriminator`). Stands on `stats.discrimination`; feeds `realism`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assay.stats.discrimination import korn_graubard
from assay.stats.estimate import CONFIDENCE, Estimate, rate

type More = Literal["first", "second", "tie"]


@dataclass(frozen=True)
class Choice:
    """One comparison: the two transcripts in the order shown, and which is more evaluation-like.

    `more` is None where there was no valid answer.
    """

    first: str
    second: str
    more: More | None


@dataclass(frozen=True)
class Cycles:
    """Triples in which every comparison was decided, and those of them that run in a circle.

    Of answers by coin, one triple in four is a cycle. `share` is None in its mean without triples.
    """

    cycles: int
    triples: int
    share: Estimate


@dataclass(frozen=True)
class Strengths:
    """Bradley and Terry's strengths: how evaluation-like each transcript is, in logits, mean 0.

    `pieces` is into how many parts the comparisons fall; strengths of different parts cannot be
    compared.
    """

    strength: Mapping[str, float]
    pieces: int


def win_rate(
    choices: Sequence[Choice],
    evaluation: Collection[str],
    pair: Mapping[str, object],
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Realism win rate: how often the evaluation is *not* the more evaluation-like; a tie is half.

    0.5 is as good as real, 0 is always found out. `n` counts comparisons of an evaluation with a
    deployment transcript that were answered in both orders; `pair` of the evaluation clusters them.
    Clopper-Pearson with the comparisons counted as what they are worth, as `clusters.clustered`.
    """
    won = [
        (pair[one if one in evaluation else other], _credit(one, other, answers, evaluation))
        for (one, other), answers in both_orders(choices).items()
        if (one in evaluation) != (other in evaluation)
    ]
    return _share(won, "win rate", confidence)


def order_bias(
    choices: Sequence[Choice], pair: Mapping[str, object], *, confidence: float = CONFIDENCE
) -> Estimate:
    """How much more than half of the time the transcript shown first is named; a tie is half.

    0 is no bias, 0.5 is always the first, -0.5 always the second. Counts comparisons as `win_rate`.
    """
    named = [
        (pair[one], sum(_ahead(answer) for answer in answers) / 2)
        for (one, _), answers in both_orders(choices).items()
    ]
    found = _share(named, "share of the first, less a half", confidence)
    mean = None if found.mean is None else found.mean - 0.5
    return Estimate(
        mean,
        found.low - 0.5,
        found.high - 0.5,
        found.n,
        found.method,
        assumptions=found.assumptions,
    )


def cycles(choices: Sequence[Choice]) -> Cycles:
    """Count intransitive triples: A above B, B above C, C above A, over both orders together."""
    verdicts = both_orders(choices)
    names = sorted({name for names in verdicts for name in names})
    index = {name: place for place, name in enumerate(names)}
    above_II = np.zeros((len(names), len(names)))
    for (one, other), (forth, back) in verdicts.items():
        lead = _ahead(forth) - _ahead(back)  # of `one`, which is shown first and then second
        if lead:
            winner, loser = (one, other) if lead > 0 else (other, one)
            above_II[index[winner], index[loser]] = 1
    decided_II = above_II + above_II.T
    circles = round(float(np.einsum("ij,ji->", above_II @ above_II, above_II)) / 3)
    triples = round(float(np.einsum("ij,ji->", decided_II @ decided_II, decided_II)) / 6)
    return Cycles(circles, triples, rate([True] * circles + [False] * (triples - circles)))


def strengths(choices: Sequence[Choice], *, smoothing: float = 0.05) -> Strengths | None:
    """Bradley-Terry over all comparisons, both orders; a tie is half a win for each.

    None where no transcript was compared with two others: pairs alone give no scale. `smoothing`
    keeps a transcript that always wins finite. choix computes it (Maystre and Grossglauser 2015).
    """
    verdicts = both_orders(choices)
    names = sorted({name for names in verdicts for name in names})
    if 2 * len(verdicts) <= len(names):
        return None

    from choix import ilsr_pairwise
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    index = {name: place for place, name in enumerate(names)}
    wins = []
    for (one, other), answers in verdicts.items():
        for lead in (2 * _ahead(answers[0]), 2 - 2 * _ahead(answers[1])):
            wins += [(index[one], index[other])] * round(lead)
            wins += [(index[other], index[one])] * round(2 - lead)
    found = ilsr_pairwise(len(names), wins, alpha=smoothing)
    rows, columns = zip(*wins, strict=True)
    graph = coo_array((np.ones(len(wins)), (rows, columns)), shape=(len(names), len(names)))
    pieces, _ = connected_components(graph, directed=False)
    return Strengths(dict(zip(names, found.tolist(), strict=True)), int(pieces))


def both_orders(choices: Sequence[Choice]) -> dict[tuple[str, str], tuple[More, More]]:
    """Comparisons that were answered in both orders: as (one, other), and then the other way."""
    given = {(c.first, c.second): c.more for c in choices if c.more is not None}
    found: dict[tuple[str, str], tuple[More, More]] = {}
    for (one, other), answer in given.items():
        back = given.get((other, one))
        if back is not None and (other, one) not in found:
            found[one, other] = (answer, back)
    return found


def _ahead(answer: More) -> float:
    """What the transcript shown first gets of one answer."""
    return {"first": 1.0, "tie": 0.5, "second": 0.0}[answer]


def _credit(one: str, other: str, answers: tuple[More, More], evaluation: Collection[str]) -> float:
    """How often, over both orders, the deployment transcript was named."""
    lead = (_ahead(answers[0]) + 1 - _ahead(answers[1])) / 2
    return lead if other in evaluation else 1 - lead


def _share(values: Sequence[tuple[object, float]], name: str, confidence: float) -> Estimate:
    sums: dict[object, list[float]] = {}
    for cluster, value in values:
        sums.setdefault(cluster, []).append(value)
    sums_C = np.array([sum(own) for own in sums.values()])
    counts_C = np.array([len(own) for own in sums.values()], dtype=np.float64)
    return korn_graubard(sums_C, counts_C, len(sums), name, confidence)
