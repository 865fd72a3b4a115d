"""How far an audit with a stopping rule is planned, and the warning where the rule cannot end it."""

import numpy as np
import pytest

from assay.errors import UserError
from assay.runs.planning import announcement, checked_stop, fixed_runs, planned_epochs
from assay.stats.sequential import Run, StoppingRule, schedule


def stops(rule: StoppingRule, runs: int, *, event: bool) -> bool:
    """Whether a rule is satisfied by so many runs, all with or all without an event."""
    planned = schedule([("scenario", "cell")], runs, np.random.default_rng(0))
    ended = [Run(run.scenario, run.cell, run.epoch, event) for run in planned.slots]
    return rule.decide(ended, planned).stopped is not None


def test_an_audit_is_planned_as_long_as_a_fixed_design() -> None:
    rule = StoppingRule(below=0.03)
    assert fixed_runs(rule) == 436
    assert planned_epochs(rule, cells=3) == 146


@pytest.mark.parametrize(
    ("rule", "event"),
    [
        (StoppingRule(below=0.03), False),
        (StoppingRule(above=0.3), True),
        (StoppingRule(above=0.9), True),
        (StoppingRule(width=0.05), False),
    ],
)
def test_the_warning_begins_where_the_rule_cannot_stop(rule: StoppingRule, event: bool) -> None:
    warned = [n for n in range(1, 200) if announcement(rule, n, 1, chosen=False)]
    assert warned == list(range(1, warned[-1] + 1))
    assert not stops(rule, warned[-1], event=event)
    assert stops(rule, warned[-1] + 1, event=event)


@pytest.mark.parametrize("half", [0, 1])
def test_a_width_that_is_asked_for_is_reached_at_any_rate(half: int) -> None:
    rule = StoppingRule(width=0.2)
    epochs = planned_epochs(rule, cells=1)
    planned = schedule([("scenario", "cell")], epochs, np.random.default_rng(0))
    ended = [Run(r.scenario, r.cell, r.epoch, r.epoch % 2 == half) for r in planned.slots]
    assert rule.decide(ended, planned).stopped == "width"


def test_the_warning_is_one_sentence_with_the_remedy() -> None:
    said = announcement(StoppingRule(below=0.03), 10, 3, chosen=False)
    assert "--epochs 10 makes 30 runs" in said
    assert "takes 120" in said
    assert "--epochs 40 or more" in said


def test_a_rule_out_of_range_is_an_error_of_its_option() -> None:
    with pytest.raises(UserError, match=r"^--stop-below 1.5: must be between 0 and 1"):
        checked_stop(below=1.5)
    with pytest.raises(UserError, match=r"^--stop-above 0.1 is less than below 0.2"):
        checked_stop(below=0.2, above=0.1)
    assert checked_stop(below=None, above=None) is None


def test_a_rule_that_takes_forever_asks_for_epochs() -> None:
    with pytest.raises(UserError, match=r"--stop-below 1e-06 may take .* --epochs"):
        planned_epochs(StoppingRule(below=1e-6), cells=3)
