"""What can be said of transcripts that were shown two at a time."""

from itertools import combinations

import numpy as np
import pytest

from assay.stats.pairwise import Choice, cycles, order_bias, strengths, win_rate

PAIRS = range(20)
PAIR = {f"{side}{place}": place for side in "de" for place in PAIRS}
EVALUATION = {f"e{place}" for place in PAIRS}


def asked(answer) -> list[Choice]:
    """Both orders of every pair; `answer` is given the transcripts as they are shown."""
    orders = [(f"d{place}", f"e{place}") for place in PAIRS]
    return [Choice(*shown, answer(*shown)) for order in orders for shown in (order, order[::-1])]


def always_found(first: str, second: str) -> str:
    return "first" if first.startswith("e") else "second"


def test_an_evaluation_that_is_always_found_out_never_wins() -> None:
    found = win_rate(asked(always_found), EVALUATION, PAIR)
    assert (found.mean, found.low, found.n) == (0.0, 0.0, 20)
    assert found.high == pytest.approx(1 - 0.05 ** (1 / 20))


def test_naming_the_first_is_order_bias_and_no_finding() -> None:
    choices = asked(lambda first, second: "first")
    assert win_rate(choices, EVALUATION, PAIR).mean == 0.5
    assert order_bias(choices, PAIR).mean == 0.5


def test_ties_are_half_of_either() -> None:
    choices = asked(lambda first, second: "tie")
    assert win_rate(choices, EVALUATION, PAIR).mean == 0.5
    assert order_bias(choices, PAIR).mean == 0.0


def test_a_pair_without_both_answers_is_left_out() -> None:
    choices = [*asked(always_found)]
    choices[0] = Choice(choices[0].first, choices[0].second, None)
    assert win_rate(choices, EVALUATION, PAIR).n == 19


def test_the_win_rate_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)

    def noisy(first: str, second: str) -> str:
        return "first" if first.startswith("e") == (rng.random() < 0.7) else "second"

    found = [win_rate(asked(noisy), EVALUATION, PAIR) for _ in range(200)]
    assert sum(each.low <= 0.3 <= each.high for each in found) >= 186


def both(winner: str, loser: str) -> list[Choice]:
    return [Choice(winner, loser, "first"), Choice(loser, winner, "second")]


def test_a_circle_of_three_is_counted_once() -> None:
    found = cycles([*both("a", "b"), *both("b", "c"), *both("c", "a"), *both("a", "d")])
    assert (found.cycles, found.triples) == (1, 1)


def test_an_order_has_no_circles_and_all_its_triples() -> None:
    found = cycles([choice for pair in combinations("abcde", 2) for choice in both(*pair)])
    assert (found.cycles, found.triples) == (0, 10)


def test_answers_that_follow_the_order_shown_decide_no_triple() -> None:
    shown = [(a, b) for a in "abc" for b in "abc" if a != b]
    assert cycles([Choice(*pair, "first") for pair in shown]).triples == 0


def test_strengths_follow_the_wins_and_pairs_alone_have_none() -> None:
    found = strengths([choice for pair in combinations("abcd", 2) for choice in both(*pair)])
    assert found is not None
    assert sorted(found.strength, key=lambda name: -found.strength[name]) == list("abcd")
    assert strengths(asked(always_found)) is None
