"""How far a stage is, for the person who waits: a bar on standard error."""

from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

_SHOWN = ("loss", "reward", "kl")


class Bar(TrainerCallback):
    """Steps done, the last loss, and how long the rest takes."""

    def __init__(self, stage: str) -> None:
        """Shows nothing until training begins."""
        self._stage = stage
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[found]}"),
            console=Console(stderr=True),
        )
        self._task: TaskID | None = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Show the bar, at the step where a killed run goes on."""
        self._task = self._bar.add_task(
            self._stage, total=state.max_steps, completed=state.global_step, found=""
        )
        self._bar.start()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """One step further."""
        if self._task is not None:
            self._bar.update(self._task, completed=state.global_step)

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl,
        logs: dict[str, Any] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        """Show what the trainer found."""
        found = [f"{key} {logs[key]:.3g}" for key in _SHOWN if key in (logs or {}) and logs]
        if self._task is not None and found:
            self._bar.update(self._task, found=", ".join(found))

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Leave it as it stands."""
        self._bar.stop()
