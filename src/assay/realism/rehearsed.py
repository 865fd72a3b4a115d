"""A session's own trajectory as a scripted control, in the tools of our coding agent.

Replayed in the re-created workspace it shows what our environment makes of the same calls: same
words, same work, another scaffold. That tests the environment offline, and says nothing of tasks.
Feeds `recreate`.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from assay.realism.reconstruction import directory_of
from assay.realism.session import Call, Session

type Turns = list[dict[str, Any]]
type _Todo = dict[str, str]

_PLAIN: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "read": (
        "read",
        {"file_path": "file_path", "path": "file_path", "offset": "offset", "limit": "limit"},
    ),
    "write": ("write", {"file_path": "file_path", "path": "file_path", "content": "content"}),
    "edit": (
        "edit",
        {
            "file_path": "file_path",
            "old_string": "old_string",
            "new_string": "new_string",
            "replace_all": "replace_all",
        },
    ),
    "bash": (
        "bash",
        {"command": "command", "cmd": "command", "description": "description"},
    ),
    "grep": (
        "grep",
        {"pattern": "pattern", "path": "path", "glob": "include", "include": "include"},
    ),
    "glob": ("glob", {"pattern": "pattern", "path": "path"}),
}  # fmt: skip
_FILES = "files_with_matches"
_STATES = ("pending", "in_progress", "completed")


def rehearsed(session: Session, here: Callable[[str], str]) -> tuple[Turns, int]:
    """The assistant's turns up to its first answer, and how many calls our agent has no tool for.

    Args:
        session: Whose trajectory.
        here: Puts the session's paths into our workspace's.
    """
    turns: Turns = []
    plan: list[_Todo] = []
    dropped = 0
    said = ""
    for turn in session.turns:
        if turn.role != "assistant":
            continue
        said = here(turn.text)
        calls = [_translated(call, here, plan) for call in turn.calls]
        known = [call for call in calls if call is not None]
        dropped += len(calls) - len(known)
        if not turn.calls:
            break
        if known:
            thought = {"think": here(turn.reasoning)} if turn.reasoning else {}
            turns.append({**thought, "say": said, "call": _named(known)})
    else:
        said = ""  # it was cut before it answered
    return [*turns, {"say": said or "Done."}], dropped


def first_request(session: Session) -> Session:
    """The session up to where its user spoke again: as much as a re-created task can match."""
    spoken = [index for index, turn in enumerate(session.turns) if turn.role == "user"]
    begun = next((i for i, t in enumerate(session.turns) if t.role == "assistant"), 0)
    end = next((index for index in spoken if index > begun), len(session.turns))
    return replace(session, turns=session.turns[:end])


def place_of(session: Session, repository: str) -> Callable[[str], str]:
    """Puts a session's paths into our workspace: its project, then its home."""
    directory = directory_of(session)
    home = "/".join(directory.split("/")[:3]) if directory.startswith(("/home/", "/Users/")) else ""

    def here(text: str) -> str:
        moved = text.replace(directory, f"/home/dev/{repository}")
        return moved.replace(f"{home}/", "/home/dev/") if home not in ("", "/home/dev") else moved

    return here


def _translated(
    call: Call, here: Callable[[str], str], plan: list[_Todo]
) -> tuple[str, dict[str, Any]] | None:
    name = call.tool.lower()
    if name in ("taskcreate", "taskupdate"):
        _tasked(plan, name, call)
        return "todo_write", {"todos": [dict(todo) for todo in plan]}
    if name == "todowrite":
        todos = [
            {"content": str(todo.get("content", "")), "status": todo["status"]}
            for todo in call.arguments.get("todos", [])
            if isinstance(todo, Mapping) and todo.get("status") in _STATES
        ]
        return "todo_write", {"todos": todos}
    if name not in _PLAIN:
        return None
    tool, keys = _PLAIN[name]
    given = {
        keys[key]: here(value) if isinstance(value, str) else value
        for key, value in call.arguments.items()
        if key in keys
    }
    if call.tool == "Grep":  # Claude Code's own shows files, if nothing else is said
        mode = call.arguments.get("output_mode", _FILES)
        given["output_mode"] = _FILES if mode == _FILES else "content"
    return tool, given


def _tasked(plan: list[_Todo], name: str, call: Call) -> None:
    """Keeps the list of a scaffold that has its tasks added and changed one by one."""
    given = call.arguments
    if name == "taskcreate":
        plan.append({"content": str(given.get("subject", "")), "status": "pending"})
        return
    place = str(given.get("taskId", ""))
    if place.isdigit() and 0 < int(place) <= len(plan) and given.get("status") in _STATES:
        plan[int(place) - 1]["status"] = str(given["status"])


def _named(calls: list[tuple[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The calls of a message in order, as a control names them: `read`, `bash`, `read 2`."""
    counts: Counter[str] = Counter()
    named = {}
    for tool, given in calls:
        counts[tool] += 1
        named[tool if counts[tool] == 1 else f"{tool} {counts[tool]}"] = given
    return named
