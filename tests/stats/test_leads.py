"""A lead is the area between two curves, paired by seed, whatever the spacing of the steps."""

import numpy as np
import pandas as pd
import pytest

from assay.stats.leads import lead


def table(curves: dict[tuple[str, int], dict[int, float]]) -> pd.DataFrame:
    """Values as `endpoint_values` gives them, of one metric."""
    return pd.DataFrame(
        [
            {"arm": arm, "seed": seed, "step": step, "metric": "misalignment_score", "value": value}
            for (arm, seed), curve in curves.items()
            for step, value in curve.items()
        ]
    )


def test_over_training_is_the_area_between_the_curves_by_its_length() -> None:
    steps = (0, 10, 15, 40)
    curves = {
        ("one", seed): {step: 0.4 - 0.005 * step + 0.01 * seed for step in steps} for seed in (0, 1)
    }
    curves |= {("two", seed): dict.fromkeys(steps, 0.1 + 0.01 * seed) for seed in (0, 1)}
    found = lead(table(curves), "one", "two", "misalignment_score")
    assert found is not None
    area = np.trapezoid([0.3 - 0.005 * step for step in steps], steps) / 40
    assert found.over_training.mean == pytest.approx(area)
    assert found.over_training.n == 2
    assert [found.steps[step].mean for step in steps] == pytest.approx([0.3, 0.25, 0.225, 0.1])


def test_only_steps_and_seeds_of_both_count() -> None:
    curves = {("one", 0): {0: 0.4, 5: 0.9, 10: 0.2}, ("one", 1): {0: 0.3, 10: 0.3}}
    curves |= {("two", 0): {0: 0.1, 10: 0.1}, ("two", 2): {0: 0.1, 10: 0.1}}
    found = lead(table(curves), "one", "two", "misalignment_score")
    assert found is not None
    assert (found.over_training.n, [*found.steps]) == (1, [0, 10])
    assert found.over_training.mean == pytest.approx(0.2)


def test_arms_that_were_assessed_once_have_no_lead() -> None:
    curves = {("one", 0): {0: 0.4}, ("two", 0): {0: 0.1}}
    assert lead(table(curves), "one", "two", "misalignment_score") is None
    assert lead(table(curves), "one", "nobody", "misalignment_score") is None
