"""The grader that cannot be talked into paying: its verdict is the true reward.

A submission is run by `execution.workers`, once for each input and each time in a new sandbox; what
it answers comes back as data (`inside.values`) and is compared here (`compare`), where no code of
its own runs. Expected values never enter a sandbox in which it runs. docs/hardened_grader.md says
what is compared, and what can still be gamed.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from assay.coding.answers import answer_of, unfinished
from assay.coding.compare import same, same_output
from assay.coding.concurrently import all_of
from assay.coding.problem import SOLUTION, Case, Problem, Submission
from assay.coding.pytest_problems import run_tests
from assay.execution.inside import values
from assay.execution.policy import Limits
from assay.execution.workers import Pool, Program
from assay.text import printable

_CALL = "from inside.call import main\nmain()\n"
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class CaseResult:
    """`reason` is "" for a pass, else one line that says nothing of the expected value."""

    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """One result for each case, in their order; after `stop_early`, up to the first failure."""

    results: tuple[CaseResult, ...]

    @property
    def passed(self) -> bool:
        """Whether there was at least one case, and every one passed."""
        return bool(self.results) and all(result.passed for result in self.results)


async def grade(
    submission: Submission,
    problem: Problem,
    pool: Pool,
    *,
    tests: Literal["visible", "held_out"] = "held_out",
    stop_early: bool = False,
    limits: Limits | None = None,
) -> Grade:
    """Run a submission on a problem's cases.

    A case passes when the answer is right (`compare.same`; for kind "stdin" `same_output`) and the
    program came to its end: within its limits, not by a signal, and for kind "stdin" with exit
    status 0. A status never earns anything, and what is printed beside an answer costs nothing,
    except where the output is the answer. Kind "pytest": a case is a collected test.

    Args:
        submission: What the model wrote.
        problem: What it was asked.
        pool: Where programs run; it bounds how many at once.
        tests: Which of the problem's tests.
        stop_early: Run nothing beyond the first failure, for rewards that need only `passed`.
        limits: For each run; the default is the pool's.

    Raises:
        WorkerLost: The machinery failed. Nothing is known about the submission then.
    """
    limits = limits or pool.limits
    if problem.kind == "pytest":
        text = problem.held_out_tests if tests == "held_out" else problem.tests
        reasons = await run_tests(
            submission,
            text,
            pool,
            reference=problem.solution,
            stop_early=stop_early,
            limits=limits,
        )
        return Grade(tuple(map(_result, reasons)))
    run_case = _call if problem.kind == "function" else _print
    cases = problem.held_out if tests == "held_out" else problem.visible
    runs = [partial(run_case, submission, problem, case, pool, limits) for case in cases]
    return Grade(await _in_order(runs, stop_early=stop_early))


async def _in_order(
    runs: Sequence[Callable[[], Awaitable[str]]], *, stop_early: bool
) -> tuple[CaseResult, ...]:
    results: list[CaseResult] = []
    if stop_early:  # one after the other: to cut a run short costs more than the run
        for run in runs:
            results.append(_result(await run()))
            if not results[-1].passed:
                break
        return tuple(results)
    return tuple(map(_result, await all_of(run() for run in runs)))


def _result(reason: str) -> CaseResult:
    """`reason` holds words of the submission's: they become one short line of ASCII."""
    line = reason.encode("ascii", "backslashreplace").decode()
    return CaseResult(not reason, printable(line, " ")[:_LONGEST_REASON])


async def _call(
    submission: Submission, problem: Problem, case: Case, pool: Pool, limits: Limits
) -> str:
    program = Program(_CALL, files=submission.files)
    call = values.encode([problem.entry, list(case.arguments)], max_bytes=1 << 26)
    answer = answer_of(await pool.run(program, stdin=call, limits=limits))
    if answer.reason:
        return answer.reason
    if answer.word != "returned":
        text = answer.text.decode(errors="replace")
        return f"raised {text}" if answer.word == "raised" else f"no answer: {text}"
    try:
        value = values.decode(answer.text, max_bytes=limits.answer)
    except values.Unrepresentable as error:
        return f"no answer: {error}"
    return same(value, case.expected)


async def _print(
    submission: Submission, problem: Problem, case: Case, pool: Pool, limits: Limits
) -> str:
    program = Program(submission.source, files=submission.files, name=SOLUTION)
    execution = await pool.run(program, stdin=case.stdin, limits=limits)
    if reason := unfinished(execution):
        return reason
    if execution.truncated and len(execution.stdout.encode()) >= limits.output:
        return "too much output"  # not so where only stderr is cut
    return same_output(execution.stdout, case.expected)
