"""Can a classifier tell two kinds of transcript apart, and by which features?

A cross-fitted linear discriminant with a permutation test. Everything that does not look at the
sides (scaling, folds) is done once; what does (choosing features, fitting) is done again for every
permutation, so the p-value is exact whatever was chosen. Stands on `stats.discrimination`; feeds
`realism.two_sample`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assay.stats.discrimination import Mask, auc, auc_variance
from assay.stats.estimate import Estimate, Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

type Codes = npt.NDArray[np.intp]

PERMUTATIONS = 499
FOLDS = 5
KEPT = 16  # features that the discriminant of a fold may use
RIDGE = 1.0  # added to their within-side variances, which are about 1
_AT_ONCE = 50  # permutations whose sums are held in memory together
_FEWEST = 4  # clusters, and sessions a side: with fewer there is nothing to fit


@dataclass(frozen=True)
class TwoSample:
    """What a classifier makes of two kinds of transcript.

    `auc` is of scores that were given to transcripts of held-out clusters; 0.5 is chance. Its
    variance is as much larger than that of scores without a classifier as the permutations' is.
    `difference` is each feature's mean on the evaluation side less that on the other, in standard
    deviations; `p_value_each` says whether any feature would differ so much by chance (maxT: one
    chance of a false alarm for all features together). `scores` is None where nothing was fitted.
    """

    auc: Estimate
    p_value: float
    permutations: int
    scores: Floats | None
    difference: Floats
    p_value_each: Floats


def two_sample(
    features_NF: "csr_array | Floats",
    evaluation: Iterable[bool] | Mask,
    cluster: Iterable[object],
    *,
    seed: int = 0,
    permutations: int = PERMUTATIONS,
) -> TwoSample:
    """Test whether the two sides could be draws of one kind.

    Folds keep clusters whole. In each, the features that differ most between the sides of the other
    folds enter a ridge-regularised linear discriminant in closed form. The p-value is the share of
    permutations, the data as they are among them (Phipson and Smyth 2010), whose AUC is as large.
    Sides are permuted within clusters that have both, and between those that have one: what two
    transcripts of a pair share is held fixed.
    Sources: Lopez-Paz and Oquab, ICLR 2017 (classifier two-sample tests); Westfall and Young 1993
    (maxT).

    Raises:
        ValueError: the lengths differ.
    """
    from sklearn.model_selection import GroupKFold

    side_N = np.array([*evaluation], dtype=np.bool_)
    names = list(cluster)
    scaled = _scaled(features_NF)
    if not len(side_N) == len(names) == scaled.shape[0]:
        raise ValueError(
            f"{scaled.shape[0]} rows of features, {len(side_N)} sides and {len(names)} clusters do "
            "not match."
        )
    index: dict[object, int] = {}
    code_N = np.array([index.setdefault(name, len(index)) for name in names], dtype=np.intp)
    few = min(len(index), int(side_N.sum()), int((~side_N).sum()))
    if few < _FEWEST or scaled.shape[1] == 0:
        nothing = np.zeros(scaled.shape[1])
        why = Estimate(None, 0.0, 1.0, len(side_N), "too few transcripts, or all alike")
        return TwoSample(why, 1.0, 0, None, nothing, nothing + 1)

    rng = np.random.default_rng(seed)
    folds = GroupKFold(min(FOLDS, len(index)), shuffle=True, random_state=seed)
    tests = [test for _, test in folds.split(np.zeros(len(side_N)), groups=code_N)]
    fold_N = np.zeros(len(side_N), dtype=np.intp)
    for place, test in enumerate(tests):
        fold_N[test] = place
    swap = _Swapper(side_N, code_N)
    fit = _Folds(scaled, fold_N, len(tests))
    del scaled  # held twice already, by fold and by column
    scores_N1, difference_F1 = fit.scores(side_N[:, None])
    observed, seen_F = _areas(scores_N1, side_N[:, None])[0], np.abs(difference_F1[:, 0])
    drawn_areas, formula = list[float](), list[float]()
    beaten_F = np.ones(len(seen_F))
    for start in range(0, permutations, _AT_ONCE):
        drawn = min(_AT_ONCE, permutations - start)
        side_NB = np.stack([swap(rng) for _ in range(drawn)], axis=1)
        scores_NB, difference_FB = fit.scores(side_NB)
        drawn_areas += _areas(scores_NB, side_NB).tolist()
        if not formula:
            formula = [
                auc_variance(scores_N, own_N, code_N, few)[1]
                for scores_N, own_N in zip(scores_NB.T, side_NB.T, strict=True)
            ]
        largest_B = np.sort(np.abs(difference_FB).max(axis=0))
        beaten_F += drawn - np.searchsorted(largest_B, seen_F - 1e-12)
    beaten = 1 + sum(area >= observed - 1e-12 for area in drawn_areas)
    inflated = float(np.var(drawn_areas)) / max(float(np.mean(formula)), 1e-12)
    return TwoSample(
        auc=auc(scores_N1[:, 0], side_N, code_N, design_effect=max(1.0, inflated)),
        p_value=float(beaten / (permutations + 1)),
        permutations=permutations,
        scores=scores_N1[:, 0],
        difference=difference_F1[:, 0],
        p_value_each=beaten_F / (permutations + 1),
    )


class _Folds:
    """The classifier: features scaled once, sums per fold, and one small system per fold."""

    def __init__(self, scaled: Any, fold_N: Codes, folds: int) -> None:
        self._rows = [np.flatnonzero(fold_N == place) for place in range(folds)]
        self._parts = [scaled[rows].T.tocsr() for rows in self._rows]
        self._total_F = np.asarray(scaled.sum(axis=0)).ravel()
        self._columns = scaled.tocsc()
        self._fold_N = fold_N

    def scores(self, side_NB: Mask) -> tuple[Floats, Floats]:
        """Held-out scores (sessions, sides), and mean differences over all (features, sides)."""
        sums_KFB = [
            part @ side_NB[rows].astype(np.float32)
            for part, rows in zip(self._parts, self._rows, strict=True)
        ]
        whole_FB = sum(sums_KFB)
        found_NB = np.zeros(side_NB.shape)
        for place, rows in enumerate(self._rows):
            train = self._fold_N != place
            rest_FB = self._total_F - np.asarray(self._parts[place].sum(axis=1)).ravel()
            difference_FB = _differences(whole_FB - sums_KFB[place], rest_FB, side_NB[train])
            kept = min(KEPT, len(rest_FB))
            best_KB = np.argpartition(-np.abs(difference_FB), kept - 1, axis=0)[:kept]
            for column in range(side_NB.shape[1]):
                chosen_NK = self._columns[:, best_KB[:, column]].toarray()
                own = side_NB[train, column]
                if own.all() or not own.any():
                    continue  # nothing to fit: all of these stay at 0
                found_NB[rows, column] = _discriminant(chosen_NK[train], own, chosen_NK[rows])
        return found_NB, _differences(whole_FB, self._total_F, side_NB)


class _Swapper:
    """Draws sides that are as likely as the real ones if sides make no difference."""

    def __init__(self, side_N: Mask, code_N: Codes) -> None:
        order = np.argsort(code_N, kind="stable")
        self._order, self._code, self._side = order, code_N[order], side_N[order]
        clusters = int(code_N.max()) + 1
        ones_C = np.bincount(code_N, weights=side_N, minlength=clusters)
        sizes_C = np.bincount(code_N, minlength=clusters)
        self._mixed_C = (ones_C > 0) & (ones_C < sizes_C)
        self._pure_side_C = ones_C == sizes_C

    def __call__(self, rng: np.random.Generator) -> Mask:
        # Within each cluster the sides are put in the order of random numbers.
        shuffled = self._side[np.lexsort((rng.random(len(self._side)), self._code))]
        pure = np.flatnonzero(~self._mixed_C)
        drawn_C = self._pure_side_C.copy()
        drawn_C[pure] = rng.permutation(drawn_C[pure])
        drawn = np.where(self._mixed_C[self._code], shuffled, drawn_C[self._code])
        found = np.empty(len(drawn), dtype=np.bool_)
        found[self._order] = drawn
        return found


def _scaled(features_NF: "csr_array | Floats") -> Any:
    """Columns of unit variance, uncentred so that they stay sparse; constant ones become 0."""
    from scipy.sparse import csr_array

    rows = csr_array(features_NF).astype(np.float32)  # a copy, scaled in place below
    n = max(1, rows.shape[0])
    mean_F, square_F = (
        np.bincount(rows.indices, weights=rows.data**power, minlength=rows.shape[1]) / n
        for power in (1, 2)
    )
    variance_F = square_F - mean_F**2
    some_F = variance_F > 1e-6 * np.maximum(square_F, 1e-12)
    scale_F = np.where(some_F, 1 / np.sqrt(np.where(some_F, variance_F, 1.0)), 0.0)
    rows.data *= scale_F.astype(np.float32)[rows.indices]
    return rows


def _differences(sums_FB: Any, total_F: Floats, side_NB: Mask) -> Floats:
    """Mean of the evaluation side less that of the other, from its sums and those of both."""
    ones_B = side_NB.sum(axis=0)
    zeros_B = len(side_NB) - ones_B
    found: Floats = sums_FB / np.maximum(ones_B, 1) - (total_F[:, None] - sums_FB) / np.maximum(
        zeros_B, 1
    )
    # Sides of unequal size in some permutations only: differences of fewer transcripts vary more.
    return found * np.sqrt(4 * ones_B * zeros_B / len(side_NB) ** 2)


def _discriminant(train_NK: Floats, side_N: Mask, test_NK: Floats) -> Floats:
    """Scores of Fisher's linear discriminant, ridge-regularised; 0 is half way between the sides.

    Its middle does not depend on how many of each side there were, which would otherwise tell of
    the side of those left out.
    """
    from scipy.linalg import solve

    one_K, other_K = train_NK[side_N].mean(axis=0), train_NK[~side_N].mean(axis=0)
    within_NK = train_NK - np.where(side_N[:, None], one_K, other_K)
    within_KK = within_NK.T @ within_NK / max(1, len(side_N) - 2)
    within_KK.flat[:: len(within_KK) + 1] += RIDGE
    weight_K = solve(within_KK, one_K - other_K, assume_a="pos", check_finite=False)
    found: Floats = (test_NK - (one_K + other_K) / 2) @ weight_K
    return found


def _areas(scores_NB: Floats, side_NB: Mask) -> Floats:
    """AUC of each column."""
    from scipy.stats import rankdata

    ones_B = side_NB.sum(axis=0)
    ranks_NB = rankdata(scores_NB, axis=0)
    above_B = (ranks_NB * side_NB).sum(axis=0) - ones_B * (ones_B + 1) / 2
    found: Floats = above_B / (ones_B * (len(side_NB) - ones_B))
    return found
