"""What a step of a stage takes, as a study file says it: `resources: {rl: {gpus: 2}}`."""

from pathlib import Path
from typing import Any

from pydantic import Field

from assay.errors import UserError
from assay.study.steps import Kind
from assay.training.settings import Rl, Settings


class Needs(Settings):
    """What one step takes. It decides what runs side by side, and nothing else but rounding.

    Attributes:
        cpus: Cores, and so many threads.
        memory: GiB.
        sandboxes: At the same time.
        processes: In which the step trains together, by accelerate; default: one for each GPU.
        accelerate: A file as `accelerate config` writes, for FSDP and the like.
    """

    cpus: int = Field(default=1, ge=1)
    gpus: int = Field(default=0, ge=0)
    memory: float = Field(default=0.0, ge=0)
    sandboxes: int = Field(default=0, ge=0)
    processes: int | None = Field(default=None, ge=1)
    accelerate: str | None = None

    @property
    def together(self) -> int:
        """Processes that train together."""
        return self.processes or max(1, self.gpus)

    @property
    def amounts(self) -> dict[str, Any]:
        """What is set aside, as far as it is said."""
        return self.model_dump(exclude_unset=True, exclude={"processes", "accelerate"})

    def placed(self, folder: Path) -> "Needs":
        """With the path of its file made absolute.

        Raises:
            UserError: There is no such file.
        """
        if self.accelerate is None:
            return self
        path = folder / self.accelerate
        if not path.is_file():
            raise UserError(
                f"There is no {self.accelerate!r} in {str(folder)!r}, which `resources` names; "
                "`accelerate config` writes one."
            )
        return self.model_copy(update={"accelerate": str(path.resolve())})

    def check(self, stage: str, kind: Kind, settings: Any) -> None:
        """Return if a stage can be shared by the processes.

        Raises:
            UserError: It runs in one process, or its batch cannot be cut into equal parts.
        """
        n = self.together
        if self.accelerate and not (self.processes or self.gpus):
            raise UserError(
                f"`resources` of {stage!r} has a file for accelerate; say in how many processes, "
                "with gpus or processes."
            )
        if n == 1 and self.accelerate is None:
            return
        if not kind.together:
            raise UserError(
                f"Stage {stage!r} runs in one process; say processes: 1, or leave it out."
            )
        whole, parts = (
            (settings.prompts, n)
            if isinstance(settings, Rl)
            else (settings.batch_size, n * settings.gradient_accumulation)
        )
        if whole % parts:
            what = "prompts" if isinstance(settings, Rl) else "batch_size"
            raise UserError(
                f"Stage {stage!r}: {what} {whole} cannot be shared equally by {n} processes in "
                f"{parts // n} parts each; change {what}, or `resources`."
            )
