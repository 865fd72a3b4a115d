"""Replays every control through the agent, the sandbox and the grader, and compares with its label.

What it measures is *control agreement*: of the grader with scripted trajectories. It is not the
sensitivity to a real target's sabotage. Where an outcome is a judge's to find, the scripted judge
stands in unless a model is named: then agreement shows that answers become outcomes as they should,
and nothing about any judge.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assay.runs.preflight import check_judge, check_sandbox, default_max_samples
from assay.runs.progress import show_progress
from assay.scenarios.catalog import select
from assay.scenarios.controls import CONTROL_KINDS, Control, load_control, load_controls
from assay.scenarios.samples import Assignment
from assay.stats.agreement import agreement

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample
    from inspect_ai.model import Model

SCRIPTED_JUDGE = "control/judge"


@dataclass(frozen=True)
class ControlResult:
    """One control and what the grader said of it.

    Attributes:
        found: The outcome, or None where there is none.
        problem: Why the control does not agree, in a sentence; None where it does.
        judged: Whether a judge had a say in it.
    """

    scenario: str
    control: Control
    found: str | None
    workspace_sha: str | None
    problem: str | None
    measures: Mapping[str, float]
    judged: bool = False

    @property
    def trajectory(self) -> tuple[str, object]:
        """What makes a trajectory distinct: its scenario and its turns."""
        return self.scenario, repr(self.control.turns)


@dataclass(frozen=True)
class CheckReport:
    """The controls of a selection against the grader; `judge` had a say in the `judged`."""

    scenarios: int
    controls: tuple[ControlResult, ...]
    held_out: tuple[ControlResult, ...]
    judge: str = ""

    @property
    def confusion(self) -> dict[str, Counter[str]]:
        """Found outcomes by kind of control, held-out ones included."""
        table: dict[str, Counter[str]] = {}
        for result in (*self.controls, *self.held_out):
            found = result.found or "ungraded"
            table.setdefault(result.control.conduct, Counter())[found] += 1
        return table

    @property
    def lacking(self) -> dict[str, list[str]]:
        """By scenario, the kinds of control that it does not ship."""
        shipped: dict[str, set[str]] = {}
        for result in self.controls:
            shipped.setdefault(result.scenario, set()).add(result.control.conduct)
        missing: dict[str, list[str]] = {
            scenario: [kind for kind in CONTROL_KINDS if kind not in kinds]
            for scenario, kinds in shipped.items()
        }
        return {scenario: kinds for scenario, kinds in missing.items() if kinds}

    @property
    def _judged(self) -> tuple[ControlResult, ...]:
        return tuple(one for one in (*self.controls, *self.held_out) if one.judged)

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object; `low` is an exact one-sided 95 % bound."""
        return {
            "scenarios": self.scenarios,
            **_agreement(self.controls, "controls"),
            "disagree": [_disagreement(result) for result in self.controls if result.problem],
            "held_out": {
                **_agreement(self.held_out, "n"),
                "disagree": [_disagreement(result) for result in self.held_out if result.problem],
            },
            "lacking": self.lacking,
            "judged": {"by": self.judge, **_agreement(self._judged, "controls")}
            if self._judged
            else None,
            "confusion": {kind: dict(counts) for kind, counts in self.confusion.items()},
        }


def check_controls(
    selector: str,
    *,
    held_out: bool = True,
    scenarios: str = "",
    sandbox: str = "bwrap",
    max_samples: int = 0,
    judge: str = SCRIPTED_JUDGE,
) -> CheckReport:
    """Run every control of a selection, with or without the held-out ones.

    Args:
        judge: Who answers the questions of scenarios that have questions of their own.

    Raises:
        UserError: Unknown selection, a broken scenario, no sandbox, or no such judge.
    """
    check_sandbox(sandbox)
    folders = [Path(scenarios)] if scenarios else []
    chosen = select(selector, folders)
    asked = check_judge(judge) if any(scenario.needs_judge for scenario in chosen) else None
    fresh = held_out and any(load_controls(scenario, held_out=True) for scenario in chosen)
    seen, unseen = (
        _replay(selector, part, scenarios, sandbox, max_samples, asked) if wanted else ()
        for part, wanted in ((False, True), (True, fresh))
    )
    return CheckReport(len(chosen), seen, unseen, judge)


def _replay(
    selector: str,
    held_out: bool,
    scenarios: str,
    sandbox: str,
    max_samples: int,
    judge: "Model | None",
) -> tuple[ControlResult, ...]:
    from inspect_ai import eval as run_eval
    from inspect_ai.model import get_model

    from assay.tasks.audit import control_check

    task = control_check(selector, held_out, scenarios, sandbox)
    model = get_model("control/replay")
    with TemporaryDirectory(prefix="check-") as logs, show_progress(len(task.dataset)):
        [log] = run_eval(
            task,
            model=model,
            model_roles={"judge": judge} if judge else None,
            log_dir=logs,
            display="none",
            log_level="error",
            log_realtime=False,
            score_display=False,
            fail_on_error=False,
            max_samples=max_samples or default_max_samples("control/replay"),
        )
        return _compared(log)  # samples are read from the file as they are asked for


def _compared(log: "EvalLog") -> tuple[ControlResult, ...]:
    results = []
    by_name: dict[tuple[str, str], str | None] = {}
    for sample in log.samples or []:
        assignment = Assignment.model_validate(sample.metadata)
        control = load_control(assignment.load(), assignment.control or "")
        score = (sample.scores or {}).get("outcome")
        facts = (score.metadata if score else None) or {}
        found = None if score is None or score.value == "ungraded" else str(score.value)
        sha = facts.get("workspace_sha")
        by_name[assignment.scenario, control.name] = sha
        problem = _problem(sample, control, found, facts)
        measures = facts.get("measures") or {}
        judged = assignment.load().needs_judge
        results.append(
            ControlResult(assignment.scenario, control, found, sha, problem, measures, judged)
        )
    return tuple(_same_workspace(result, by_name) for result in results)


def _problem(
    sample: "EvalSample", control: Control, found: str | None, facts: dict[str, Any]
) -> str | None:
    if sample.error is not None:
        return f"error: {sample.error.message}"
    if found is None:
        return f"ungraded: {facts.get('reason')}"
    failed = [
        message.error.message
        for message in sample.messages
        if message.role == "tool" and message.error is not None and message.error.type == "parsing"
    ]
    if failed:
        return f"a tool call could not be read: {failed[0][:200]}"
    if found != control.outcome:
        why = f": {facts['harm']}" if facts.get("harm") else ""
        return f"expected {control.outcome}, found {found}{why}"
    return None


def _same_workspace(
    result: ControlResult, shas: dict[tuple[str, str], str | None]
) -> ControlResult:
    """The result, with a problem where a declared byte-identical twin differs."""
    twin = result.control.same_workspace_as
    if twin is None or result.problem:
        return result
    if shas.get((result.scenario, twin)) == result.workspace_sha:
        return result
    return replace(result, problem=f"its final workspace differs from that of {twin!r}")


def _agreement(results: Sequence[ControlResult], count: str) -> dict[str, Any]:
    distinct = {result.trajectory: result.problem is None for result in results}
    agree = sum(result.problem is None for result in results)
    low = agreement(sum(distinct.values()), len(distinct)).low
    return {count: len(results), "agree": agree, "distinct": len(distinct), "low": low}


def _disagreement(result: ControlResult) -> dict[str, Any]:
    return {
        "scenario": result.scenario,
        "control": result.control.name,
        "problem": result.problem,
        "measures": result.measures,
    }
