"""Collects requests that come at the same time, so that a model answers them together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.to_thread


@dataclass(eq=False)
class _Job[Request, Answer]:
    request: Request
    woken: anyio.Event = field(default_factory=anyio.Event)
    leads: bool = False
    answer: Answer | None = None
    error: BaseException | None = None


class Batcher[Request, Answer]:
    """Answers requests in batches, one batch at a time, in a thread.

    There is no thread or task of its own: whoever asks first waits a moment for others, answers for
    all of them, and hands over to whoever has come in the meantime. A request that is cancelled
    leaves the line; if it was leading, the next one leads.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Request]], Sequence[Answer]],
        *,
        largest: int,
        wait: float = 0.005,
    ) -> None:
        """Starts nothing.

        Args:
            answer: One answer for each request, in order. It runs in a thread; what it raises goes
                to everybody in its batch.
            largest: Requests in a batch, at most.
            wait: Seconds without a new request after which a batch sets off.
        """
        self._answer = answer
        self._largest = largest
        self._wait = wait
        self._waiting: list[_Job[Request, Answer]] = []
        self._has_leader = False
        self.batches = 0

    async def ask(self, request: Request) -> Answer:
        """The answer to one request."""
        job = _Job[Request, Answer](request)
        self._waiting.append(job)
        if self._has_leader:
            try:
                await job.woken.wait()
            except BaseException:
                if job in self._waiting:
                    self._waiting.remove(job)
                if job.leads:
                    self._hand_over()
                raise
        if not job.woken.is_set() or job.leads:
            self._has_leader = True
            try:
                await self._lead(job)
            finally:
                if job in self._waiting:
                    self._waiting.remove(job)
                self._hand_over()
        if job.error is not None:
            raise job.error
        assert job.answer is not None
        return job.answer

    async def _lead(self, job: _Job[Request, Answer]) -> None:
        seen = 0
        while seen < len(self._waiting) < self._largest:
            seen = len(self._waiting)
            await anyio.sleep(self._wait)
        # Who leads is the first in line, and so in the batch.
        batch, self._waiting = self._waiting[: self._largest], self._waiting[self._largest :]
        self.batches += 1
        requests = [one.request for one in batch]
        try:
            answers = await anyio.to_thread.run_sync(
                self._answer, requests, limiter=anyio.CapacityLimiter(1)
            )
        except Exception as error:  # noqa: BLE001  (everybody who asked gets it)
            for one in batch:
                one.error = error
        except BaseException:  # cancelled before the thread began
            self._waiting[:0] = batch
            raise
        else:
            for one, answer in zip(batch, answers, strict=True):
                one.answer = answer
        for one in batch:
            one.woken.set()

    def _hand_over(self) -> None:
        """Whoever is first in line leads from now on; nobody, where the line is empty."""
        self._has_leader = bool(self._waiting)
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].woken.set()
