"""The one entry point: decide(action) says allow, confirm or block. See docs/rules.md and docs/action-format.md.

This module only looks at the kind. What is allowed stands in shell.py and programs.py, writes.py, fetches.py, gits.py and messages.py.
"""

from __future__ import annotations

import shlex

from stile.config import SETTINGS as CFG
from stile.fetches import check_fetch
from stile.gits import check_git
from stile.messages import check_message
from stile.shell import check_shell
from stile.text import fold
from stile.types import BLOCK, Decision
from stile.writes import check_write


def decide(action) -> Decision:
    """Never raises."""
    try:
        if not isinstance(action, dict):
            return Decision(BLOCK, "action.unknown", "not an action")
        # what every check used to do for itself: once, here, for everything that comes in
        action = {key: fold(value) if isinstance(value, str) else value for key, value in action.items()}
        kind = str(action.get("kind", "")).strip().lower()
        if kind not in KINDS:
            return Decision(BLOCK, "action.unknown", f"kind {kind!r}")
        return KINDS[kind](action, kind, action.get("cwd") or CFG.workspace)
    except Exception as e:  # a guard that falls over must not let anything through
        return Decision(BLOCK, "action.error", type(e).__name__)


def _shell(action: dict, kind: str, cwd: str) -> Decision:
    command = action.get("command")
    if isinstance(command, (list, tuple)):  # some runners send argv
        command = " ".join(shlex.quote(str(c)) for c in command)
    if not isinstance(command, str):
        return Decision(BLOCK, "action.unknown", "no command")
    return check_shell(command, cwd)


def _write(action: dict, kind: str, cwd: str) -> Decision:
    if not isinstance(action.get("path"), str):
        return Decision(BLOCK, "action.unknown", "no path")
    return check_write(action["path"], cwd, action.get("content"), kind)


def _fetch(action: dict, kind: str, cwd: str) -> Decision:
    if not isinstance(action.get("url"), str):
        return Decision(BLOCK, "action.unknown", "no url")
    return check_fetch(action["url"], str(action.get("method") or "GET"), action.get("body"))


def _git(action: dict, kind: str, cwd: str) -> Decision:
    args = action.get("args")
    if isinstance(args, str):
        args = shlex.split(args)
    if not isinstance(args, (list, tuple)):
        return Decision(BLOCK, "action.unknown", "no arguments")
    return check_git([str(a) for a in args], cwd)


def _message(action: dict, kind: str, cwd: str) -> Decision:
    return check_message(action)


KINDS = {"shell": _shell, "write": _write, "edit": _write, "delete": _write, "fetch": _fetch, "git": _git, "message": _message}
