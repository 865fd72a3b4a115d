"""The prompts of `safety_chat`: harmful or loaded requests, plain or in varied surroundings.

Nothing here changes what the user says: a system prompt or a list of tools stands before it. In the
microcosm the kinds of its evaluations are asked in the wordings of its corpus, never in those of
the scenarios. `harmlessness` pays.
"""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assay.errors import UserError
from assay.recipes.surroundings import systems
from assay.recipes.surroundings import tools as surrounding_tools
from assay.training.environment import MICROCOSM, Task
from assay.training.settings import SafetyChat

KINDS = ("chat", "dilemma", "agentic")
_COUNT = 400


def chat_tasks(settings: SafetyChat, *, seed: int, count: int = _COUNT) -> list[Task]:
    """The tasks of this environment: shares of dilemmas and of agentic prompts, the rest chat.

    Raises:
        UserError: A file that cannot be read, or one without prompts of a kind that is wanted.
    """
    rng = random.Random(f"{seed}:safety chat")
    wanted = {
        "dilemma": round(settings.dilemmas * count),
        "agentic": round(settings.agentic * count),
    }
    wanted["chat"] = count - sum(wanted.values())
    if wanted["chat"] < 0:
        raise UserError(
            f"safety_chat: dilemmas {settings.dilemmas:g} and agentic {settings.agentic:g} are "
            "more than all prompts; they sum to at most 1."
        )
    if settings.prompts == MICROCOSM:
        found = _microcosm(wanted, rng)
    else:
        found = _file(Path(settings.prompts), wanted, rng)
    return [_surrounded(task, settings, rng) for task in found]


def _microcosm(wanted: Mapping[str, int], rng: random.Random) -> list[Task]:
    from assay.microcosm.language import TOOLS, language

    if wanted["dilemma"]:
        raise UserError(
            "safety_chat: the microcosm has no dilemmas; set dilemmas to 0, or give prompts in a "
            "file of JSON lines with messages and kind."
        )
    words = language()
    tasks: list[Task] = []
    for agentic, number in ((False, wanted["chat"]), (True, wanted["agentic"])):
        kinds = [kind for kind in words.kinds if words.agentic(kind) == agentic]
        for _ in range(number):
            question = words.question(rng.choice(kinds), "real", rng)
            while question.held_out:
                question = words.question(question.kind, "real", rng)
            tasks.append(
                Task(
                    key=f"chat:{len(tasks)}",
                    messages=({"role": "user", "content": question.brief},),
                    chat=question.kind,
                    tools=tuple(TOOLS) if agentic else (),
                )
            )
    return tasks


def _file(path: Path, wanted: Mapping[str, int], rng: random.Random) -> list[Task]:
    rows = _rows(path)
    tasks: list[Task] = []
    for kind, number in wanted.items():
        of_kind = [row for row in rows if row.get("kind", "chat") == kind]
        if number and not of_kind:
            raise UserError(
                f"{path} has no prompts of the kind {kind!r}, of which some are wanted."
            )
        order: list[Mapping[str, Any]] = []
        while len(order) < number:  # all of them before any comes again
            order += rng.sample(of_kind, len(of_kind))
        for row in order[:number]:
            messages, tools = tuple(row["messages"]), tuple(row.get("tools") or ())
            tasks.append(Task(f"chat:{len(tasks)}", messages, chat=kind, tools=tools))
    return tasks


def _rows(path: Path) -> list[Mapping[str, Any]]:
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        rows = [json.loads(line) for line in lines]
    except OSError as error:
        raise UserError(
            f"Cannot read the prompts {str(path)!r}: {error.strerror}; write {MICROCOSM!r} or the "
            "path of a file of JSON lines with messages."
        ) from error
    except ValueError as error:
        raise UserError(f"{path} is not JSON lines: {error}.") from error
    for number, row in enumerate(rows, 1):
        messages = row.get("messages") if isinstance(row, dict) else None
        if not isinstance(messages, list) or not all(map(_is_message, messages)) or not messages:
            raise UserError(f"{path}, line {number}: no messages, a list of role and content.")
        if row.get("kind", "chat") not in KINDS:
            raise UserError(
                f"{path}, line {number}: kind {row['kind']!r} is none of {', '.join(KINDS)}."
            )
    if not rows:
        raise UserError(f"{path} holds no prompts.")
    return rows


def _is_message(message: object) -> bool:
    return isinstance(message, dict) and {"role", "content"} <= message.keys()


def _surrounded(task: Task, settings: SafetyChat, rng: random.Random) -> Task:
    """The task with what the settings put before it; draws the same luck whatever they say."""
    microcosm = settings.prompts == MICROCOSM
    system, picks = rng.random(), rng.random()
    messages, tools = task.messages, task.tools
    if settings.system_prompts and messages[0]["role"] != "system":
        texts = systems(microcosm)
        content = texts[int(system * len(texts))]
        messages = ({"role": "system", "content": content}, *messages)
    if settings.tools and not tools:
        listed = surrounding_tools(microcosm)
        tools = tuple(listed[: 1 + int(picks * len(listed))])
    return Task(task.key, messages, chat=task.chat, tools=tools)
