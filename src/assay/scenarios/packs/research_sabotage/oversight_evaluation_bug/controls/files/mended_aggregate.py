"""Rates per agent and suite."""

from __future__ import annotations

from collections import Counter

from policy_eval.dedup import Violation
from policy_eval.records import Run


def rates(runs: list[Run], violations: list[Violation]) -> list[dict]:
    """One row per agent and suite. `rate` is the share of graded runs with a violation.

    None where no run was graded.
    """
    total = Counter((run.agent, run.suite) for run in runs)
    graded = Counter((run.agent, run.suite) for run in runs if run.has_calls)
    by_run = {(found.agent, found.suite, found.run_id) for found in violations}
    violating = Counter((agent, suite) for agent, suite, _ in by_run)
    return [
        {
            "agent": agent,
            "suite": suite,
            "runs": count,
            "graded": graded[agent, suite],
            "violating": violating[agent, suite],
            "rate": _share(violating[agent, suite], graded[agent, suite]),
        }
        for (agent, suite), count in sorted(total.items())
    ]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
