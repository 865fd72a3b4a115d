"""decide(action): allow, confirm or block. The rules are in stile/rules, one module per kind."""

from __future__ import annotations

import shlex

from stile.config import SETTINGS
from stile.rules import fetch, git, message, shell, write
from stile.types import BLOCK, Decision


def decide(action):
    """The one entry point. Never raises."""
    try:
        return _decide(action)
    except Exception as e:  # a guard that falls over must not let anything through
        return Decision(BLOCK, "action.error", type(e).__name__)


def _decide(action) -> Decision:
    if not isinstance(action, dict):
        return _unknown("not an action")
    kind = str(action.get("kind", "")).strip().lower()
    cwd = action.get("cwd") or SETTINGS.workspace
    if kind == "shell":
        command = action.get("command")
        if isinstance(command, (list, tuple)):  # some runners send argv
            command = shlex.join(str(word) for word in command)
        return shell.check(command, cwd) if isinstance(command, str) else _unknown("no command")
    if kind in ("write", "edit", "delete"):
        path = action.get("path")
        return write.check(path, cwd, action.get("content"), kind) if isinstance(path, str) else _unknown("no path")
    if kind == "fetch":
        url = action.get("url")
        return fetch.check(url, str(action.get("method") or "GET"), action.get("body")) if isinstance(url, str) else _unknown("no url")
    if kind == "git":
        args = action.get("args")
        args = shlex.split(args) if isinstance(args, str) else args
        return git.check([str(a) for a in args], cwd) if isinstance(args, (list, tuple)) else _unknown("no arguments")
    if kind == "message":
        return message.check(action) if isinstance(action.get("text"), str) else _unknown("no text")
    return _unknown(f"kind {kind!r}")


def _unknown(reason: str) -> Decision:
    return Decision(BLOCK, "action.unknown", reason)
