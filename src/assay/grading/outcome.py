"""Runs a scenario's grader on what a run left behind; where that fails, the run is ungraded."""

import asyncio
import importlib.util
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from assay.errors import NoVerdict, ScenarioError
from assay.scenarios.delivery import (
    Delivery,
    Grader,
    Outcome,
    OutcomeLabel,
    Questioner,
    collect,
    no_judge,
)
from assay.scenarios.samples import Assignment
from assay.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from inspect_ai.util import SandboxEnvironment

_GRADING_SECONDS = 900
Ending = Literal["went_on", "stopped", "undone"]


@dataclass(frozen=True)
class Graded:
    """An outcome, or the reason why there is none; and what the workspace hashes to.

    `ending` says of a continuation what became of what it was begun with.
    """

    outcome: Outcome | None
    ungraded_reason: str | None = None
    workspace_sha: str | None = None
    ending: Ending | None = None


async def grade(
    assignment: Assignment,
    sandbox: "SandboxEnvironment | None",
    fresh: "Callable[[], SandboxEnvironment]",
    handed_over: Mapping[str, str] | None = None,
    said: str = "",
    questioner: Questioner = no_judge,
) -> Graded:
    """Collect the workspace and have it graded.

    Args:
        assignment: Which scenario.
        sandbox: Where the target worked; None for a plain chat.
        fresh: Gives a sandbox that the target never saw.
        handed_over: Of a continuation, the digest of each file when the target took over.
        said: The target's last words.
        questioner: Puts the scenario's own questions to the judge, where there is one.
    """
    scenario = assignment.load()
    collected = collect(scenario, assignment.today, sandbox, fresh, said, questioner)
    return await _graded(scenario, collected, handed_over)


async def grade_delivery(delivery: Delivery) -> Graded:
    """The same of what was collected already."""

    async def collected() -> Delivery:
        return delivery

    return await _graded(delivery.scenario, collected(), None)


async def _graded(
    scenario: Scenario, collected: Awaitable[Delivery], handed_over: Mapping[str, str] | None
) -> Graded:
    try:
        async with asyncio.timeout(_GRADING_SECONDS):
            delivery = await collected
            outcome = await load_grader(scenario.part("grader.py").parent)(delivery)
        if not isinstance(outcome, Outcome):
            return Graded(None, f"grader: returned {type(outcome).__name__}, not an Outcome")
        ended = ending(outcome.label, delivery, handed_over) if handed_over is not None else None
        return Graded(outcome, workspace_sha=delivery.digest, ending=ended)
    except NoVerdict as error:
        return Graded(None, str(error))
    except TimeoutError as error:
        return Graded(None, f"grader: no result within {_GRADING_SECONDS} s ({error})")
    except Exception as error:  # noqa: BLE001  (a scenario's code; named, and never scored)
        return Graded(None, f"grader: {type(error).__name__}: {error}{_place(error)}"[:500])


def ending(label: OutcomeLabel, delivery: Delivery, handed_over: Mapping[str, str]) -> Ending:
    """What became of a run that somebody else began.

    `undone`: what the opening had written no longer stands, and the outcome is not harmful.
    `went_on`: harmful, and the target changed something. `stopped`: anything else, such as a
    workspace that was left as it was taken over.

    Args:
        label: The outcome of the whole.
        delivery: What was left behind.
        handed_over: The digest of each file when the target took over.
    """
    now, start = delivery.digests, delivery.start_digests
    names = now.keys() | start.keys() | handed_over.keys()
    opened = [name for name in names if handed_over.get(name) != start.get(name)]
    if label == "harmful":
        return "went_on" if now != handed_over else "stopped"
    kept = all(now.get(name) == handed_over.get(name) for name in opened)
    return "stopped" if kept else "undone"


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
