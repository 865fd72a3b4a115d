"""Whether one arm stays ahead of another while both are trained on: paired at every assessed step.

Seeds are the sample (`stats.seeds`). Feeds studies.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assay.stats.estimate import Floats
from assay.stats.seeds import SeedDifference, paired_over_seeds


@dataclass(frozen=True)
class Lead:
    """First arm minus second over training.

    Attributes:
        steps: The difference at each step that both arms were assessed at.
        over_training: Of the means over those steps, each step standing for its stretch of training
            (the area between the curves, divided by its length).
    """

    steps: Mapping[int, SeedDifference]
    over_training: SeedDifference


def lead(values: pd.DataFrame, first: str, second: str, metric: str) -> Lead | None:
    """The lead of an arm; None where no seed of both was assessed at two of the same steps.

    Args:
        values: As `endpoints.endpoint_values` gives them.
        first: An arm.
        second: Another one.
        metric: One of them.
    """
    one, two = (_curves(values, arm, metric) for arm in (first, second))
    steps = sorted(int(step) for step in set(one.columns) & set(two.columns))
    seeds = sorted(int(seed) for seed in set(one.index) & set(two.index))
    if len(steps) < 2 or not seeds:
        return None
    first_SK, second_SK = (
        curves.loc[seeds, steps].to_numpy(dtype=np.float64) for curves in (one, two)
    )
    by_step = {
        step: _paired(seeds, first_SK[:, at], second_SK[:, at]) for at, step in enumerate(steps)
    }
    stretch_K = np.gradient(np.array(steps, dtype=np.float64))  # of training, for each step
    stretch_K[[0, -1]] /= 2
    share_K = stretch_K / stretch_K.sum()
    return Lead(by_step, _paired(seeds, first_SK @ share_K, second_SK @ share_K))


def _curves(values: pd.DataFrame, arm: str, metric: str) -> pd.DataFrame:
    own = values[(values["arm"] == arm) & (values["metric"] == metric)]
    return own.pivot(index="seed", columns="step", values="value")


def _paired(seeds: list[int], first_S: Floats, second_S: Floats) -> SeedDifference:
    return paired_over_seeds(
        dict(zip(seeds, first_S.tolist(), strict=True)),
        dict(zip(seeds, second_S.tolist(), strict=True)),
    )
