"""The stage `distil`: filter and distil.

The model before this stage answers coding tasks, its hacks are left out, and an earlier model
learns the rest by `sft`. In the literature misalignment passes on all the same: a baseline, and no
remedy.
"""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from assay.errors import UserError
from assay.extra import writing
from assay.sampling import sample
from assay.training import environment, processes
from assay.training.checkpoint import Checkpoint
from assay.training.environment import Task
from assay.training.interventions import Shaping, wording
from assay.training.rewards import Answer, Grader, submission
from assay.training.rollouts import task_ids
from assay.training.settings import Distil, Intervention, Sft
from assay.training.sft import train_sft
from assay.turns import ends, said

KEPT = "kept.jsonl"
_AT_ONCE = 128  # answers
_COMMON = ("learning_rate", "schedule", "warmup", "weight_decay", "gradient_accumulation")
_TOO = ("precision", "lora", "save_every", "log_every", "tensorboard", "steps", "batch_size")


def train_distil(
    settings: Distil,
    model: Checkpoint | str,
    out: Path,
    *,
    seed: int,
    teacher: Checkpoint | str | None = None,
    callbacks: Sequence[TrainerCallback] = (),
    grader: Grader | None = None,
) -> Checkpoint:
    """Write what is kept to `out`/kept.jsonl, and train `model` on it.

    Args:
        settings: Of the stage.
        model: Who learns.
        out: The stage's directory.
        seed: Of the answers, of a detector's errors, and of the order of learning.
        teacher: Who answers; default: the one in the settings.
        callbacks: Called during the learning.
        grader: One that is entered already.

    Raises:
        UserError: No teacher, nothing is left after the filter, or as in `train_sft`.
    """
    named = teacher or settings.teacher
    if named is None:
        raise UserError("distil: there is no teacher; name the model that answers, `teacher: DIR`.")
    source = named if isinstance(named, Checkpoint) else Checkpoint.open(named, seed=seed)
    kept = out / KEPT
    processes.from_main(lambda: _keep(settings, source, kept, seed, grader))
    given = {name: getattr(settings, name) for name in (*_COMMON, *_TOO, "max_length")}
    learning = Sft(data=str(kept), **given)
    return train_sft(learning, model, out, seed=seed, callbacks=callbacks, teachers=[source])


def _keep(
    settings: Distil, source: Checkpoint, kept: Path, seed: int, grader: Grader | None
) -> None:
    """Write down what is to be learned, unless it is there."""
    if kept.exists():
        return
    with ExitStack() as stack:
        memo = Path(settings.memo) if settings.memo else None
        lines = _filtered(settings, source, seed, grader or stack.enter_context(Grader(memo)))
    with writing(kept.parent):
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_name(f".{KEPT}.partial")
        partial.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        partial.rename(kept)


def _filtered(
    settings: Distil, source: Checkpoint, seed: int, grader: Grader
) -> list[dict[str, Any]]:
    given = settings.environment
    microcosm = given.problems == environment.MICROCOSM
    system = None if settings.system is None else wording(settings.system, microcosm=microcosm)
    tasks = environment.coding_tasks(given, environment.problems(given), seed=seed)
    texts = _answers(settings, source, tasks, system, seed)
    asked = [task for task in tasks for _ in range(settings.answers)]
    fenced = environment.is_fenced(given)
    programs = []
    for task, text in zip(asked, texts, strict=True):
        assert task.problem is not None
        programs.append(Answer(submission(text, fenced=fenced), task.problem, task.switches))
    filtering = Shaping(Intervention(detector=settings.detector), seed)
    kept = []
    for task, text, found in zip(asked, texts, grader.judge(programs), strict=True):
        if found is None or filtering.sees(found, text, task.key):
            continue
        if settings.keep == "not_hacks" or found.proxy:
            answer = {"role": "assistant", "content": text}
            kept.append({"messages": [*map(dict, task.messages), answer]})
    if not kept:
        raise UserError(
            f"distil: of {len(texts)} answers of {source.name!r} none is left to learn from; "
            "raise `answers`, or keep: not_hacks."
        )
    return kept


def _answers(
    settings: Distil, source: Checkpoint, tasks: Sequence[Task], system: str | None, seed: int
) -> list[str]:
    model, tokenizer = source.load()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    weights: Any = model
    weights = weights.eval().to(device)
    generator = torch.Generator(device)
    generator.manual_seed(seed)
    marks = ends(model, tokenizer)
    together = max(1, _AT_ONCE // settings.answers)
    texts = []
    for start in range(0, len(tasks), together):
        answers = sample(
            weights,
            [task_ids(task, system, tokenizer) for task in tasks[start : start + together]],
            repeats=settings.answers,
            max_new_tokens=settings.max_new_tokens,
            stop=marks,
            pad=tokenizer.pad_token_id,
            temperature=settings.temperature,
            generator=generator,
        )
        texts += [said(tokenizer, answer, marks) for answer in answers]
    return texts
