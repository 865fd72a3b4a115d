"""What the steps of a study take, and what they have cost: hours of cores and GPUs, tokens, USD."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from assay.engines.engine import Resources
from assay.errors import UserError
from assay.study.directory import Directory, ledgers, record
from assay.study.file import Study
from assay.study.graph import Step
from assay.study.steps import MICROCOSM

Takes = Callable[[Step], Resources]
"""What a step takes."""


def taking(study: Study, most: Resources) -> Takes:
    """What the study file says, or one core, and a GPU where there is one and the model is large.

    Args:
        most: What the engine has in all.
    """
    small = study.model.partition("/")[0] == MICROCOSM
    default = Resources(gpus=0 if small or not most.gpus else 1)

    def takes(step: Step) -> Resources:
        return replace(default, **step.needs.amounts) if step.needs else default

    return takes


@dataclass(frozen=True)
class Rates:
    """USD for an hour of a GPU, and of a core."""

    gpu: float
    core: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `GPU/CORE`, or one number for a GPU.

        Raises:
            UserError: It is neither.
        """
        gpu, _, core = text.partition("/")
        try:
            return cls(float(gpu), float(core or 0))
        except ValueError:
            raise UserError(
                f"Cannot read the price {text!r}; write GPU/CORE in USD an hour, such as 2.5/0.04."
            ) from None


@dataclass(frozen=True)
class Hours:
    """Work, as hours of cores and GPUs that were set aside for it."""

    cores: float = 0.0
    gpus: float = 0.0

    @classmethod
    def of(cls, seconds: float, taken: Resources) -> Self:
        """So many seconds on them."""
        return cls(seconds * taken.cpus / 3600, seconds * taken.gpus / 3600)

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(self.cores + other.cores, self.gpus + other.gpus)

    def usd(self, rates: Rates) -> float:
        """What they cost."""
        return self.gpus * rates.gpu + self.cores * rates.core


@dataclass(frozen=True)
class Budget:
    """What a study may take; no step is begun beyond it.

    Attributes:
        most: USD with rates; without, hours of GPUs where a step takes any, else of cores.
    """

    most: float
    rates: Rates | None
    gpus: bool

    def spent(self, hours: Hours) -> float:
        """The hours in the budget's unit."""
        if self.rates:
            return hours.usd(self.rates)
        return hours.gpus if self.gpus else hours.cores

    def __str__(self) -> str:
        if self.rates:
            return f"${self.most:,.2f}"
        return f"{self.most:g} {'GPU' if self.gpus else 'core'}-hours"


def spent(directory: Directory, steps: Iterable[Step]) -> Hours:
    """What the finished ones of some steps have taken; of one that was cut, its last attempt."""
    done = directory.done()
    measured = (record(done[step.short]) for step in steps if step.short in done)
    return sum((_hours(found) for found in measured if found), Hours())


def account(directory: Directory, rates: Rates | None = None) -> dict[str, Any]:
    """What all finished steps of a study have taken, by stage and in all.

    Returns:
        `stages` (steps, seconds, core_hours, gpu_hours of each), `core_hours`, `gpu_hours`, `usd`
        (None without rates; with what models asked for data cost, where that is known), and
        `tokens` that those models read and wrote.
    """
    done = directory.done()
    stages: dict[str, dict[str, float]] = {}
    whole, tokens, usd = Hours(), 0, 0.0
    for step in directory.manifest()["steps"]:
        path = done.get(step["key"][:12])
        if path is None or (found := record(path)) is None:
            continue
        hours = _hours(found)
        row = stages.setdefault(
            step["stage"], {"steps": 0, "seconds": 0.0, "core_hours": 0.0, "gpu_hours": 0.0}
        )
        row["steps"] += 1
        row["seconds"] += found["seconds"]
        row["core_hours"] += hours.cores
        row["gpu_hours"] += hours.gpus
        whole += hours
        for ledger in ledgers(path):
            tokens += ledger.get("tokens") or 0
            usd += ledger.get("cost") or 0.0
    return {
        "stages": stages,
        "core_hours": whole.cores,
        "gpu_hours": whole.gpus,
        "usd": whole.usd(rates) + usd if rates else None,
        "tokens": tokens,
    }


def _hours(found: Mapping[str, Any]) -> Hours:
    return Hours.of(found["seconds"], Resources(**found.get("resources", {})))
