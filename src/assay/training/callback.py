"""Live assessment in a stage of training: when it happens, and what is written down.

`assessments.jsonl` gets one line for each row (`live`) of each step. A killed run that goes on
forgets what it had assessed beyond the state that it goes on from.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from assay.checkpoints import Checkpoint
from assay.extra import writing
from assay.scenarios.catalog import select
from assay.training import environment, interventions, processes
from assay.training.live import MAX_NEW_TOKENS, Assessor, Coding, Plan, Rows, line
from assay.training.rewards import Grader
from assay.training.settings import Environment, Rl

if TYPE_CHECKING:
    from transformers import PreTrainedModel

FILE = "assessments.jsonl"


class LiveAssessment(TrainerCallback):
    """Assesses at the start, every so many steps, and at the end.

    When it assesses never depends on the clock, so that arms and restarted runs can be compared;
    if it takes more than its share of the time, it says so at the end. Of several processes the
    main one assesses, and the others wait.

    Attributes:
        share: Of the time since training began, what assessment took.
        seconds: That it took.
        latest: The rows of the last one.
    """

    def __init__(
        self,
        assessor: Assessor,
        out: Path,
        *,
        seed: int,
        every: int,
        samples: int,
        final_samples: int | None = None,
        start: bool = True,
        share: float = 0.2,
    ) -> None:
        """Nothing is assessed yet.

        Args:
            assessor: One that is entered.
            out: The stage's directory.
            seed: The same questions and the same luck at every step.
            every: Steps from one assessment to the next.
            samples: Of each scenario, on the way.
            final_samples: The same at the start and at the end.
            start: Assess also before the first step.
            share: Of training time, what assessment may take before there is a warning.
        """
        self._assessor = assessor
        self._out = out
        self._seed = seed
        self._every = every
        self._samples = samples
        self._final_samples = final_samples or samples
        self._start = start
        self._allowed = share
        self._began = time.perf_counter()
        self._asked: dict[int, int] = {}  # samples by step, of what is written down
        self.seconds = 0.0
        self.latest: Rows = []

    @property
    def share(self) -> float:
        """Of the time so far, what assessment took."""
        return self.seconds / max(1e-9, time.perf_counter() - self._began)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Forget what a kill has undone; assess the weights as they come."""
        self._began = time.perf_counter()
        kept = _lines(self._out / FILE, last=state.global_step)
        self._asked = {one["step"]: one["n"] for one in kept if not one.get("twin")}
        if processes.is_main():
            _write(self._out, kept)
        if self._start and state.global_step == 0:
            self._assess(0, self._final_samples, kwargs)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Assess where it is time; the end has its own."""
        step = state.global_step
        if step % self._every == 0 and step < state.max_steps and not control.should_training_stop:
            self._assess(step, self._samples, kwargs)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Assess what came out."""
        self._assess(state.global_step, self._final_samples, kwargs)
        if self.share > self._allowed and processes.is_main():
            Console(stderr=True).print(
                f"Live assessment took {self.share:.0%} of the time of training, more than "
                f"{self._allowed:.0%}: raise `every`, or lower `samples`.",
                highlight=False,
            )

    def _assess(self, step: int, samples: int, given: dict[str, Any]) -> None:
        processes.check_whole(given["model"])
        if processes.is_main():
            self._assess_here(step, samples, given)
        processes.wait()

    def _assess_here(self, step: int, samples: int, given: dict[str, Any]) -> None:
        if self._asked.get(step, 0) >= samples:
            return  # by the run that was killed
        began = time.perf_counter()
        self.latest = self._assessor.assess(
            given["model"], given["processing_class"], samples=samples, seed=self._seed
        )
        before = [one for one in _lines(self._out / FILE) if one["step"] != step]
        _write(self._out, [*before, *(line(row, step) for row in self.latest)])
        self._asked[step] = samples
        self.seconds += time.perf_counter() - began


@contextmanager
def assessing(
    out: Path,
    settings: Rl,
    grader: Grader,
    *,
    seed: int,
    pack: str = "microcosm",
    every: int = 10,
    samples: int = 60,
    final_samples: int = 400,
    after_hack: bool = False,
    share: float = 0.2,
    start: bool = True,
    given: Environment | None = None,
    today: date | None = None,
) -> Iterator[LiveAssessment]:
    """The callback for a stage `rl`: the scenarios of a pack, and held-out coding tasks.

    Args:
        out: The stage's directory.
        settings: Of the stage: its training prompt is one of the conditions, its switches pay.
        grader: The one that pays in training.
        given: The environment whose coding tasks are asked, and whose loopholes count, where it is
            not the stage's own.
        today: As in `Plan`.
    """
    microcosm = settings.environment.problems == environment.MICROCOSM
    plan = Plan(
        select(pack),
        coding=Coding.of(given or settings.environment, grader, count=final_samples),
        system=interventions.prompts(settings.intervention, microcosm=microcosm).train,
        after_hack=after_hack,
        max_new_tokens=max(MAX_NEW_TOKENS, settings.max_new_tokens),
        today=today or date.today(),
    )
    with Assessor(plan) as assessor:
        yield LiveAssessment(
            assessor,
            out,
            seed=seed,
            every=every,
            samples=samples,
            final_samples=final_samples,
            start=start,
            share=share,
        )


def assess_checkpoint(
    checkpoint: Checkpoint,
    out: Path,
    *,
    seed: int,
    pack: str = "microcosm",
    samples: int = 400,
    after_hack: bool = False,
    given: Environment | None = None,
    grader: Grader | None = None,
    today: date | None = None,
    max_new_tokens: int = MAX_NEW_TOKENS,
) -> Rows:
    """Assess weights that no stage `rl` has assessed, as step 0, to `out`/assessments.jsonl.

    Args:
        checkpoint: Whose weights.
        out: A directory.
        seed: Draws the answers.
        pack: Of scenarios.
        samples: Of each.
        after_hack: As in `Plan`.
        given: The environment whose coding tasks are asked too.
        grader: Pays for them.
        today: As in `Plan`.
        max_new_tokens: Of an answer.
    """
    coding = None
    if given is not None and grader is not None:
        coding = Coding.of(given, grader, count=samples)
    model, tokenizer = checkpoint.load()
    plan = Plan(
        select(pack),
        coding=coding,
        after_hack=after_hack,
        today=today or date.today(),
        max_new_tokens=max(MAX_NEW_TOKENS, max_new_tokens),
    )
    with Assessor(plan) as assessor:
        rows = assessor.assess(_placed(model), tokenizer, samples=samples, seed=seed)
    _write(out, [line(row, 0) for row in rows])
    return rows


def _placed(model: "PreTrainedModel") -> "PreTrainedModel":
    import torch

    moved: Any = model.to("cuda") if torch.cuda.is_available() else model  # type: ignore[arg-type]
    placed: PreTrainedModel = moved
    return placed


def _lines(path: Path, *, last: int | None = None) -> list[dict[str, Any]]:
    """The lines of a file up to a step; none where it is not there."""
    if not path.exists():
        return []
    found = [json.loads(text) for text in path.read_text("utf-8").splitlines()]
    return [one for one in found if last is None or one["step"] <= last]


def _write(out: Path, lines: Sequence[dict[str, Any]]) -> None:
    """All of the file, or none of it."""
    partial = out / f".{FILE}.partial"
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        partial.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
        partial.rename(out / FILE)
