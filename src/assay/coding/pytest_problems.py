"""Runs a problem's pytest file out of the submission's reach.

Used by `hardened`. The tests run in a sandbox that holds nothing of the submission's: what they
import from `solution` are stand-ins (`inside.suite`). A call of one comes here over the channel as
data, is made in another sandbox, which has the submission and not the tests (`inside.replay`), and
its outcome goes back as data. Whether a test passed is said by a plugin beside the tests; which
operators an object may be asked for by the reference solution, in a third sandbox, where need be.
"""

from dataclasses import replace

from assay.coding.answers import answer_of, unfinished
from assay.coding.problem import SOLUTION, Submission
from assay.execution.inside import values
from assay.execution.policy import Limits
from assay.execution.workers import Pool, Program

TESTS = "test_solution.py"
_SUITE = "from inside.suite import main\nmain()\n"
_STEPS = "from inside.replay import main\nmain()\n"
_OPERATORS = '[[0,"operators:","[[],{}]"]]'
_INI = "[pytest]\n"
_MAX_LINE = 1 << 26
_MAX_TIMEOUTS = 3
_WALL = 10  # times a run's seconds, for all of the tests


async def run_tests(
    submission: Submission,
    tests: str,
    pool: Pool,
    *,
    reference: str,
    stop_early: bool,
    limits: Limits,
) -> list[str]:
    """Run all tests of a file.

    After three calls that timed out no more are made: their tests fail.

    Returns:
        One reason for each collected test, "" for a pass; or a single one where none was
        collected. With `stop_early` the list ends with the first failure.
    """
    suite = _Suite(submission, reference, pool, limits)
    program = Program(
        _SUITE,
        arguments=("--maxfail=1",) if stop_early else (),
        files={TESTS: tests, "pytest.ini": _INI},
    )
    patient = replace(
        limits, cpu_seconds=60, seconds=_WALL * limits.seconds, answer=max(limits.answer, _MAX_LINE)
    )
    execution = await pool.run(program, limits=patient, respond=suite.respond)
    if not suite.reasons:
        return [suite.trouble or "no test was collected"]
    ending = suite.trouble or unfinished(execution) or "the tests did not finish"
    reasons = [ending if reason is None else reason for reason in suite.reasons.values()]
    if stop_early:
        first = next((n for n, reason in enumerate(reasons) if reason), len(reasons))
        return reasons[: first + 1]
    return reasons


class _Suite:
    """Answers the process that has the tests, and keeps what it says of each."""

    def __init__(self, submission: Submission, reference: str, pool: Pool, limits: Limits) -> None:
        self.reasons: dict[str, str | None] = {}
        self.trouble = ""
        self._program = Program(_STEPS, files=submission.files)
        self._reference = Program(_STEPS, files={SOLUTION: reference}) if reference else None
        self._pool, self._limits = pool, limits
        self._timeouts = 0

    async def respond(self, line: bytes) -> bytes:
        """The reply to one line of `inside.suite`."""
        match values.decode(line, max_bytes=_MAX_LINE):
            case ["run", str(steps)]:
                return await self._run(self._program, steps)
            case ["operators"] if self._reference:
                return await self._run(self._reference, _OPERATORS)
            case ["collected", names]:
                self.reasons = dict.fromkeys(names)
                self._timeouts = 0
            case ["trouble", reason]:
                self.trouble = reason
            case ["finished", name, reason]:
                self.reasons[name] = reason
        return b"null"

    async def _run(self, program: Program, steps: str) -> bytes:
        if self._timeouts == _MAX_TIMEOUTS:
            return _nothing("timeout of other calls")
        execution = await self._pool.run(program, stdin=steps, limits=self._limits)
        answer = answer_of(execution)
        self._timeouts += execution.timed_out
        if answer.reason:
            return _nothing(answer.reason)
        if answer.word != "outcome":
            return _nothing(f"{answer.word} {answer.text.decode(errors='replace')}")
        try:
            match values.decode(answer.text, max_bytes=self._limits.answer):
                case (
                    ["value", _, dict(), str()]
                    | ["object", [list(), list()], dict(), str()]
                    | ["raised", [list(), list(), dict()], dict(), str()]
                ):
                    return answer.text
        except values.Unrepresentable as error:
            return _nothing(f"no answer: {error}")
        return _nothing("no answer")


def _nothing(reason: str) -> bytes:
    return values.encode(["nothing", reason, {}, ""]).encode()
