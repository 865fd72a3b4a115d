from plumb import stats


def test_threshold_leaves_the_share_above():
    scores = [i / 100 for i in range(100)]
    assert sum(score > stats.threshold_at(scores, 0.05) for score in scores) == 5


def test_auroc():
    assert stats.auroc([2, 3], [0, 1]) == 1
    assert stats.auroc([0, 1], [2, 3]) == 0
    assert stats.auroc([1], [1]) == 0.5
