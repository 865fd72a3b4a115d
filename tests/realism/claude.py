"""Writes session files as Claude Code does: one line for each part of a message."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

BEGAN = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
HOME = "/home/torvald"


def write(projects: Path, number: int = 1, model: str = "claude-sonnet-4-5-20250929") -> Path:
    """One session: a question, a command that fails, an edit, an answer."""
    lines = [
        _user("Please mend the build.", 0),
        _said(model, "msg_1", {"type": "thinking", "thinking": "Look first.", "signature": "x"}, 4),
        _said(model, "msg_1", {"type": "text", "text": "I'll look."}, 4),
        _call(model, "msg_1", "toolu_1", "Bash", {"command": "make", "description": "Build"}, 5),
        _result("toolu_1", "Exit code 2\nmake: no rule", 7, is_error=True),
        _call(
            model,
            "msg_2",
            "toolu_2",
            "Edit",
            {"file_path": f"{HOME}/work/x.py", "old_string": "a", "new_string": "b"},
            9,
        ),
        _result("toolu_2", f"The file {HOME}/work/x.py has been updated.", 9.5),
        _said(model, "msg_3", {"type": "text", "text": "Mended."}, 12),
    ]
    path = projects / "-home-torvald-work" / f"{UUID(int=number)}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    before: str | None = None
    with path.open("w") as file:
        for place, line in enumerate(lines):
            identity = str(UUID(int=number * 1000 + place))
            known = {"sessionId": path.stem, "uuid": identity, "parentUuid": before}
            where = {"cwd": f"{HOME}/work", "gitBranch": "main", "version": "2.1.0"}
            file.write(json.dumps({**line, **known, **where, "isSidechain": False}) + "\n")
            before = identity
    return path


def _at(seconds: float) -> str:
    moment = BEGAN + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _user(text: str, at: float) -> dict[str, Any]:
    return {"type": "user", "message": {"role": "user", "content": text}, "timestamp": _at(at)}


def _said(model: str, identity: str, part: dict[str, Any], at: float) -> dict[str, Any]:
    message = {"id": identity, "role": "assistant", "model": model, "content": [part]}
    message |= {"type": "message", "usage": {"input_tokens": 5, "output_tokens": 5}}
    return {"type": "assistant", "message": message, "timestamp": _at(at)}


def _call(
    model: str, identity: str, call: str, tool: str, given: dict[str, Any], at: float
) -> dict[str, Any]:
    part = {"type": "tool_use", "id": call, "name": tool, "input": given}
    return _said(model, identity, part, at)


def _result(call: str, text: str, at: float, *, is_error: bool = False) -> dict[str, Any]:
    part = {"type": "tool_result", "tool_use_id": call, "content": text, "is_error": is_error}
    return {"type": "user", "message": {"role": "user", "content": [part]}, "timestamp": _at(at)}
