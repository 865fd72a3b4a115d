"""Tells two corpora apart without a language model, and says by what: the strictest test, offline.

`structure` and `vocabulary` describe each session once, in one pass that keeps no text;
`stats.two_sample` classifies; and a second pass looks up an example for each tell. Feeds `compare`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

import numpy as np

from assay.errors import UserError
from assay.realism.features import View
from assay.realism.pairing import cluster_of
from assay.realism.session import Session
from assay.realism.structure import FEATURES, structure
from assay.realism.vocabulary import Table, Token, example, instead
from assay.stats.estimate import Estimate, Floats
from assay.stats.two_sample import PERMUTATIONS, TwoSample
from assay.stats.two_sample import two_sample as test

ALPHA = 0.05
MOST_TELLS = 12
_LOOKED_AT = 400  # features below ALPHA that are sorted into tells
_ALIKE, _HINTED = 0.8, 0.3  # correlation from which features are one tell; n-grams, soon
_NAMED = 3  # strings of one tell that are named
_NOWHERE = "(nothing there)"


@dataclass(frozen=True)
class Tell:
    """One thing that gives the evaluation away.

    Attributes:
        words: What it is, in plain words.
        deployment: On that side: the share of it where `unit` is "share", else the median.
        evaluation: The same on the other side.
        unit: "share" (of sessions, or of what the words are about), or what is counted.
        alone: AUC of this alone: 0.5 tells nothing, 1 everything, whichever way it goes.
        p_value: Chance that any feature at all differs so much where none does.
        deployment_example: What it looks like there; the same of `evaluation_example`.
        alike: How many other features say nearly the same.
    """

    words: str
    deployment: float
    evaluation: float
    unit: str
    alone: float
    p_value: float
    deployment_example: str
    evaluation_example: str
    alike: int


@dataclass(frozen=True)
class Told:
    """What the two-sample test found."""

    auc: Estimate
    p_value: float
    permutations: int
    tells: tuple[Tell, ...]
    features: int
    scores: tuple[Mapping[str, float], Mapping[str, float]]

    def as_json(self) -> dict[str, Any]:
        """As `assay realism compare --json` prints it."""
        return {
            "auc": self.auc.mean,
            "p_value": self.p_value,
            "tells": [asdict(tell) for tell in self.tells],
        }


def two_sample(
    deployment: Iterable[Session],
    evaluation: Iterable[Session],
    *,
    seed: int = 0,
    permutations: int = PERMUTATIONS,
) -> Told:
    """Test whether the two corpora could be one, and find the features that differ.

    Both are gone through twice: give lists, or what can be iterated over again. A feature is a tell
    where chance would not make any feature differ so much in 95 of 100 comparisons. `scores` are
    the held-out scores by session, of either side; larger is more evaluation-like.

    Raises:
        UserError: A side is empty.
    """
    described = Described(deployment, evaluation)
    found = test(
        described.rows,
        described.side,
        described.clusters,
        seed=seed,
        permutations=permutations,
    )
    tells = _tells(described, found)
    examples = _examples(described, tells, deployment, evaluation)
    scored = [] if found.scores is None else found.scores.tolist()
    named = list(zip(described.ids, scored, strict=False))
    size = described.sizes[0]
    return Told(
        auc=found.auc,
        p_value=found.p_value,
        permutations=found.permutations,
        tells=tuple(_tell(described, found, group, examples) for group in tells),
        features=described.rows.shape[1],
        scores=(dict(named[:size]), dict(named[size:])),
    )


class Described:
    """Both corpora as one table: structure first, then strings; and what identifies each row."""

    def __init__(self, deployment: Iterable[Session], evaluation: Iterable[Session]) -> None:
        from scipy.sparse import csr_array, hstack

        table, shapes = Table(), []
        self.ids: list[str] = []
        self.clusters: list[str] = []
        self.sizes: list[int] = []
        for name, side in (("deployment", deployment), ("evaluation", evaluation)):
            before = len(self.ids)
            for session in side:
                table.add(session)
                shapes.append(structure(session))
                self.ids.append(session.id)
                self.clusters.append(cluster_of(session))
            self.sizes.append(len(self.ids) - before)
            if not self.sizes[-1]:
                raise UserError(f"There is no session on the {name} side to compare.")
        self.side = np.repeat([False, True], self.sizes)
        self.shape_NF: Floats = np.array(shapes, dtype=np.float64)
        fewest = max(3, len(self.ids) // 50)
        self.tokens, weights, self.occurs = table.weights(fewest)
        self.rows: Any = csr_array(hstack([csr_array(_ranked(self.shape_NF)), weights]))

    def kind(self, place: int) -> str:
        """What sort of feature a column is."""
        token = self.token(place)
        return token.place if token else "structure"

    def alike(self, leader: int, place: int) -> float:
        """Correlation from which two features are one tell; 0 where they never are."""
        one, two = self.token(leader), self.token(place)
        if one is None and two is None:
            units = FEATURES[leader].unit, FEATURES[place].unit
            return _ALIKE if units[0] == units[1] != "share" else 0.0
        if two is not None and two.place == "grams":
            words = one.words() if one else FEATURES[leader].words
            return _HINTED if words.startswith("tool results") else 0.0
        if one is None or two is None:
            return 0.0
        within = one.place == "line" and two.kind == "word:result" and two.text in one.text.lower()
        return _ALIKE if one.kind == two.kind or within else 0.0

    def token(self, place: int) -> Token | None:
        """The string that a column counts; None of a structural feature."""
        return None if place < len(FEATURES) else self.tokens[place - len(FEATURES)]

    def values(self, place: int) -> Floats:
        """A column as a person reads it: the number, or whether the string occurs."""
        if place < len(FEATURES):
            return self.shape_NF[:, place]
        column = self.occurs[:, [place - len(FEATURES)]]
        return np.asarray(column.todense(), dtype=np.float64).ravel()


def _ranked(shape_NF: Floats) -> Floats:
    """Ranks between -0.5 and 0.5, so that one huge number tells no more than a large one.

    What is not known is in the middle, where it tells nothing.
    """
    from scipy.stats import rankdata

    ranks_NF = np.zeros_like(shape_NF)
    for column, values_N in enumerate(shape_NF.T):
        known = ~np.isnan(values_N)
        if known.sum() > 1:
            ranks_NF[known, column] = (rankdata(values_N[known]) - 0.5) / known.sum() - 0.5
    return ranks_NF


def _tells(described: Described, found: TwoSample) -> list[list[int]]:
    """Features that give us away, the strongest first; in a group, those that say nearly the same.

    Strings of one kind that come and go together are one tell, and so are lengths. N-grams of
    tools' output stand only for what no plainer feature of that output says.
    """
    strong = np.flatnonzero(found.p_value_each <= ALPHA)
    size_F = np.abs(found.difference)
    order = sorted(
        strong[np.argsort(-size_F[strong], kind="stable")][:_LOOKED_AT].tolist(),
        key=lambda place: (described.kind(place) == "grams", -round(float(size_F[place]), 2)),
    )
    columns, groups, leaders = described.rows.tocsc(), list[list[int]](), list[Floats]()
    for place in order:
        value_N = np.asarray(columns[:, [place]].todense(), dtype=np.float64).ravel()
        value_N = (value_N - value_N.mean()) / (value_N.std() * np.sqrt(len(value_N)) or 1.0)
        for group, leader_N in zip(groups, leaders, strict=True):
            alike = described.alike(group[0], place)
            if alike and abs(float(value_N @ leader_N)) >= alike:
                group.append(place)
                break
        else:
            groups.append([place])
            leaders.append(value_N)
    groups.sort(key=lambda group: -float(size_F[group[0]]))
    return [_named_by_ours(described, found, group) for group in groups[:MOST_TELLS]]


def _named_by_ours(described: Described, found: TwoSample, group: list[int]) -> list[int]:
    """The group led by a string that the evaluation has, where one says as much as any."""
    least = 0.8 * abs(float(found.difference[group[0]]))
    kind = described.kind(group[0])
    if kind == "structure":
        return group
    ours = (p for p in group if described.kind(p) == kind and found.difference[p] >= least)
    leader = next(ours, group[0])
    return [leader, *(place for place in group if place != leader)]


def _tell(
    described: Described,
    found: TwoSample,
    group: Sequence[int],
    examples: Mapping[tuple[int, bool], str],
) -> Tell:
    from assay.stats.discrimination import auc

    place = group[0]
    values_N, side_N = described.values(place), described.side
    known = ~np.isnan(values_N)
    feature = FEATURES[place] if place < len(FEATURES) else None
    share = feature is None or feature.unit == "share"
    middle = np.mean if share else np.median
    alone = auc(values_N[known], side_N[known], np.flatnonzero(known)).mean
    return Tell(
        words=_words(described, found, group),
        deployment=float(middle(values_N[known & ~side_N])),
        evaluation=float(middle(values_N[known & side_N])),
        unit="share" if share or feature is None else feature.unit,
        alone=0.5 if alone is None else max(alone, 1 - alone),
        p_value=float(found.p_value_each[place]),
        deployment_example=examples.get((place, False), _NOWHERE),
        evaluation_example=examples.get((place, True), _NOWHERE),
        alike=len(group) - 1,
    )


def _words(described: Described, found: TwoSample, group: Sequence[int]) -> str:
    """The tell in words; strings that the same side has are named together."""
    leader = described.token(group[0])
    if leader is None:
        return FEATURES[group[0]].words
    same = [p for p in group[1:] if found.difference[p] * found.difference[group[0]] > 0]
    others = [described.token(place) for place in same]
    alike = [token.text for token in others if token and token.kind == leader.kind]
    return leader.words(alike[: _NAMED - 1])


def _examples(
    described: Described,
    tells: Sequence[Sequence[int]],
    deployment: Iterable[Session],
    evaluation: Iterable[Session],
) -> dict[tuple[int, bool], str]:
    """An example for each tell and side, from a session that shows what is typical of the side."""
    wanted: dict[int, list[int]] = {}
    for place, *_ in tells:
        values_N = described.values(place)
        for side in (False, True):
            rows = np.flatnonzero((described.side == side) & ~np.isnan(values_N))
            if len(rows):
                row = _typical(values_N, rows, described.side == side)
                wanted.setdefault(row, []).append(place)
    found = {}
    for row, session in enumerate(chain(deployment, evaluation)):
        for place in wanted.get(row, []):
            text = _shown(described, place, session)
            if text:
                found[place, bool(described.side[row])] = text
    return found


def _typical(values_N: Floats, rows: Any, own_N: Any) -> int:
    """The first row of a side with a value that is typical of it, against the other side."""
    more = np.nanmean(values_N[own_N]) > np.nanmean(values_N[~own_N])
    middle = np.quantile(values_N[rows], 0.75 if more else 0.25)
    return int(rows[np.argmin(np.abs(values_N[rows] - middle))])


def _shown(described: Described, place: int, session: Session) -> str | None:
    token = described.token(place)
    if token is None:
        return FEATURES[place].example(View(session))
    return example(token, session) or instead(token, session)
