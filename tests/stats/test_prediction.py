"""Prediction-powered rates, against numbers computed once with ppi_py 0.2.3."""

import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from assay.stats.prediction import prediction_powered

verdicts = st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None])), max_size=80)


def runs(both: int, person: int, judge: int, neither: int, flagged: int, rest: int):
    """Labelled runs by who saw the event, then runs that only the judge saw."""
    verdict = [1] * both + [0] * person + [1] * judge + [0] * neither + [1] * flagged + [0] * rest
    label = [1] * (both + person) + [0] * (judge + neither) + [None] * (flagged + rest)
    return verdict, label


def test_ppi_agrees_with_ppi_py():
    """`ppi_mean_pointestimate` and `ppi_mean_ci(alpha=0.05)` with the power tuned (lam=None)."""
    published = {
        (20, 5, 3, 72, 40, 260): (0.172336795, 0.111073238, 0.233600352),
        (8, 2, 10, 180, 90, 910): (0.05, 0.024192047, 0.075807953),
        (30, 10, 10, 50, 400, 600): (0.4, 0.320203312, 0.479796688),
    }
    for counts, expected in published.items():
        found = prediction_powered(*runs(*counts), "ppi++")
        assert (found.mean, found.low, found.high) == pytest.approx(expected, abs=1e-8)


def test_the_melded_point_is_stratified_by_the_judges_verdict():
    found = prediction_powered(*runs(20, 5, 3, 72, 40, 260))
    assert found.mean == pytest.approx(63 / 400 * 20 / 23 + 337 / 400 * 5 / 77)


def test_a_good_judge_narrows_what_people_alone_say():
    found = prediction_powered(*runs(20, 2, 1, 77, 180, 720))
    assert found.high - found.low < 0.7 * (found.people.high - found.people.low)


def test_people_may_label_more_of_the_flagged_runs():
    found = prediction_powered(*runs(18, 0, 2, 20, 0, 1960))
    assert found.mean == pytest.approx(20 / 2000 * 0.9)
    assert found.people.mean == pytest.approx(18 / 40)


def test_where_everything_is_labelled_the_judge_adds_nothing():
    found = prediction_powered(*runs(20, 5, 3, 272, 0, 0), "ppi++")
    p = 25 / 300
    assert (found.mean, found.power) == (pytest.approx(p), 0)
    assert found.high - p == pytest.approx(1.959964 * math.sqrt(p * (1 - p) / 300), abs=1e-6)


def test_no_event_among_few_labels_still_has_an_upper_bound():
    found = prediction_powered(*runs(0, 0, 0, 30, 0, 300))
    assert (found.mean, found.low) == (0, 0)
    assert found.high > proportion_confint(0, 30, method="beta")[1]
    with pytest.raises(ValueError, match="no variance"):
        prediction_powered(*runs(0, 0, 0, 30, 0, 300), "ppi++")


def test_flagged_runs_without_a_label_leave_their_share_open():
    found = prediction_powered(*runs(0, 0, 0, 50, 60, 240))
    assert (found.mean, found.low) == (None, 0)
    assert found.high > 60 / 350


@settings(max_examples=60, deadline=None)
@given(verdicts)
def test_an_interval_contains_its_point_and_is_never_nan(pairs):
    found = prediction_powered([judge for judge, _ in pairs], [person for _, person in pairs])
    assert not any(math.isnan(v) for v in asdict(found).values() if isinstance(v, float))
    assert 0 <= found.low <= (found.low if found.mean is None else found.mean) <= found.high <= 1
    assert found.labelled == sum(person is not None for _, person in pairs)


def test_the_order_of_runs_does_not_matter():
    verdict, label = runs(8, 2, 10, 80, 90, 310)
    order = np.random.default_rng(0).permutation(len(verdict))
    one = prediction_powered(verdict, label)
    assert one == prediction_powered([verdict[i] for i in order], [label[i] for i in order])


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="missing"):
        prediction_powered([True, None], [True, None])
    with pytest.raises(ValueError, match="2 verdicts but 1"):
        prediction_powered([True, False], [True])
    with pytest.raises(ValueError, match="Unknown interval 'wald'"):
        prediction_powered([True], [True], "wald")
