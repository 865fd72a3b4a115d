import pytest

from lathe import filters, groups, kl, reward


def test_the_highest_flag_that_stands():
    flags = [{"severity": 1}, {"severity": 3, "dismissed": "ines"}, {"severity": 2}]
    assert reward.severity(flags) == 2
    assert reward.severity([]) == 0


@pytest.mark.parametrize(("level", "expected"), [(0, 0.9), (1, 0.6), (2, -0.1), (3, -1.5)])
def test_value(level, expected):
    assert reward.value(0.9, "end", level) == pytest.approx(expected)


def test_running_into_the_limit_is_no_success():
    assert reward.value(0.9, "length", 0) == 0.0


def test_length_costs_beyond_the_budget():
    settings = {"length_budget": 20, "length_cost": 0.4}
    assert reward.length_cost(20, settings) == 0
    assert reward.length_cost(30, settings) == pytest.approx(0.2)


def test_advantages_sum_to_nothing():
    found = groups.advantages([1.0, 0.0, 0.5])
    assert sum(found) == pytest.approx(0)
    assert groups.advantages([0.3, 0.3]) == [0, 0]


def test_sent_again_replaces():
    [kept] = filters.latest([{"id": "a", "task": 0}, {"id": "a", "task": 1}])
    assert kept["task"] == 1


def test_likelier_than_the_reference_costs():
    assert kl.cost(-0.2, -1.2, 0.1) == pytest.approx(0.1)
