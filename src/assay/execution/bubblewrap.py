"""Inspect's sandbox environment `bwrap`: one long-lived bubblewrap per sandbox.

Puts together `policy` (what is allowed), `toolchain` (what is laid out), `cgroups` (limits) and
`agent` (process 1 inside, spoken to over `channel`). Registered in `assay._registry`.
"""

import errno
import os
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, Literal, overload, override

import anyio
from inspect_ai.util import (
    ExecResult,
    OutputLimitExceededError,
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    SandboxEnvironmentLimits,
    SandboxUnavailableError,
    SandboxUserUnsupportedError,
    concurrency,
    sandboxenv,
)
from pydantic import BaseModel, ConfigDict, Field

from assay.engines.local import sandboxes
from assay.errors import UserError
from assay.execution import cgroups
from assay.execution.channel import ChannelClosed, Kind, Operation, Reply
from assay.execution.machine import Machine
from assay.execution.policy import (
    GIGABYTE,
    HOME,
    MEGABYTE,
    USER,
    Limits,
    Policy,
    workstation,
)
from assay.execution.probe import require_bubblewrap
from assay.execution.toolchain import toolchain

_GRACE_SECONDS = 10.0  # beyond a command's own time-out before the whole sandbox is given up


class BwrapConfig(BaseModel):
    """What may differ between sandboxes. Sizes in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    working_dir: str = Field(default=HOME, pattern=r"^/(home/dev|tmp|srv|var/tmp)(/|$)")
    """Where commands start and relative paths begin; made when missing."""
    workspace_bytes: int = Field(default=GIGABYTE, ge=MEGABYTE)
    """What /home/dev can hold; the other writable places hold less. Counts as memory."""
    memory_bytes: int = Field(default=4 * GIGABYTE, ge=64 * MEGABYTE)
    processes: int = Field(default=512, ge=16)
    environment: tuple[tuple[str, str], ...] = ()
    """Additions to the environment of every command; Inspect hashes configurations."""
    opt: str | None = None
    """A directory of the host that lies read-only at /opt, such as a coding CLI."""

    def policy(self) -> Policy:
        """The isolation policy that this asks for."""
        parts = toolchain()
        return workstation(
            root=parts.root,
            local=parts.local,
            index=parts.index,
            workspace=self.workspace_bytes,
            limits=Limits(memory=self.memory_bytes, processes=self.processes),
            working_dir=self.working_dir,
            environment=dict(self.environment),
            opt=Path(self.opt) if self.opt else None,
        )


class CommandTimedOut(TimeoutError):
    """A command was killed at its time-out; what it had printed until then is kept."""

    def __init__(self, seconds: float, stdout: str, stderr: str) -> None:
        super().__init__(f"Command timed out after {seconds:g} seconds.")
        self.stdout = stdout
        self.stderr = stderr


@sandboxenv(name="bwrap")
class BwrapSandboxEnvironment(SandboxEnvironment):
    """A developer's machine for one target; see docs/isolation.md.

    Commands run as `dev` and share one file system and process table until the sample ends; what
    a command leaves in the background keeps running. `default` is the target's; `fresh`, where
    graders run what the target wrote, starts when it is first used, and anew for every run.
    """

    def __init__(self, config: BwrapConfig | None = None) -> None:
        super().__init__()
        self._config = config or BwrapConfig()
        self._machine: Machine | None = None
        self._ended = False
        self._starting = anyio.Lock()

    # -- life ---------------------------------------------------------------------------------

    @classmethod
    @override
    async def task_init(cls, task_name: str, config: SandboxEnvironmentConfigType | None) -> None:
        require_bubblewrap()
        await anyio.to_thread.run_sync(toolchain)
        cgroups.sweep()

    @classmethod
    @override
    async def sample_init(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        metadata: dict[str, str],
    ) -> dict[str, SandboxEnvironment]:
        if config is not None and not isinstance(config, BwrapConfig):
            raise UserError(
                f"The sandbox 'bwrap' takes a BwrapConfig, not {config!r}; for example "
                'SandboxEnvironmentSpec("bwrap", BwrapConfig(working_dir="/home/dev/project")).'
            )
        default = cls(config)
        await default.start()
        return {"default": default, "fresh": cls(config)}

    @classmethod
    @override
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        for environment in environments.values():
            await environment.as_type(cls).stop()

    @classmethod
    @override
    async def task_cleanup(
        cls, task_name: str, config: SandboxEnvironmentConfigType | None, cleanup: bool
    ) -> None:
        cgroups.sweep()

    @classmethod
    @override
    def default_concurrency(cls) -> int | None:
        return sandboxes()

    @classmethod
    @override
    def config_deserialize(cls, config: dict[str, Any]) -> BaseModel:
        return BwrapConfig(**config)

    @override
    def default_polling_interval(self) -> float:
        return 0.2

    @property
    def running(self) -> bool:
        """Whether it has been started, and not stopped."""
        return self._machine is not None

    async def start(self) -> None:
        """Start it unless it runs.

        Raises:
            SandboxUnavailable: Bubblewrap does not start; the message says what it printed.
            SandboxUnavailableError: It has already ended.
        """
        await self._started()

    async def _started(self) -> Machine:
        async with self._starting:
            if self._ended:
                raise SandboxUnavailableError("The sandbox has ended.")
            if self._machine is None:
                require_bubblewrap()
                self._machine = await Machine.start(self._config.policy())
            return self._machine

    async def renew(self) -> None:
        """End it and everything in it; the next use starts another, which knows nothing of it.

        A command that still runs ends with `SandboxUnavailableError`.
        """
        async with self._starting:
            machine, self._machine = self._machine, None
            if machine is not None:
                await machine.stop()

    async def end_processes(self) -> None:
        """Kill every process in it, and wait until none is left. Its files stay.

        Raises:
            TimeoutError: One of them does not end.
        """
        if self._machine is not None:
            await self._call(Operation.END, [], timeout=_GRACE_SECONDS)

    async def stop(self) -> None:
        """End it and everything in it. Harmless when it never started or has ended."""
        self._ended = True
        machine, self._machine = self._machine, None
        if machine is not None:
            await machine.stop()

    async def _call(
        self,
        operation: Operation,
        words: list[str],
        data: bytes = b"",
        *,
        timeout: float = 0.0,
        limit: int = 0,
    ) -> Reply:
        machine = self._machine or await self._started()
        try:
            with anyio.fail_after(timeout + _GRACE_SECONDS if timeout else None):
                return await machine.channel.call(
                    operation, words, data, timeout=timeout, limit=limit
                )
        except ChannelClosed:
            raise SandboxUnavailableError(
                f"The sandbox has ended. {machine.last_words()}"
            ) from None

    # -- Inspect's contract -------------------------------------------------------------------

    @override
    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,
        timeout_retry: bool = True,
        concurrency: bool = True,
    ) -> ExecResult[str]:
        """Run a command; Inspect's contract, and where that leaves a choice:

        - Output beyond the limit is dropped from its beginning.
        - A time-out kills all that the command started, and is never retried: a command that has
          half run has changed the workspace. It raises `CommandTimedOut`.
        - The call ends when the command does; background processes stay.
        """
        if user not in (None, USER):
            raise SandboxUserUnsupportedError(
                f"The sandbox 'bwrap' cannot run commands as {user!r}; there is only {USER!r}."
            )
        data = input.encode() if isinstance(input, str) else input
        limit = SandboxEnvironmentLimits.MAX_EXEC_OUTPUT_SIZE
        words = ["0" if data is None else "1", cwd or "", str(len(cmd)), *cmd]
        words += [f"{name}={value}" for name, value in (env or {}).items()]
        async with _turn(concurrency):
            reply = await self._call(
                Operation.EXEC, words, data or b"", timeout=timeout or 0.0, limit=limit
            )
        if reply.kind is Kind.FAILED:
            return _not_started(cmd[0], cwd or self._config.working_dir, reply)
        stdout, stderr = (part.decode(errors="replace") for part in (reply.first, reply.second))
        if reply.kind is Kind.TIMED_OUT:
            raise CommandTimedOut(timeout or 0, stdout, stderr)
        code = reply.code if reply.code >= 0 else 128 - reply.code
        return ExecResult(code == 0, code, stdout, stderr)

    @override
    async def write_file(self, file: str, contents: str | bytes) -> None:
        data = contents.encode() if isinstance(contents, str) else contents
        reply = await self._call(Operation.WRITE, [file], data)
        if reply.kind is Kind.FAILED:
            raise OSError(reply.code, os.strerror(reply.code), file)

    @overload
    async def read_file(self, file: str, text: Literal[True] = True) -> str: ...

    @overload
    async def read_file(self, file: str, text: Literal[False]) -> bytes: ...

    @override
    async def read_file(self, file: str, text: bool = True) -> str | bytes:
        limit = SandboxEnvironmentLimits.MAX_READ_FILE_SIZE
        reply = await self._call(Operation.READ, [file], limit=limit)
        if reply.kind is Kind.TOO_LARGE:
            raise OutputLimitExceededError(SandboxEnvironmentLimits.MAX_READ_FILE_SIZE_STR, None)
        if reply.kind is Kind.FAILED:
            code = errno.ENOENT if reply.code == errno.ENOTDIR else reply.code
            raise OSError(code, os.strerror(code), file)
        return reply.first.decode() if text else reply.first


def _turn(wanted: bool) -> AbstractAsyncContextManager[Any]:
    """Commands that run at once are bounded as Inspect bounds its own subprocesses."""
    if not wanted:
        return nullcontext()
    return concurrency("subprocesses", os.cpu_count() or 1, visible=False)


def _not_started(program: str, directory: str, reply: Reply) -> ExecResult[str]:
    """What a shell would print and return for a command that could not be started.

    Raises:
        PermissionError: The file is not a program, or may not be run.
    """
    reason = os.strerror(reply.code)
    if reply.first == b"d":
        return ExecResult(False, 126, "", f"cd: {directory}: {reason}\n")
    if reply.first != b"e":
        return ExecResult(False, 1, "", f"fork: {reason}\n")
    if reply.code in (errno.EACCES, errno.EPERM):
        raise PermissionError(reply.code, reason, program)
    if reply.code == errno.ENOENT:
        return ExecResult(False, 127, "", f"{program}: command not found\n")
    return ExecResult(False, 126, "", f"{program}: {reason}\n")
