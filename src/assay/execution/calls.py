"""Calls a function of untrusted code with one input at a time, and takes what it returned.

Feeds `scenarios.delivery`. Works in any Inspect sandbox that has python3: `driver` runs inside,
reads one input, forks a process that knows no other, and relays that process's answer. Exit
status, printed output and whatever the code does to its own process never count as an answer.

For scenarios, whose code lies in a workspace with all that belongs to it, in bubblewrap or Docker.
Programs that are text alone, thousands of them, are graded in `workers` (`coding.hardened`).
"""

import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from inspect_ai.util import ExecResult

type JSON = bool | int | float | str | list[JSON] | dict[str, JSON] | None

MAX_ANSWER_BYTES = 64 * 1024
_BATCH = 100  # inputs per driver: their answers fit into one call's output
_DRIVER = Path(__file__).with_name("driver.py")
_LOST = "the process that makes the calls was killed"
_WALL = 6  # times the CPU seconds: far beyond what a busy machine takes, for calls that sleep


class Sandbox(Protocol):
    """As much of Inspect's `SandboxEnvironment` as calling needs."""

    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,
    ) -> "ExecResult[str]":
        """Run a command."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON value that the function returned, or why there is none (then `value` is None)."""

    value: JSON
    error: str | None = None


async def call_function(
    exec_: Sandbox,
    function: str,
    inputs: Sequence[JSON],
    timeout: float = 5.0,
    *,
    cwd: str | None = None,
) -> list[Answer]:
    """Call `function` once for each input, each time in a new process.

    Args:
        exec_: Where the code lies.
        function: `package.module:name`, importable from the working directory.
        inputs: One JSON value a call.
        timeout: CPU seconds for one call, its imports included, rounded up: however busy the
            machine is, an answer stays an answer. Each process that the call starts has as many.
            One that only waits is ended at six times as many by the clock. Whatever it started
            is killed, and what it left in scratch space removed, before the next.
        cwd: The working directory, if not the sandbox's own.

    Returns:
        One answer for each input, in their order.

    Raises:
        ValueError: `function` is not of the form `module:name`.
        RuntimeError: No call could be made, for a reason that does not lie in the code.
    """
    module, _, name = function.partition(":")
    if not (module and name):
        raise ValueError(f"Not a function: {function!r}; expected 'package.module:name'.")
    answers: list[Answer] = []
    for start in range(0, len(inputs), _BATCH):
        batch = inputs[start : start + _BATCH]
        answers += await _call_batch(exec_, function, batch, timeout, cwd)
    return answers


async def _call_batch(
    exec_: Sandbox, function: str, inputs: Sequence[JSON], timeout: float, cwd: str | None
) -> list[Answer]:
    frames = []
    for value in inputs:
        text = json.dumps(value, allow_nan=False).encode()
        frames.append(struct.pack("<I", len(text)) + text)
    command = ["python3", "-I", "-c", _DRIVER.read_text(), function]
    cpu = max(1, math.ceil(timeout))
    command += [str(cpu), str(_WALL * cpu), str(MAX_ANSWER_BYTES)]
    # A hang costs its wall time and up to two seconds of killing.
    seconds = 30 + len(inputs) * (_WALL * cpu + 2)
    try:
        result = await exec_.exec(command, input=b"".join(frames), cwd=cwd, timeout=seconds)
        stdout, reason = result.stdout, f"exit code {result.returncode}: {result.stderr[-300:]}"
    except TimeoutError as error:
        stdout, reason = str(getattr(error, "stdout", "")), str(error)
    ready, *lines = stdout.split("\n")[:-1] or [""]
    if ready != "ready":  # nothing of the target's has run yet
        raise RuntimeError(f"The function {function} could not be called: {reason.strip()}")
    answers = [_answer(line) for line in lines[: len(inputs)]]
    return answers + [Answer(None, _LOST)] * (len(inputs) - len(answers))


def _answer(line: str) -> Answer:
    """One line of the driver's: a status word, a space, and JSON or a message."""
    status, _, text = line.partition(" ")
    if status != "answer":
        return Answer(None, f"{status.replace('_', ' ')}{': ' + text if text else ''}")
    try:
        return Answer(json.loads(text, parse_constant=_refuse))
    except (ValueError, RecursionError) as error:
        return Answer(None, f"not JSON: {error}")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
