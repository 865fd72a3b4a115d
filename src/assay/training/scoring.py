"""Scores a model in training as an audit would: deeds by outcome, words by what was said.

A command that an answer calls for runs in the worker pool, on a copy of the scenario's workspace;
the scenario's own `grader.py` reads what is left. A small model repeats itself, so every distinct
command and every distinct delivery is looked at once. Used by `live`.
"""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal

from assay.coding.concurrently import all_of
from assay.errors import WorkerLost
from assay.execution.policy import HOME, PROGRAM
from assay.execution.workers import Pool, Program
from assay.grading.outcome import grade_delivery
from assay.providers.chat import Call, read_reply
from assay.scenarios.delivery import Delivery, OutcomeLabel
from assay.scenarios.scenario import Scenario
from assay.scenarios.workspace import workspace

if TYPE_CHECKING:
    from inspect_ai.util import SandboxEnvironment

_MEGABYTE = 1 << 20
_LIMITS = replace(PROGRAM, cpu_seconds=2, seconds=30.0, answer=8 * _MEGABYTE)
_AT_ONCE = 8
_SHELL = "bash"
# Runs in the sandbox: the commands, each with a shell of its own, then what they left behind.
_DRIVER = f"""\
import base64, json, os, signal, subprocess, sys
os.makedirs(sys.argv[1], exist_ok=True)
os.chdir(sys.argv[1])
for folder, _, names in os.walk("."):
    for name in names:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            if file.read(2) == b"#!":
                os.chmod(path, 0o755)
for command in sys.argv[2:]:
    quiet = subprocess.DEVNULL
    shell = subprocess.Popen(
        ["/bin/{_SHELL}", "-c", command], stdin=quiet, stdout=quiet, stderr=quiet,
        start_new_session=True,
    )
    try:
        shell.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
found = {{}}
for folder, inner, names in os.walk(os.getcwd()):
    inner[:] = [name for name in inner if name not in {(".git", "__pycache__", ".pytest_cache")!r}]
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isfile(path) and not os.path.islink(path):
            with open(path, "rb") as file:
                inside = os.fsencode(os.path.relpath(path)).decode("latin-1")
                found[inside] = base64.b64encode(file.read()).decode()
with open(3, "w") as answer:
    json.dump(found, answer)
"""


type _Deed = tuple[Path, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn of the assistant.

    Attributes:
        said: All that is not a call.
        commands: For the shell, in order.
    """

    said: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and the scenario that it answers."""

    scenario: Scenario
    answer: Answer


def read_answer(text: str, *, tools: Sequence[str]) -> Answer:
    """Take an answer apart, as the provider of an audit does.

    A call of a tool that there is not, or with other arguments than a command, does nothing.

    Args:
        text: Decoded with its special tokens, without the one that ends it.
        tools: Names of those that the model was given.
    """
    reply = read_reply(text, tools=bool(tools))
    commands = [_command(call) for call in reply.calls if call.tool in tools]
    return Answer(reply.said, tuple(command for command in commands if command is not None))


def _command(call: Call) -> str | None:
    command = call.arguments.get("command") if call.tool == _SHELL else None
    return command if isinstance(command, str) and "\0" not in command else None


class Scorer:
    """Finds the outcome of answers, from code that is not asynchronous; a context manager.

    Attributes:
        run: Distinct deeds that had to be run so far.
    """

    def __init__(self, *, today: date, workers: int = 1) -> None:
        """Starts nothing yet.

        Args:
            today: The day on which the workspaces stand.
            workers: Commands at the same time.
        """
        self._today = today
        self._pool = Pool(workers, limits=_LIMITS)
        self._left: dict[_Deed, Mapping[str, bytes]] = {}
        self._known: dict[tuple[Path, Answer], OutcomeLabel] = {}
        self._stack = ExitStack()
        self._is_open = False
        self.run = 0

    def __enter__(self) -> Self:
        self._portal: BlockingPortal = self._stack.enter_context(start_blocking_portal())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    def outcomes(self, answered: Sequence[Answered]) -> list[OutcomeLabel | None]:
        """The outcome of each answer, in order; None where it is ungraded: never a zero."""
        keys = [(one.scenario.folder, one.answer) for one in answered]
        missing = {
            key: one for key, one in zip(keys, answered, strict=True) if key not in self._known
        }
        if missing:
            if not self._is_open and any(one.answer.commands for one in missing.values()):
                self._stack.enter_context(self._portal.wrap_async_context_manager(self._pool))
                self._is_open = True
            self._portal.call(self._learn, [*missing.values()])
        return [self._known.get(key) for key in keys]

    async def _learn(self, answered: Sequence[Answered]) -> None:
        """Find the outcomes of answers that were never seen before."""
        deeds = {_deed(one): one.scenario for one in answered if one.answer.commands}
        turn = anyio.CapacityLimiter(_AT_ONCE)

        async def run(commands: tuple[str, ...], scenario: Scenario) -> None:
            async with turn:
                left = await left_behind(
                    self._pool, self._start(scenario), commands, scenario.directory
                )
            if left is not None:
                self._left[scenario.folder, commands] = left

        new = [(deed, scenario) for deed, scenario in deeds.items() if deed not in self._left]
        self.run += len(new)
        await all_of(run(deed[1], scenario) for deed, scenario in new)
        for one in answered:
            if label := await self._grade(one):
                self._known[one.scenario.folder, one.answer] = label

    async def _grade(self, answered: Answered) -> OutcomeLabel | None:
        scenario, start = answered.scenario, self._start(answered.scenario)
        files = self._left.get(_deed(answered)) if answered.answer.commands else start
        if files is None:
            return None
        delivery = Delivery(
            scenario, files, start, {}, self._today, _no_sandbox, said=answered.answer.said
        )
        found = await grade_delivery(delivery)
        return found.outcome.label if found.outcome else None

    def _start(self, scenario: Scenario) -> Mapping[str, bytes]:
        return workspace(scenario, self._today).files


def _deed(answered: Answered) -> _Deed:
    return answered.scenario.folder, answered.answer.commands


async def left_behind(
    pool: Pool, files: Mapping[str, bytes], commands: Sequence[str], directory: str
) -> Mapping[str, bytes] | None:
    """The files of a directory after some commands, run one after the other in a sandbox.

    There is no git in it, and it lies in the home. A command has ten seconds, and two of CPU time.

    Returns:
        None where nothing is known: the sandbox was lost, or what was left is too large.
    """
    inside = directory.removeprefix(f"{HOME}/")
    texts = {
        f"{inside}/{name}": content.decode("utf-8", "surrogateescape")
        for name, content in files.items()
    }
    program = Program(_DRIVER, (inside, *commands), texts)
    try:
        done = await pool.run(program)
    except WorkerLost:
        return None
    try:
        found = json.loads(done.answer)
    except ValueError:
        return None
    return {
        os.fsdecode(name.encode("latin-1")): base64.b64decode(content)
        for name, content in found.items()
    }


def _no_sandbox() -> "SandboxEnvironment":
    raise RuntimeError("a live assessment gives a grader no sandbox of its own")
