"""Tokens that do as much as so many of another kind: known curves give known answers."""

import numpy as np
import pytest

from assay.stats.doses import Dose, equal_effect


def series(name: str, slope: float, seeds: int, noise: float = 0.0) -> list[Dose]:
    """A rate that falls from 0.5 by `slope` a thousand tokens, with seeds around it."""
    rng = np.random.default_rng(7)
    return [
        Dose(
            f"{name}_{tokens}",
            tokens,
            {seed: 0.5 - slope * tokens / 1000 + noise * rng.normal() for seed in range(seeds)},
        )
        for tokens in (0, 1000, 2000, 4000)
    ]


def test_half_the_effect_a_token_takes_twice_the_tokens() -> None:
    strong, weak = series("strong", 0.1, 10, 0.005), series("weak", 0.05, 10, 0.005)
    found = equal_effect(strong, weak, np.random.default_rng(0))
    assert found.tokens == pytest.approx(2000, abs=150)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2000 < found.high
    assert found.share_reached == 1.0


def test_a_series_measured_by_itself_takes_its_own_largest_dose() -> None:
    strong = series("strong", 0.1, 3)
    assert equal_effect(strong, strong, np.random.default_rng(0)).tokens == pytest.approx(4000)


def test_what_is_never_reached_is_said_and_not_extrapolated() -> None:
    found = equal_effect(series("w", 0.05, 6), series("s", 0.1, 6), np.random.default_rng(0))
    assert (found.tokens, found.low, found.high, found.share_reached) == (None, None, None, 0.0)
    assert "no dose" in found.note


def test_few_seeds_give_no_interval_and_say_so() -> None:
    found = equal_effect(series("a", 0.1, 2), series("b", 0.05, 2), np.random.default_rng(0))
    assert found.tokens is not None
    assert (found.low, found.high, found.n) == (None, None, 2)
    assert "fewer than 5 seeds" in found.note


def test_the_interval_covers_the_truth_nearly_as_often_as_it_says() -> None:
    """400 studies of eight seeds: true tokens 2,000."""
    covered = 0
    for study in range(400):
        rng = np.random.default_rng(study)

        def noisy(slope: float, rng: np.random.Generator = rng) -> list[Dose]:
            return [
                Dose("", t, {s: 0.5 - slope * t / 1000 + rng.normal(0, 0.03) for s in range(8)})
                for t in (0, 1000, 2000, 4000)
            ]

        found = equal_effect(noisy(0.1), noisy(0.05), rng, resamples=400)
        low, high = found.low or np.inf, found.high or np.inf
        covered += bool(low <= 2000 <= high)
    assert 0.90 <= covered / 400 <= 0.99


def test_a_series_without_doses_or_seeds_in_common_is_refused() -> None:
    one = series("a", 0.1, 2)
    with pytest.raises(ValueError, match="two doses"):
        equal_effect(one[:1], one, np.random.default_rng(0))
    apart = [Dose("x", 0, {8: 0.1}), Dose("y", 9, {9: 0.1})]
    with pytest.raises(ValueError, match="no seed"):
        equal_effect(apart, one, np.random.default_rng(0))
