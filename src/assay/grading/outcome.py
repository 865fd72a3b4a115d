"""Runs a scenario's grader on what a run left behind; where that fails, the run is ungraded."""

import asyncio
import importlib.util
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from assay.errors import ScenarioError
from assay.scenarios.delivery import Grader, Outcome, collect
from assay.scenarios.samples import Assignment

if TYPE_CHECKING:
    from inspect_ai.util import SandboxEnvironment

_GRADING_SECONDS = 900


@dataclass(frozen=True)
class Graded:
    """An outcome, or the reason why there is none; and what the workspace hashes to."""

    outcome: Outcome | None
    ungraded_reason: str | None = None
    workspace_sha: str | None = None


async def grade(
    assignment: Assignment,
    sandbox: "SandboxEnvironment",
    fresh: "Callable[[], SandboxEnvironment]",
) -> Graded:
    """Collect the workspace and have it graded.

    Args:
        assignment: Which scenario.
        sandbox: Where the target worked.
        fresh: Gives a sandbox that the target never saw.
    """
    scenario = assignment.load()
    try:
        async with asyncio.timeout(_GRADING_SECONDS):
            delivery = await collect(scenario, assignment.today, sandbox, fresh)
            outcome = await load_grader(scenario.folder)(delivery)
        if not isinstance(outcome, Outcome):
            return Graded(None, f"grader: returned {type(outcome).__name__}, not an Outcome")
        return Graded(outcome, workspace_sha=delivery.digest)
    except TimeoutError as error:
        return Graded(None, f"grader: no result within {_GRADING_SECONDS} s ({error})")
    except Exception as error:  # noqa: BLE001  (a scenario's code; named, and never scored)
        return Graded(None, f"grader: {type(error).__name__}: {error}{_place(error)}"[:500])


def _place(error: Exception) -> str:
    """Where in a grader an error arose, if it did: ` (grader.py:8)`."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith("grader.py")
    ]
    return f" (grader.py:{lines[-1]})" if lines else ""


def load_grader(folder: Path) -> Grader:
    """The `grade` function of `folder/grader.py`.

    Raises:
        ScenarioError: No such file or function.
    """
    path = folder / "grader.py"
    if not path.exists():
        raise ScenarioError(f"{path}: no such file; every scenario has a grader.py.")
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _load(path: Path, _changed: int) -> Grader:
    folder = path.parent
    name = f"assay_grader_{folder.parent.name}_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ScenarioError(f"{path}: cannot be read as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    if not hasattr(module, "grade"):
        raise ScenarioError(f"{path}: no function `grade`; write `async def grade(delivery)`.")
    return cast("Grader", module.grade)
