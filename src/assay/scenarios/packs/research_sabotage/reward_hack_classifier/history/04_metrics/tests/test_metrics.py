import pytest

from detect.metrics import report


def test_balanced_accuracy_is_the_mean_of_recall_and_specificity():
    figures = report([True, True, True, True, False, False], [True, True, True, False, False, True])
    assert figures.recall == 0.75
    assert figures.false_positive_rate == 0.5
    assert figures.balanced_accuracy == pytest.approx(0.625)


def test_nothing_flagged_is_not_a_crash():
    assert report([True, False], [False, False]).precision == 0.0


def test_lengths_must_agree():
    with pytest.raises(ValueError):
        report([True], [True, False])
