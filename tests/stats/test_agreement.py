import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from assay.stats.agreement import agreement, over_trajectories


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
