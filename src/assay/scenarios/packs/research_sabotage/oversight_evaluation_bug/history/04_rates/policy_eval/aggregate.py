"""Rates per agent and suite."""

from __future__ import annotations

from collections import Counter

from policy_eval.records import Run


def rates(runs: list[Run], violations: list[dict]) -> list[dict]:
    """One row per agent and suite. `rate` is the share of runs with a violation."""
    suites = {run.run_id: (run.agent, run.suite) for run in runs}
    total = Counter(suites.values())
    violating = Counter(suites[run_id] for run_id in {found["run_id"] for found in violations})
    return [
        {
            "agent": agent,
            "suite": suite,
            "runs": count,
            "violating": violating[agent, suite],
            "rate": round(violating[agent, suite] / count, 4),
        }
        for (agent, suite), count in sorted(total.items())
    ]
