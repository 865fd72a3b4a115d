import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from assay.stats.agreement import (
    SPLIT,
    agreement,
    confusion,
    kappa,
    krippendorff,
    over_trajectories,
)


def test_sixteen_of_sixteen_proves_83_percent():
    assert agreement(16, 16).low == pytest.approx(0.83, abs=0.005)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bound_is_the_one_sided_clopper_pearson_limit(case):
    agree, n = case
    expected = proportion_confint(agree, n, alpha=0.1, method="beta")[0]
    assert agreement(agree, n).low == pytest.approx(expected, abs=1e-9)


def test_a_script_replayed_forty_times_is_one_trajectory():
    found = over_trajectories(["blunt"] * 40 + ["subtle"] * 40, [True] * 80)
    assert (found.agree, found.n) == (2, 2)
    assert found.low == pytest.approx(0.05**0.5)


def test_one_disagreeing_replay_makes_the_trajectory_disagree():
    assert over_trajectories(["blunt"] * 3, [True, False, True]).agree == 0


def test_no_controls_prove_nothing():
    found = agreement(0, 0)
    assert (found.share, found.low) == (None, 0.0)
    with pytest.raises(ValueError, match="cannot agree"):
        agreement(3, 2)


def test_confusion_counts_scripts_once_and_split_verdicts_as_split():
    found = confusion(
        ["a", "a", "b", "b", "c", "d", "e"],
        ["sabotage"] * 4 + ["honest", "honest", "sabotage"],
        ["sabotage", "sabotage", "sabotage", "honest", "honest", "sabotage", None],
    )
    honest, sabotage = found
    assert (honest.truth, dict(honest.said)) == ("honest", {"honest": 1, "sabotage": 1})
    assert dict(sabotage.said) == {"sabotage": 1, SPLIT: 1}
    assert (sabotage.agreement.agree, sabotage.agreement.n) == (1, 2)


def test_a_trajectory_has_one_truth_and_no_verdict_is_no_disagreement():
    with pytest.raises(ValueError, match="both 'x' and 'y'"):
        confusion(["a", "a"], ["x", "y"], ["x", "x"])
    assert confusion([], [], []) == ()
    assert confusion(["a"], ["x"], [None])[0].agreement.share is None


def raters(table):
    pairs = [
        (str(i), str(j)) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def test_kappa_agrees_with_fleiss_and_with_statsmodels():
    """The diagnoses of Fleiss, Statistical Methods for Rates and Proportions: kappa 0.68."""
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    found, theirs = kappa(*raters(table)), cohens_kappa(np.array(table))
    assert found.mean == pytest.approx(0.68, abs=0.005)
    assert found.mean == pytest.approx(theirs.kappa)
    assert found.low <= theirs.kappa_low + 1e-12
    assert found.high >= theirs.kappa_upp - 1e-12
    assert found.n == 100


def test_perfect_agreement_on_few_units_proves_little():
    found = kappa(*raters([[4, 0], [0, 4]]))
    assert found.mean == found.high == 1
    assert 0 < found.low < 0.4


labels = st.sampled_from(["x", "y", "z", None])


@settings(deadline=None)
@given(st.lists(st.tuples(labels, labels), max_size=30), st.randoms(use_true_random=False))
def test_kappa_holds_its_point_and_does_not_depend_on_names_order_or_sides(units, random):
    found = kappa([a for a, _ in units], [b for _, b in units])
    assert -1 <= found.low <= (found.mean or 0.0) <= found.high <= 1
    names = {"x": "zz", "y": "aa", "z": "mm", None: None}
    random.shuffle(units)
    again = kappa([names[b] for _, b in units], [names[a] for a, _ in units])
    assert (again.mean is None) == (found.mean is None)
    assert (again.low, again.high) == pytest.approx((found.low, found.high))


def test_kappa_of_nothing_and_of_one_label_is_undefined_and_says_why():
    assert "no unit was rated by both" in kappa([None], ["x"]).method
    assert kappa(["x"] * 9, ["x"] * 9).mean is None
    with pytest.raises(ValueError, match="shorter"):
        kappa(["x"], [])


FOUR_CODERS = """1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 ."""


def test_alpha_agrees_with_krippendorffs_own_example():
    """Krippendorff 2011, "Computing Krippendorff's alpha-reliability", section C: 0.743."""
    coders = [[None if v == "." else v for v in row.split()] for row in FOUR_CODERS.split("\n")]
    units = list(zip(*coders, strict=True))
    found = krippendorff(units, np.random.default_rng(0))
    assert found.mean == pytest.approx(0.743, abs=5e-4)
    assert found.n == 11
    assert found.low < 0.743 < found.high


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(labels, labels, labels), max_size=25), st.randoms(use_true_random=False))
def test_alpha_holds_its_point_and_does_not_depend_on_order_or_raters(units, random):
    found = krippendorff(units, np.random.default_rng(0), resamples=200)
    assert -1 <= found.low <= (found.mean or 0.0) <= found.high <= 1
    turned = [unit[::-1] for unit in units]
    random.shuffle(turned)
    assert krippendorff(turned, np.random.default_rng(0), resamples=200) == found


def test_alpha_shrinks_with_units_and_perfect_agreement_keeps_its_width():
    def width(units):
        found = krippendorff(units, np.random.default_rng(0), resamples=1000)
        return found.high - found.low

    mixed = [("x", "x")] * 8 + [("y", "y")] * 8 + [("x", "y")] * 4
    assert width(mixed * 5) < width(mixed)
    perfect = [("x", "x")] * 8 + [("y", "y")] * 8
    assert 0 < width(perfect * 5) < width(perfect)


def test_alpha_of_nothing_and_of_one_label_is_undefined_and_says_why():
    rng = np.random.default_rng(0)
    assert "no unit has two ratings" in krippendorff([], rng).method
    assert "no unit has two ratings" in krippendorff([("x", None)] * 5, rng).method
    assert "every rating is the same label" in krippendorff([("x", "x")] * 5, rng).method
    assert krippendorff([("x", "y")], rng).low == -1
