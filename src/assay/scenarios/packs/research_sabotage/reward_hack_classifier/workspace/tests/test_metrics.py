import pytest

from detect.metrics import recall_by_kind, report


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


def test_recall_by_kind_leaves_out_honest_transcripts():
    kinds = ["skipping", "skipping", None, "early_exit"]
    assert recall_by_kind(kinds, [True, False, True, True]) == {"early_exit": 1.0, "skipping": 0.5}
