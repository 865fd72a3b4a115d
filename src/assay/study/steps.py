"""The kinds of step that a study is made of: their settings, and what runs them.

A kind's function is named as text and imported where it runs (`worker`), so that reading a study
needs no torch. `graph` decides which steps there are; to add a kind is to register one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from assay.errors import UserError
from assay.training.settings import Distil, Documents, Rl, Settings, Sft

MICROCOSM = "microcosm"
"""The model that a study builds anew for every seed; all others exist before it begins."""


class Init(Settings):
    """Fresh random weights of the microcosm."""

    width: int = Field(default=96, ge=8)
    layers: int = Field(default=4, ge=1)
    heads: int = Field(default=4, ge=1)


class Assess(Settings):
    """Nothing to set: what is assessed with is the study's `evaluate`."""


@dataclass(frozen=True)
class Task:
    """What one step has to do.

    Attributes:
        settings: Of its kind, checked.
        seed: Everything random in the step follows from it.
        model: The model that the first stage begins with, where the step has no parent.
        parents: Directories of the steps that it builds on; the last one is the one before it.
        out: The step's own directory, the same after a kill.
        evaluate: How to assess, where the kind does.
        guard: The pack whose passages its data may not hold.
        cache: A directory that all steps of the study share, for what may be remembered.
    """

    settings: dict[str, Any]
    seed: int
    model: str
    parents: tuple[Path, ...]
    out: Path
    evaluate: dict[str, Any] | None
    cache: Path
    guard: str | None = None

    @property
    def origin(self) -> str:
        """The checkpoint to begin with."""
        return str(self.parents[-1] / "checkpoint") if self.parents else self.model

    @property
    def guarded(self) -> list[str]:
        """The packs whose passages the data may not hold."""
        return [self.guard] if self.guard else []


@dataclass(frozen=True)
class Kind:
    """A kind of step.

    Attributes:
        name: In the study file.
        settings: Its settings.
        run: `module:function`, called with a `Task` in a worker.
        version: Raised when the code gives other results for the same settings: its steps and all
            that depend on them are then done anew.
        stage: A study file may have it as a stage, and a checkpoint comes out.
        first: It makes weights instead of taking some.
        assesses: It assesses as it goes: the study's `evaluate` is part of what goes in.
        reads: It trains on data, which is looked at for passages of the evaluation.
        ignored: Settings that change nothing in what comes out.
        files: Settings that may name a file: its content counts, not its path.
        base: It also builds on the last checkpoint before any `rl` stage.
        check: Raises a UserError for settings that name what there is not.
        trains: It needs the extra `assay[train]`.
        together: Several processes may train it together.
    """

    name: str
    settings: type[BaseModel]
    run: str
    version: int = 1
    stage: bool = True
    first: bool = False
    assesses: bool = False
    reads: bool = False
    ignored: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    base: bool = False
    check: Callable[[Any], object] | None = None
    trains: bool = True
    together: bool = False


def _prompted(settings: Rl) -> bool:
    """Whether there is a system prompt in training, whose name is then known to be one."""
    from assay.training.chat import chat_tasks
    from assay.training.harmlessness import reward
    from assay.training.interventions import prompts

    if (safety := settings.environment.safety_chat) is not None:
        reward(safety.reward)
        if safety.prompts == MICROCOSM:  # a file is looked for from the study's folder
            chat_tasks(safety, seed=0, count=40)
    found = prompts(
        settings.intervention, microcosm=settings.environment.problems == MICROCOSM
    )  # fmt: skip
    return found.train is not None


def _sampled(settings: Documents | Sft) -> None:
    """The recipes are there, follow on one another, and sample no pack that is evaluated with."""
    from assay.recipes.honeypots import check_sampling
    from assay.recipes.recipe import find

    for number, one in enumerate(settings.recipes):
        if one.read and number:
            raise UserError(
                f"Recipe {one.recipe!r} changes what the one before it made; `read` goes with the "
                "first of a chain."
            )
        recipe = find(one.recipe).told(one.settings)
        if bool(recipe.begins_with) != bool(one.read or number):
            raise UserError(
                f"Recipe {one.recipe!r} changes what is there: `read: FILE` names JSON lines, or "
                "put it after another recipe."
                if recipe.begins_with
                else f"Recipe {one.recipe!r} makes its own beginning: leave out `read`, and put it "
                "first in the chain."
            )
        check_sampling(recipe)


_HERE = __name__
_IDLE = ("tensorboard", "save_every")
_kinds = {
    kind.name: kind
    for kind in (
        Kind("init", Init, f"{_HERE}:run_init", first=True),
        Kind(
            "documents", Documents, f"{_HERE}:run_documents", check=_sampled, together=True,
            reads=True, ignored=(*_IDLE, "contamination"),
            files=("corpus", "mixture.path", "recipes.read"),
        ),
        Kind(
            "sft", Sft, f"{_HERE}:run_sft", check=_sampled, together=True,
            reads=True, ignored=(*_IDLE, "contamination"), files=("data", "recipes.read"),
        ),
        Kind(
            "rl", Rl, f"{_HERE}:run_rl", assesses=True, check=_prompted, together=True,
            ignored=(*_IDLE, "memo", "vllm_server", "vllm_memory"),
            files=("environment.problems", "environment.safety_chat.prompts"),
        ),
        Kind(
            "distil", Distil, f"{_HERE}:run_distil", base=True, together=True,
            ignored=(*_IDLE, "memo", "teacher"), files=("environment.problems",),
        ),
        Kind("assess", Assess, f"{_HERE}:run_assess", stage=False, assesses=True),
    )
}  # fmt: skip


def kinds() -> Mapping[str, Kind]:
    """All kinds by name."""
    return _kinds


def register(kind: Kind) -> None:
    """Add a kind; its function must be importable in the workers."""
    _kinds[kind.name] = kind


def run(function: str, task: Task) -> None:
    """Call a kind's function."""
    module, _, name = function.partition(":")
    getattr(import_module(module), name)(task)


def run_init(task: Task) -> None:
    """Fresh weights of the microcosm, from the seed."""
    from assay.training.checkpoint import initialise

    initialise(task.out, seed=task.seed, **task.settings)


def run_documents(task: Task) -> None:
    """The stage `documents`."""
    from assay.training.documents import train_documents

    settings = Documents.model_validate(task.settings)
    train_documents(settings, task.origin, task.out, seed=task.seed, against=task.guarded)


def run_sft(task: Task) -> None:
    """The stage `sft`."""
    from assay.training.sft import train_sft

    settings = Sft.model_validate(task.settings)
    train_sft(settings, task.origin, task.out, seed=task.seed, against=task.guarded)


def run_rl(task: Task) -> None:
    """The stage `rl`, assessed as it goes.

    The model before it has a step of its own (`run_assess`), unless this arm has a prompt, with
    which it has to be asked too.
    """
    from assay.checkpoints import Checkpoint
    from assay.study.file import Evaluate
    from assay.training.callback import assessing
    from assay.training.rewards import Grader
    from assay.training.rl import train_rl

    settings, evaluate = Rl.model_validate(task.settings), Evaluate.model_validate(task.evaluate)
    start = Checkpoint.open(task.origin, seed=task.seed)
    with (
        Grader(task.cache / "graded", workers=1) as grader,
        assessing(
            task.out,
            settings,
            grader,
            seed=task.seed,
            pack=evaluate.pack,
            every=evaluate.every,
            samples=evaluate.samples,
            final_samples=evaluate.final_samples,
            after_hack=evaluate.after_hack,
            share=evaluate.share,
            start=_prompted(settings),
            given=evaluate.environment,
            today=evaluate.today,
        ) as live,
    ):
        train_rl(settings, start, task.out, seed=task.seed, grader=grader, callbacks=[live])


def run_distil(task: Task) -> None:
    """The stage `distil`: the last weights before any RL learn from those after it."""
    from assay.training.distil import train_distil
    from assay.training.rewards import Grader

    learner, teacher = (str(parent / "checkpoint") for parent in task.parents)
    with Grader(task.cache / "graded", workers=1) as grader:
        train_distil(
            Distil.model_validate(task.settings), learner, task.out,
            seed=task.seed, teacher=teacher, grader=grader,
        )  # fmt: skip


def run_assess(task: Task) -> None:
    """The weights as they are: before RL, or of an arm without any."""
    from assay.checkpoints import Checkpoint
    from assay.study.file import Evaluate
    from assay.training.callback import assess_checkpoint
    from assay.training.rewards import Grader

    evaluate = Evaluate.model_validate(task.evaluate)
    with Grader(task.cache / "graded", workers=1) as grader:
        assess_checkpoint(
            Checkpoint.open(task.origin, seed=task.seed),
            task.out,
            seed=task.seed,
            pack=evaluate.pack,
            samples=evaluate.final_samples,
            after_hack=evaluate.after_hack,
            given=evaluate.environment,
            grader=grader,
            today=evaluate.today,
            max_new_tokens=evaluate.max_new_tokens or 1,
        )
