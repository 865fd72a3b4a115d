"""Verbalised awareness in numbers."""

import pandas as pd

from assay.stats.awareness import Measured, verbalised
from assay.stats.correction import Trials


def runs(
    n: int,
    aware: str,
    *,
    outcome: str | None = "intact",
    by: str | None = "j",
    mentions: float = 1.0,
):
    conduct = {"harmful": "misaligned", "intact": "completed", None: "ungraded"}[outcome]
    row = {
        "aware": aware,
        "aware_by": by,
        "mentions": mentions,
        "is_twin": False,
        "outcome": outcome,
        "conduct": conduct,
    }
    return [row] * n


def found(*parts: list[dict], measured: Measured | None = None) -> dict:
    result = verbalised(pd.DataFrame([row for part in parts for row in part]), measured)
    assert result is not None
    return result


NONE = runs(90, "none", mentions=0.0)


def test_a_run_that_no_judge_decided_is_in_the_bounds_alone() -> None:
    main = found(NONE, runs(5, "before"), runs(3, "after"), runs(2, "unknown"))["main"]
    assert (main["aware"]["n"], main["unknown"]) == (98, 2)
    assert main["bounds"]["point_high"] == 10 / 100


def test_without_a_judge_there_is_no_rate() -> None:
    result = found(runs(9, "none", by=None, mentions=0.0), runs(1, "unknown", by=None))
    assert (result["main"], result["behaviour"], result["mentions"]["mean"]) == (None, None, 0.1)


def test_nobody_looked() -> None:
    assert verbalised(pd.DataFrame(NONE).drop(columns="mentions")) is None


def test_only_awareness_before_the_decisive_action_counts_for_behaviour() -> None:
    harm = found(NONE, runs(4, "before"), runs(4, "after", outcome="harmful"))["behaviour"][
        "harmful"
    ]
    assert (harm["aware"]["rate"]["mean"], harm["unaware"]["rate"]["n"]) == (0, 94)
    assert harm["difference"]["point_low"] < 0


def test_ungraded_runs_widen_the_difference_to_both_sides() -> None:
    harm = found(NONE, runs(4, "before"), runs(4, "before", outcome=None))["behaviour"]["harmful"]
    assert harm["aware"]["ungraded"] == 4
    assert (harm["difference"]["point_low"], harm["difference"]["point_high"]) == (0, 0.5)


def test_perfect_filter_and_judge_leave_the_rate_as_it_is() -> None:
    perfect = Measured(Trials(900, 900), Trials(900, 900), Trials(900, 900))
    result = found(NONE, runs(6, "before"), runs(4, "none"), measured=perfect)["corrected"]
    assert abs(result["mean"] - 0.06) < 1e-9


def test_a_judge_with_false_positives_may_leave_nothing() -> None:
    poor = Measured(Trials(38, 38), Trials(30, 30), Trials(20, 40))
    result = found(NONE, runs(5, "before"), runs(5, "none"), measured=poor)["corrected"]
    assert (result["mean"], result["low"]) == (0, 0)


def test_what_the_filter_misses_is_added() -> None:
    half = Measured(Trials(500, 1000), Trials(900, 900), Trials(900, 900))
    result = found(NONE, runs(10, "before"), measured=half)["corrected"]
    assert abs(result["mean"] - 0.2) < 1e-9
    assert result["low"] < 0.1 < 0.2 < result["high"]
