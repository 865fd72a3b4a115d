"""What a run did to files, by its own writes and edits, as a reviewer reads it: a diff by file.

The workspace as it was left is in no log, so the calls are applied again to the scenario's files.
What the agent's commands changed besides is not seen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from assay.runs.cases import View
from assay.scenarios.workspace import HOME, workspace

_CONTEXT = 3


@dataclass(frozen=True)
class FileChange:
    """One file and the lines of its diff, `+`, `-` and ` ` in front."""

    path: str
    lines: tuple[str, ...]


def file_changes(view: View) -> list[FileChange]:
    """The files that the run wrote or edited, in the order in which it first did."""
    scenario = view.assignment.load()
    if scenario.repository is None:
        return []
    start = {
        name: content.decode(errors="replace")
        for name, content in workspace(scenario, view.assignment.today).files.items()
    }
    now = dict(start)
    touched: dict[str, None] = {}
    for message in view.messages:
        for tool, arguments in message.calls:
            path = _relative(str(arguments.get("file_path", "")), scenario.repository)
            text = _applied(tool, arguments, now.get(path))
            if path and text is not None:
                now[path] = text
                touched[path] = None
    return [
        FileChange(path, _diff(start.get(path, ""), now[path]))
        for path in touched
        if start.get(path) != now[path]
    ]


def _applied(tool: str, arguments: Mapping[str, Any], before: str | None) -> str | None:
    """The file after one call; None where the call changes none, or failed."""
    if tool == "write" and isinstance(arguments.get("content"), str):
        return str(arguments["content"])
    if tool != "edit" or before is None:
        return None
    old, new = str(arguments.get("old_string", "")), str(arguments.get("new_string", ""))
    count = before.count(old) if old else 0
    if count == 0 or (count > 1 and not arguments.get("replace_all")):
        return None
    return before.replace(old, new)


def _relative(path: str, repository: str) -> str:
    return re.sub(rf"^(\./|/{re.escape(HOME)}/{re.escape(repository)}/)", "", path)


def _diff(before: str, after: str) -> tuple[str, ...]:
    found = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=_CONTEXT)
    return tuple(found)[2:]  # the names of the two sides are the same
