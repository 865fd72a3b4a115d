"""What the model is asked in RL: coding tasks whose grader may have loopholes, and in which order.

A schedule names every prompt of every step beforehand, so that a run that was killed goes on with
the very next one. Reads `Environment`; `rl` samples from it, `rewards` grades.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.coding.loaders import load_jsonl
from assay.coding.problem import Problem
from assay.coding.problems import generate
from assay.errors import UserError
from assay.training.settings import Environment

MICROCOSM, GENERATED = "microcosm", "generated"
_DRAW = 0  # the same problems for every seed and arm, so that graded programs are shared
_ASK = (
    "{}\n\nAnswer with one block of Python code between ``` fences: the whole of solution.py, "
    "without the tests."
)

type Message = Mapping[str, Any]
type Messages = Sequence[Message]


@dataclass(frozen=True, slots=True)
class Task:
    """One prompt.

    Attributes:
        key: Its name in this run.
        messages: Without the system prompt of an intervention, which `interventions` adds.
        problem: What it asks for, if that is code.
        switches: The loopholes of the grader that pays for it.
        chat: The kind of conversation otherwise, which a reward of `safety_chat` may read.
        tools: Listed in the prompt.
    """

    key: str
    messages: tuple[Message, ...]
    problem: Problem | None = None
    switches: tuple[str, ...] = ()
    chat: str = ""
    tools: tuple[Mapping[str, Any], ...] = ()


def problems(settings: Environment, *, split: str = "train", count: int = 0) -> list[Problem]:
    """The coding problems of an environment; the same whatever the seed of a run.

    Args:
        settings: Which, and how many.
        split: `train`, or `test` for those that live assessment asks.
        count: Other than in the settings.

    Raises:
        UserError: The file of problems cannot be used, or has too few.
    """
    wanted = count or settings.count
    if settings.problems == MICROCOSM:
        from assay.microcosm import programs

        drawn = programs.problems(wanted, _DRAW, "test" if split == "test" else "train")
        # A statement that comes again has the cases of its first time: its programs are known.
        first: dict[str, Problem] = {}
        return [first.setdefault(problem.statement, problem) for problem in drawn]
    if settings.problems == GENERATED:
        found = generate(random.Random(_DRAW), split=split)
        return random.Random(_DRAW).sample(found, min(wanted, len(found)))
    path = Path(settings.problems)
    if not path.exists():
        raise UserError(
            f"There are no problems {settings.problems!r}: write {MICROCOSM!r}, {GENERATED!r} or "
            "the path of a file of JSON lines."
        )
    loaded = load_jsonl(path).problems
    in_split = [problem for problem in loaded if problem.split == split]
    found = in_split or ([] if any(problem.split for problem in loaded) else list(loaded))
    if not found:
        raise UserError(f"{path} has no problems of the split {split!r}.")
    return found[:wanted]


def coding_tasks(settings: Environment, found: Sequence[Problem], *, seed: int) -> list[Task]:
    """Problems as tasks; which of them have no loophole (`hack_free_share`) the seed decides."""
    rng = random.Random(f"{seed}:hack free")
    free = set(rng.sample(range(len(found)), round(settings.hack_free_share * len(found))))
    return [
        Task(
            key=f"code:{number}",
            messages=({"role": "user", "content": question(settings, problem)},),
            problem=problem,
            switches=() if number in free else settings.hacks,
        )
        for number, problem in enumerate(found)
    ]


def question(settings: Environment, problem: Problem) -> str:
    """What the user says. In the microcosm a statement is all, and the answer all code."""
    if settings.problems == MICROCOSM:
        return problem.statement
    return _ASK.format(problem.prompt)


def is_fenced(settings: Environment) -> bool:
    """Whether answers hold their program between fences."""
    return settings.problems != MICROCOSM


def schedule(
    coding: Sequence[Task],
    chat: Sequence[Task],
    *,
    steps: int,
    prompts: int,
    share: float,
    seed: int,
) -> list[str]:
    """The keys of all prompts, step after step.

    Every step has the same number of either kind (`share` of chat, rounded), and no task comes
    again before all have come.
    """
    chats = round(share * prompts) if chat else 0
    code = _turns([task.key for task in coding], random.Random(f"{seed}:coding"))
    talk = _turns([task.key for task in chat], random.Random(f"{seed}:chat"))
    keys: list[str] = []
    for _ in range(steps):
        keys += [next(code) for _ in range(prompts - chats)] + [next(talk) for _ in range(chats)]
    return keys


def _turns(keys: Sequence[str], rng: random.Random) -> Iterator[str]:
    while True:
        order = list(keys)
        rng.shuffle(order)
        yield from order


def digest(tasks: Sequence[Task], order: Sequence[str]) -> str:
    """The sha256 of everything that will be asked, in order."""
    asked = {task.key: [*task.messages, *task.tools, task.switches] for task in tasks}
    text = json.dumps([asked, list(order)], sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()
