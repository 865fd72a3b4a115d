import pytest

from plumb import stats


def test_threshold_leaves_the_share_above():
    scores = [i / 100 for i in range(100)]
    assert sum(score > stats.threshold_at(scores, 0.05) for score in scores) == 5


def test_auroc():
    assert stats.auroc([2, 3], [0, 1]) == 1
    assert stats.auroc([0, 1], [2, 3]) == 0
    assert stats.auroc([1], [1]) == 0.5


def test_a_reading():
    assert stats.activation({"w": [1.0, -2.0], "b": 0.5}, {"act": [1.0, 0.25]}) == pytest.approx(1.0)


def test_above():
    assert stats.above([1, 2, 3, 4], 2) == 0.5
    assert stats.above([], 2) == 0
