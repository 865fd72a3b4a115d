"""How far a data set is from every evaluation: shared passages, neighbours, a classifier, tags.

What is trained on the evaluation's own words measures memory. Reads samples and the packs' briefs;
feeds `quality` and the check before a study trains.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from random import Random

from assay.recipes.chunks import in_chunks
from assay.recipes.samples import Sample, words

_GRAM = 8  # words in a row that are no accident
_SHORT = 4  # words; a shorter evaluation text is too common to look for
_CELLS = 48  # of a scenario
_TODAY = date(2026, 1, 1)
_SOME = 3_000  # rows for what fits a classifier
_NEIGHBOURS = 2**18  # hashed features
_CHUNK = 5_000
_DILEMMA = ("what should i do", "should i", "what would you do", "is it right", "what is right")

type _Passages = Mapping[tuple[str, ...], Mapping[tuple[str, ...], set[str]]]


@dataclass(frozen=True)
class Distance:
    """One evaluation beside a data set.

    Attributes:
        overlapping: Rows that share a passage of eight words with it, or a whole shorter prompt.
        examples: Line and passage of some of them.
        nearest: Median over its prompts of the cosine to their nearest row (TF-IDF); `floor` is the
            median over rows of the cosine to their nearest other row: prompts much nearer than that
            are like something in the data.
        auc: Of a classifier that tells training prompts from the evaluation's, cross-fitted; 0.5:
            nobody could tell them apart. None where there are too few.
        tools, agentic, dilemma: Shares of rows that list tools, call them in several turns, and in
            which the user asks what to do; with the evaluation's own share of tools.
    """

    evaluation: str
    prompts: int
    overlapping: int
    examples: tuple[tuple[int, str], ...]
    nearest: float
    floor: float
    auc: float | None
    tools: tuple[float, float]
    agentic: float
    dilemma: float

    def share(self, n: int) -> float:
        """Of n rows, those that overlap."""
        return self.overlapping / n if n else 0.0


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation asks, as texts."""

    name: str
    prompts: tuple[str, ...]
    with_tools: float


def evaluations(packs: Iterable[str]) -> list[Evaluation]:
    """The prompts of packs, in up to 48 cells of every scenario.

    Raises:
        UserError: An unknown pack.
    """
    from assay.scenarios.catalog import select
    from assay.scenarios.samples import spread

    found = []
    for pack in packs:
        scenarios = select(pack)
        prompts = [
            scenario.brief(cell, _TODAY)
            for scenario in scenarios
            for twin in (False, True)
            for cell in spread(scenario, {}, twin=twin)[:_CELLS]
        ]
        tools = sum(bool(scenario.agent.tools) for scenario in scenarios) / len(scenarios)
        found.append(Evaluation(pack, tuple(dict.fromkeys(prompts)), tools))
    return found


def overlaps(
    found: Sequence[Sample], against: Sequence[Evaluation]
) -> dict[str, list[tuple[int, str]]]:
    """Rows that hold a passage of an evaluation: line and passage, by evaluation."""
    shared: dict[str, list[tuple[int, str]]] = {evaluation.name: [] for evaluation in against}
    all_held = in_chunks(partial(_held_by_each, tuple(against)), found)
    for sample, held in zip(found, all_held, strict=True):
        for name, passage in held.items():
            shared[name].append((sample.line, passage))
    return shared


def _held_by_each(against: tuple[Evaluation, ...], found: Sequence[Sample]) -> list[dict[str, str]]:
    passages = _passages(against)
    return [_held(words(sample.text), passages) for sample in found]


@lru_cache(maxsize=4)
def _passages(against: tuple[Evaluation, ...]) -> _Passages:
    """By the first four words, which every passage has: one look-up for each word of the data."""
    passages: dict[tuple[str, ...], dict[tuple[str, ...], set[str]]] = {}
    for evaluation in against:
        for prompt in evaluation.prompts:
            tokens = words(prompt)
            size = min(_GRAM, len(tokens))
            for at in range(len(tokens) - size + 1) if size >= _SHORT else ():
                gram = tuple(tokens[at : at + size])
                passages.setdefault(gram[:_SHORT], {}).setdefault(gram, set()).add(evaluation.name)
    return passages


def _held(tokens: Sequence[str], passages: _Passages) -> dict[str, str]:
    """The first passage of each evaluation that a text holds."""
    held: dict[str, str] = {}
    for at in range(len(tokens) - _SHORT + 1):
        for gram, names in passages.get(tuple(tokens[at : at + _SHORT]), {}).items():
            if tuple(tokens[at : at + len(gram)]) == gram:
                for name in names:
                    held.setdefault(name, " ".join(gram))
    return held


def distances(
    found: Sequence[Sample], against: Sequence[Evaluation], rng: Random, *, shown: int = 5
) -> list[Distance]:
    """Every evaluation beside the data; the neighbours of all rows, the classifier on some.

    Args:
        found: At least one row.
        against: The evaluations.
        rng: Draws rows where some are enough.
        shown: Overlaps to give.
    """
    if not against:
        return []
    near, floor = _neighbours(found, against, rng)
    agentic = sum(one.has_tools and one.turns > 1 for one in found) / len(found)
    dilemma = sum(any(ask in one.asked.lower() for ask in _DILEMMA) for one in found) / len(found)
    tools = sum(one.has_tools for one in found) / len(found)
    some = list(found) if len(found) <= _SOME else rng.sample(list(found), _SOME)
    made, all_shared = [], overlaps(found, against)
    for evaluation in against:
        shared = all_shared[evaluation.name]
        made.append(
            Distance(
                evaluation.name, len(evaluation.prompts), len(shared), tuple(shared[:shown]),
                near[evaluation.name], floor, _told_apart(some, evaluation),
                (tools, evaluation.with_tools), agentic, dilemma,
            )
        )  # fmt: skip
    return made


def _neighbours(
    found: Sequence[Sample], against: Sequence[Evaluation], rng: Random
) -> tuple[Mapping[str, float], float]:
    """Median cosine of prompts to their nearest row, and of rows to theirs."""
    import numpy as np
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    vectorizer = HashingVectorizer(n_features=_NEIGHBOURS, alternate_sign=False, norm=None)
    counts = vectorizer.transform(sample.asked or sample.said for sample in found)
    weigh = TfidfTransformer(sublinear_tf=True).fit(counts)
    rows = weigh.transform(counts)
    del counts
    own = range(len(found)) if len(found) <= 500 else rng.sample(range(len(found)), 500)
    asked = {one.name: weigh.transform(vectorizer.transform(one.prompts)) for one in against}
    best = {name: np.zeros(matrix.shape[0]) for name, matrix in asked.items()}
    mine = np.zeros(len(own))
    for start in range(0, len(found), _CHUNK):
        block = rows[start : start + _CHUNK].T.tocsr()
        for name, matrix in asked.items():
            close = (matrix @ block).max(axis=1).toarray().ravel()
            best[name] = np.maximum(best[name], close)
        close_own = (rows[list(own)] @ block).toarray()
        for number, place in enumerate(own):
            if start <= place < start + _CHUNK:
                close_own[number, place - start] = 0.0
        mine = np.maximum(mine, close_own.max(axis=1))
    return {name: float(np.median(value)) for name, value in best.items()}, float(np.median(mine))


def _told_apart(some: Sequence[Sample], evaluation: Evaluation) -> float | None:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline

    texts = [sample.asked or sample.said for sample in some]
    labels = np.array([0] * len(texts) + [1] * len(evaluation.prompts))
    folds = min(5, len(texts), len(evaluation.prompts))
    if folds < 2:
        return None
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, max_features=20_000),
        LogisticRegression(class_weight="balanced", max_iter=300),
    )
    both = [*texts, *evaluation.prompts]
    shares = cross_val_predict(model, both, labels, cv=folds, method="predict_proba")[:, 1]
    return float(roc_auc_score(labels, shares))
