"""Runs many short programs a second, each in a sandbox of its own.

What a program may do is `policy.short_program`; `worker` runs it. Used by `coding`; for long-lived
machines see `bubblewrap`.
"""

import math
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from types import MappingProxyType, TracebackType
from typing import Self

import anyio

from assay.errors import WorkerLost
from assay.execution import cgroups
from assay.execution.policy import PROGRAM, Limits, short_program
from assay.execution.probe import require_bubblewrap
from assay.execution.toolchain import toolchain
from assay.execution.worker import Execution, Program, Request, Worker

__all__ = ["Execution", "Pool", "Program", "Respond"]

type Respond = Callable[[bytes], Awaitable[bytes]]

_asking: ContextVar["Mapping[Pool, Worker]"] = ContextVar("_asking", default=MappingProxyType({}))
"""The workers whose programs have asked for what is being done."""


class Pool:
    """Workers that run programs; an async context manager.

    A program is process 1 of its own pid namespace: signals that it sends to itself and does not
    handle are ignored. Its writable places are its own, in memory, and gone when it ends.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        preload: Sequence[str] = (),
        limits: Limits = PROGRAM,
    ) -> None:
        """Nothing starts before the context is entered.

        Args:
            workers: Programs at the same time; default: one for each CPU.
            preload: Modules to import before the first program, beyond the common ones.
            limits: Of every program; `run` may change all but `memory`, which is a worker's, and
                give fewer `processes`.
        """
        self._size = workers or len(os.sched_getaffinity(0))
        self._preload = ("inside.call", "inside.replay", "inside.suite", *preload)
        self.limits = limits
        self._idle: list[Worker] = []
        self._open = False
        self._turn = anyio.Semaphore(self._size)
        self._threads = anyio.CapacityLimiter(math.inf)

    async def __aenter__(self) -> Self:
        require_bubblewrap()
        await anyio.to_thread.run_sync(toolchain)
        cgroups.sweep()
        self._open = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open = False
        with anyio.CancelScope(shield=True):
            while self._idle:
                await anyio.to_thread.run_sync(self._idle.pop().stop)

    async def run(
        self,
        program: Program,
        *,
        stdin: str = "",
        limits: Limits | None = None,
        respond: Respond | None = None,
    ) -> Execution:
        """Run a program to its end.

        Args:
            program: What to run.
            stdin: All of its standard input.
            limits: Other than the pool's.
            respond: Answers each line that the program writes to descriptor 3 with one line. It
                may run other programs in this pool, which do not wait for a turn. It is asked
                from the start again if a worker is lost.

        Raises:
            WorkerLost: Two workers were lost over it. That is no result of the program's.
            RuntimeError: The pool is not entered, or has been left.
            ValueError: `limits` are not within the pool's, or a file's path leads elsewhere.
        """
        if not self._open:
            raise RuntimeError("A pool runs programs inside of `async with Pool() as pool:`.")
        limits = limits or self.limits
        if limits.memory != self.limits.memory:
            raise ValueError("The memory limit belongs to the pool: Pool(limits=...).")
        if limits.processes > self.limits.processes:
            raise ValueError(
                f"{limits.processes} processes are more than the pool's {self.limits.processes}: "
                "Pool(limits=...)."
            )
        request = Request(program, stdin, limits)
        if (worker := _asking.get().get(self)) is not None:
            return await self._on(worker, request, respond)
        async with self._turn:
            for attempt in (1, 2):
                # An idle one may have died unseen; a new one has not.
                worker = self._idle.pop() if self._idle and attempt == 1 else await self._start()
                try:
                    return await self._on(worker, request, respond)
                except WorkerLost:
                    if attempt == 2:
                        raise
                except BaseException:
                    worker.lost = True  # it is busy with what nobody waits for any more
                    raise
                finally:
                    if worker.lost or not self._open:
                        with anyio.CancelScope(shield=True):
                            await self._thread(worker.stop)
                    else:
                        self._idle.append(worker)
        raise AssertionError("unreachable")

    async def _start(self) -> Worker:
        parts = toolchain()
        policy = short_program(
            root=parts.root, local=parts.local, inside=parts.inside, limits=self.limits
        )
        with anyio.CancelScope(shield=True):  # else one would start that nobody ends
            return await self._thread(Worker, policy, self._preload)
        raise AssertionError("unreachable")

    async def _on(self, worker: Worker, request: Request, respond: Respond | None) -> Execution:
        async def answer(line: bytes) -> bytes:
            assert respond is not None
            return await respond(line)

        def ask(line: bytes) -> bytes:
            return anyio.from_thread.run(answer, line)

        before = _asking.set({**_asking.get(), self: worker})
        try:
            return await self._thread(worker.run, request, ask if respond else None)
        finally:
            _asking.reset(before)

    async def _thread[*Arguments, Result](
        self, function: Callable[[*Arguments], Result], *arguments: *Arguments
    ) -> Result:
        return await anyio.to_thread.run_sync(
            function, *arguments, abandon_on_cancel=True, limiter=self._threads
        )
