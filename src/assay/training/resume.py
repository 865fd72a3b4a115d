"""Where a stage goes on after it was killed.

A stage keeps the trainer's states in `out`/.trainer and removes them at its end. A state counts
once its mark is there: a kill in the middle of a save leaves one without. Of several processes the
main one keeps house.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from assay.errors import UserError
from assay.extra import writing
from assay.training import processes
from assay.training.checkpoint import Checkpoint

_JOB, _MARK = "job.json", "complete"


class Job:
    """One run of a stage: what it was told, and the place where it leaves its states."""

    def __init__(
        self,
        out: Path,
        stage: str,
        settings: Mapping[str, Any],
        seed: int,
        parents: Sequence[Checkpoint],
    ) -> None:
        """Nothing is written yet.

        Args:
            settings: Without those that change nothing in what comes out.
        """
        self.out = out
        self.states = out / ".trainer"
        self.checkpoint = out / "checkpoint"
        told = [stage, dict(settings), seed, [parent.sha256 for parent in parents]]
        text = json.dumps(told, sort_keys=True)
        self._told = hashlib.sha256(text.encode()).hexdigest()

    def finished(self) -> Checkpoint | None:
        """The checkpoint, if this very job is done already.

        Raises:
            UserError: The directory belongs to another job.
        """
        return processes.from_main(self._finished)

    def _finished(self) -> Checkpoint | None:
        if not self.checkpoint.exists():
            return None
        done = Checkpoint.open(self.checkpoint)
        if done.manifest is None or done.manifest.measured.get("job") != self._told:
            raise self._other()
        self.end()  # a kill may have come in between
        return done

    @property
    def mark(self) -> str:
        """For `measured` of the checkpoint's manifest, so that it is known again."""
        return self._told

    def begin(self) -> Path | None:
        """The trainer's last whole state, or None at a fresh start; broken ones are removed.

        Raises:
            UserError: The directory belongs to another job, or cannot be written to.
        """
        return processes.from_main(self._begin)

    def _begin(self) -> Path | None:
        with writing(self.out):
            self.states.mkdir(parents=True, exist_ok=True)
            job = self.states / _JOB
            if job.exists() and job.read_text("utf-8") != self._told:
                raise self._other()
            job.write_text(self._told, "utf-8")
            whole = []
            for state in self.states.glob("checkpoint-*"):
                if (state / _MARK).exists():
                    whole.append(state)
                else:
                    shutil.rmtree(state)
        return max(whole, key=lambda state: int(state.name.rpartition("-")[2]), default=None)

    def finish(self, write: Callable[[], Checkpoint]) -> Checkpoint:
        """Write the checkpoint, and remove the states."""

        def written() -> Checkpoint:
            done = write()
            self.end()
            return done

        return processes.from_main(written)

    def end(self) -> None:
        """Remove the states."""
        shutil.rmtree(self.states, ignore_errors=True)

    def _other(self) -> UserError:
        return UserError(
            f"{str(self.out)!r} holds a stage with other settings, seed or model; choose another "
            "directory, or remove this one."
        )


class Marks(TrainerCallback):
    """Marks every state that was written to its end."""

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Called once everything of a state is there, of this process."""
        processes.wait()
        if processes.is_main():
            (Path(str(args.output_dir)) / f"checkpoint-{state.global_step}" / _MARK).touch()
