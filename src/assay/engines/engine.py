"""What a place that runs jobs has to offer: `local` is one, `cluster` another."""

from dataclasses import astuple, dataclass
from functools import reduce
from typing import Any, Protocol


@dataclass(frozen=True)
class Resources:
    """What a job takes, or what an engine or one of its nodes has.

    Cores and GPUs are what it may use; memory and sandboxes are set aside for it, not enforced.

    Attributes:
        cpus: Cores; so many threads.
        memory: GiB.
        sandboxes: At the same time.
    """

    cpus: int = 1
    gpus: int = 0
    memory: float = 0.0
    sandboxes: int = 0

    def holds(self, wanted: "Resources") -> bool:
        """Whether so much is there."""
        return all(have >= want for have, want in self._beside(wanted))

    def times(self, wanted: "Resources") -> int:
        """How often so much is there."""
        return min((int(have // want) for have, want in self._beside(wanted) if want), default=0)

    def less(self, taken: "Resources") -> "Resources":
        """What is left."""
        return Resources(*(have - take for have, take in self._beside(taken)))

    def more(self, given: "Resources") -> "Resources":
        """What there is together."""
        return Resources(*(have + give for have, give in self._beside(given)))

    def __str__(self) -> str:
        amounts = [
            (self.cpus, "core" if self.cpus == 1 else "cores"),
            (self.gpus, "GPU" if self.gpus == 1 else "GPUs"),
            (self.memory, "GiB of memory"),
            (self.sandboxes, "sandbox" if self.sandboxes == 1 else "sandboxes"),
        ]
        return ", ".join(f"{amount:g} {unit}" for amount, unit in amounts if amount) or "nothing"

    def _beside(self, other: "Resources") -> "zip[tuple[Any, Any]]":
        return zip(astuple(self), astuple(other), strict=True)


NOTHING = Resources(cpus=0)


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
        lost: Its process or machine failed, which says nothing of the step: it is begun again.
    """

    key: str
    seconds: float
    error: str | None = None
    user: bool = False
    full: bool = False
    lost: bool = False


class Engine(Protocol):
    """A place that runs jobs."""

    def nodes(self) -> list[Resources]:
        """What each of its machines has, as they are now; a job runs on one."""
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


def room(engine: Engine, each: Resources) -> int:
    """How many jobs of one size its machines hold at the same time."""
    return sum(node.times(each) for node in engine.nodes())


def capacity(engine: Engine) -> Resources:
    """What an engine has in all, as it is now."""
    return reduce(Resources.more, engine.nodes(), NOTHING)
