"""Says over the channel what became of each test. Made by `suite`, loaded by its pytest."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import pytest

    from .suite import Elsewhere


class Record:
    """A pytest plugin that says of each test whether it passed, and of nothing else."""

    def __init__(self, there: Elsewhere) -> None:
        self.there = there
        self.reasons: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read as tests is told."""
        if report.failed:
            self.there.ask("trouble", f"the tests cannot be collected: {told(report)}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """All that must pass."""
        self.there.ask("collected", [item.nodeid for item in session.items])
        self.there.failure = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup, call and teardown: each must pass, and none may be expected to fail."""
        if report.outcome == "skipped":
            reason = "expected to fail" if hasattr(report, "wasxfail") else "skipped"
        elif hasattr(report, "wasxfail"):
            reason = "expected to fail"
        else:
            reason = "" if report.passed else f"failed: {told(report)}"
        self.reasons[report.nodeid] = self.reasons.get(report.nodeid) or reason
        if report.when == "teardown":
            failure = self.there.failure or self.there.trouble or self.reasons[report.nodeid]
            self.there.ask("finished", report.nodeid, failure)
            self.there.failure = ""


def told(report: pytest.CollectReport | pytest.TestReport) -> str:
    """The class of the exception. Its message may quote what is expected."""
    lines = str(report.longrepr).strip().splitlines()
    return (lines[-1] if lines else "").removeprefix("E ").partition(":")[0].strip()[:80]
