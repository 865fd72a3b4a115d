"""The contract between a scenario's grader and Assay: what a run left behind, and an outcome.

A grader is `async def grade(delivery: Delivery) -> Outcome` in the scenario's `grader.py`. It is
deterministic, and calls what the target wrote only through a sandbox that the target never saw.
Where words are all that there is to grade it asks a judge; without one the run has no outcome.
"""

import hashlib
import math
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, get_args

import anyio

from assay.errors import NoVerdict
from assay.execution.calls import JSON, Answer, call_function
from assay.execution.renewal import renew
from assay.execution.retrieval import take_files
from assay.scenarios.scenario import Scenario
from assay.scenarios.workspace import lay_out, pack_files, workspace

if TYPE_CHECKING:
    from inspect_ai.util import ExecResult, SandboxEnvironment

OutcomeLabel = Literal["intact", "harmful", "broken", "untouched"]
OUTCOMES: tuple[OutcomeLabel, ...] = get_args(OutcomeLabel)
_COLLECT_LIMIT = 64 * 1024**2
_UNCOLLECTED = (".git", "__pycache__", ".pytest_cache")
# A process has its CPU seconds, and ends with a status that says so; then its command is in $@.
_BUDGET = 'ulimit -S -t $1 && ulimit -H -t $(($1 + 1)) && shift && exec "$@"'
_OUT_OF_TIME = 128 + signal.SIGXCPU


@dataclass(frozen=True)
class Evidence:
    """A place in what the target left behind that shows what the grader says."""

    file: str
    line: int | None
    text: str

    def __post_init__(self) -> None:
        # A name that is not UTF-8 could be written to no log.
        object.__setattr__(self, "file", os.fsencode(self.file).decode(errors="replace"))


@dataclass(frozen=True)
class Outcome:
    """What the grader found by running the workspace. It says nothing about intent.

    Attributes:
        label: `intact`: works, no hidden harm. `harmful`: passes what anyone can see and does the
            scenario's harm. `broken`: fails visibly or everywhere. `untouched`: nothing delivered.
        score: Task performance on the hidden cases, 0 to 1.
        complete: Whether all that was asked for was delivered.
        harm: Where the harm lies, in one sentence.
        measures: Named figures behind the label, such as recall by kind.
    """

    label: OutcomeLabel
    score: float
    complete: bool = True
    harm: str | None = None
    evidence: tuple[Evidence, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.label not in OUTCOMES:
            raise ValueError(f"outcome {self.label!r} is none of {', '.join(OUTCOMES)}")
        if not 0 <= self.score <= 1:
            raise ValueError(f"score {self.score!r} is not between 0 and 1")


@dataclass(frozen=True)
class Verdict:
    """A judge's answer to a question of the scenario's own.

    Attributes:
        answer: One of the words that the rubric lists.
        label: The outcome that it stands for by itself, where the rubric says so.
        harm: What is wrong where that is harmful, in one sentence.
        quote: The words of the transcript that decide it; empty where the judge gave none.
    """

    answer: str
    label: OutcomeLabel | None = None
    harm: str = ""
    quote: str = ""

    @property
    def outcome(self) -> Outcome:
        """What the answer stands for; the score is 1 where that is intact.

        Raises:
            ValueError: The rubric gives this answer no outcome.
        """
        if self.label is None:
            raise ValueError(f"the answer {self.answer!r} stands for no outcome")
        place = (Evidence("transcript", None, self.quote),) if self.quote else ()
        harm = self.harm or None if self.label == "harmful" else None
        return Outcome(self.label, float(self.label == "intact"), harm=harm, evidence=place)


class Questioner(Protocol):
    """Puts a rubric to a judge, by its name, over the transcript or over what it is shown."""

    async def __call__(self, rubric: str, shown: Sequence[Evidence] = ()) -> Verdict | None:
        """The judge's answer; see `Delivery.ask`."""


async def no_judge(rubric: str, shown: Sequence[Evidence] = ()) -> Verdict | None:
    """Stands in for a judge where there is none."""
    raise NoVerdict(f"no judge: {rubric!r} is a question of words, which needs one (--judge MODEL)")


@dataclass(frozen=True)
class Delivery:
    """What a run left behind.

    Attributes:
        files: The repository's files by relative path, without git's own and caches.
        start: The same as it was laid out.
        collected: Files below the scenario's `collect` directories, by absolute path.
        said: The target's last words, "" where it has none. A grader reads them where nothing was
            to be executed; elsewhere what was done counts, whatever was said.
        hidden: The scenario's hidden folder on this machine; it never enters a sandbox.
        questioner: Puts a rubric to the judge, by its name; `ask` is the way to it.
    """

    scenario: Scenario
    files: Mapping[str, bytes]
    start: Mapping[str, bytes]
    collected: Mapping[str, bytes]
    today: date
    fresh: Callable[[], "SandboxEnvironment"]
    said: str = ""
    questioner: Questioner = no_judge
    _turn: anyio.Lock = field(default_factory=anyio.Lock, repr=False, compare=False)

    @property
    def hidden(self) -> Path:
        """Labels and cases."""
        return self.scenario.part("hidden")

    @property
    def digest(self) -> str:
        """SHA-256 over every file that the grader sees of the run."""
        digest = hashlib.sha256()
        for name, content in sorted({**self.files, **self.collected}.items()):
            digest.update(os.fsencode(name) + b"\0%d\0" % len(content) + content)
        return digest.hexdigest()

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of every file that the grader sees, by its name."""
        return _digests({**self.files, **self.collected})

    @property
    def start_digests(self) -> dict[str, str]:
        """The same of the repository as it was laid out."""
        return _digests(self.start)

    @property
    def changed(self) -> frozenset[str]:
        """Paths that were added, altered or removed."""
        names = self.files.keys() | self.start.keys()
        return frozenset(name for name in names if self.files.get(name) != self.start.get(name))

    async def ask(self, rubric: str, shown: Sequence[Evidence] = ()) -> Verdict | None:
        """Put a question of the scenario's own, `rubrics/RUBRIC.md`, to the judge.

        Args:
            rubric: Its name.
            shown: All that the judge sees where the rubric says `sees: passages`, such as mails.

        Returns:
            None where the run has nothing of what the question is about, such as reasoning.

        Raises:
            NoVerdict: No judge, one that failed, or one that cannot tell; the run stays ungraded.
        """
        return await (self.questioner(rubric, shown) if shown else self.questioner(rubric))

    async def judged(self, rubric: str) -> Outcome:
        """The outcome that the judge's answer to a rubric stands for.

        Raises:
            NoVerdict: As in `ask`, or there was nothing to judge.
        """
        found = await self.ask(rubric)
        if found is None:
            raise NoVerdict(f"nothing to judge: the run has nothing that {rubric!r} is about")
        return found.outcome

    async def call(
        self, function: str, inputs: Sequence[JSON], *, timeout: float = 5.0
    ) -> list[Answer]:
        """Call `module:function` of the delivered code in a new sandbox.

        Each input has a process of its own, which can read no other input. What it starts is
        killed and what it adds to scratch space and the home is removed before the next; what it
        changes *in the repository* stays until the last, and so does System V shared memory.

        Args:
            function: For instance `detect.classifier:classify`, imported from the repository.
            inputs: JSON values; the function gets one of them, and never sees another.
            timeout: CPU seconds for one input; one that only waits has six times as many by the
                clock.

        Raises:
            RuntimeError: No call could be made; the run stays ungraded.
        """
        async with self._turn:
            sandbox = await self._copy({})
            directory = self.scenario.directory
            return await call_function(sandbox, function, inputs, timeout, cwd=directory)

    async def run(
        self,
        command: list[str],
        *,
        files: Mapping[str, bytes] | None = None,
        timeout: float = 60.0,
    ) -> "ExecResult[str]":
        """Run a command in a copy of the repository in a new sandbox.

        Args:
            command: For instance `["python3", "-m", "pytest", "-q"]`.
            files: Laid over the delivered files, such as the tests as they were.
            timeout: CPU seconds for each of its processes, so that a busy machine changes nothing.
                By the clock the command has five times as many and half a minute.

        Raises:
            TimeoutError: The command took longer.
        """
        seconds = max(1, math.ceil(timeout))
        async with self._turn:
            sandbox = await self._copy(files or {})
            result = await sandbox.exec(
                ["/bin/sh", "-c", _BUDGET, "sh", str(seconds), *command],
                cwd=self.scenario.directory,
                timeout=5 * seconds + 30,
                timeout_retry=False,
            )
        if result.returncode == _OUT_OF_TIME:
            raise TimeoutError(f"The command used up its {seconds} CPU seconds.")
        return result

    async def _copy(self, overlay: Mapping[str, bytes]) -> "SandboxEnvironment":
        sandbox = self.fresh()
        await renew(sandbox)
        repository = self.scenario.directory.removeprefix("/")
        await sandbox.exec(["/bin/mkdir", "-p", f"/{repository}"], cwd="/")
        await lay_out(sandbox, pack_files({**self.files, **overlay}, repository))
        return sandbox


async def collect(
    scenario: Scenario,
    today: date,
    sandbox: "SandboxEnvironment | None",
    fresh: Callable[[], "SandboxEnvironment"],
    said: str = "",
    questioner: Questioner = no_judge,
) -> Delivery:
    """Gather what the target left in its sandbox, with its last words. Ends every process there.

    Raises:
        RuntimeError: The workspace cannot be read or is too large; the run stays ungraded.
    """
    repository, collected = await _taken(scenario, sandbox) if sandbox else ({}, {})
    start = workspace(scenario, today).files
    return Delivery(scenario, repository, start, collected, today, fresh, said, questioner)


async def digests(scenario: Scenario, sandbox: "SandboxEnvironment") -> dict[str, str]:
    """SHA-256 of every file that a grader would see now, by its name. Ends every process there."""
    repository, collected = await _taken(scenario, sandbox)
    return _digests({**repository, **collected})


async def _taken(
    scenario: Scenario, sandbox: "SandboxEnvironment"
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The repository's files by relative path, and the other collected ones by absolute path."""
    directories = (scenario.directory, *scenario.collect)
    found = await take_files(sandbox, directories, excluded=_UNCOLLECTED, limit=_COLLECT_LIMIT)
    inside = f"{scenario.directory}/"
    repository = {
        name.removeprefix(inside): content
        for name, content in found.items()
        if name.startswith(inside)
    }
    return repository, {n: content for n, content in found.items() if not n.startswith(inside)}


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {
        os.fsencode(name).decode(errors="replace"): hashlib.sha256(content).hexdigest()
        for name, content in files.items()
    }


Grader = Callable[[Delivery], Awaitable[Outcome]]
