"""What a place that runs jobs has to offer: `local` is one, `cluster` another."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Resources:
    """What a step takes, or what an engine has."""

    cpus: int = 1
    gpus: int = 0

    def holds(self, wanted: "Resources") -> bool:
        """Whether so much is there."""
        return self.cpus >= wanted.cpus and self.gpus >= wanted.gpus

    def less(self, taken: "Resources") -> "Resources":
        """What is left."""
        return Resources(self.cpus - taken.cpus, self.gpus - taken.gpus)

    def more(self, given: "Resources") -> "Resources":
        """What there is when it is given back."""
        return Resources(self.cpus + given.cpus, self.gpus + given.gpus)


@dataclass(frozen=True)
class Job:
    """Work on its way to a worker, as data: a step of a study, a block of an audit.

    Attributes:
        key: Its name among the others.
        perform: The function that runs it, `module:name`; it takes `given` and returns the fields
            of an `Ended`, less `key` and `seconds`.
        given: As JSON.
        log: Where to look when its process is gone.
    """

    key: str
    perform: str
    given: dict[str, Any]
    log: str
    resources: Resources = Resources()


@dataclass(frozen=True)
class Ended:
    """How a job ended.

    Attributes:
        error: None if it succeeded, or what a person should know.
        user: The person can mend it.
        full: The disk was full: no use to go on.
        lost: Its process is gone, which says nothing of the step: it is begun again.
    """

    key: str
    seconds: float
    error: str | None = None
    user: bool = False
    full: bool = False
    lost: bool = False


class Engine(Protocol):
    """A place that runs jobs."""

    def capacity(self) -> Resources:
        """What it has for jobs in all."""
        ...

    def submit(self, job: Job) -> None:
        """Begin a job; there is room for it."""
        ...

    def wait(self, seconds: float) -> list[Ended]:
        """Jobs that have ended; none if that takes longer than `seconds`."""
        ...

    def close(self) -> None:
        """Stop whatever runs. What it has saved stays, to go on from."""
        ...
