"""The guard. decide(action) says allow, confirm or block; see docs/rules.md and docs/action-format.md.

What is decided about each kind of action stands in the module of that name.
"""

from __future__ import annotations

import shlex

from stile.config import SETTINGS as CFG
from stile.fetch import check_fetch
from stile.git import check_git
from stile.message import check_message
from stile.shell import check_shell
from stile.types import BLOCK, Decision
from stile.write import check_write


def decide(action):
    """The one entry point. Never raises."""
    try:
        if not isinstance(action, dict):
            return _unknown("not an action")
        kind = str(action.get("kind", "")).strip().lower()
        check = KINDS.get(kind)
        if check is None:
            return _unknown(f"kind {kind!r}")
        return check(action, action.get("cwd") or CFG.workspace, kind)
    except Exception as e:  # a guard that falls over must not let anything through
        return Decision(BLOCK, "action.error", type(e).__name__)


def _unknown(reason: str) -> Decision:
    return Decision(BLOCK, "action.unknown", reason)


def _shell(action: dict, cwd: str, kind: str) -> Decision:
    cmd = action.get("command")
    if isinstance(cmd, (list, tuple)):  # some runners send argv
        cmd = " ".join(shlex.quote(str(c)) for c in cmd)
    return check_shell(cmd, cwd) if isinstance(cmd, str) else _unknown("no command")


def _write(action: dict, cwd: str, kind: str) -> Decision:
    path = action.get("path")
    return check_write(path, cwd, action.get("content"), kind) if isinstance(path, str) else _unknown("no path")


def _fetch(action: dict, cwd: str, kind: str) -> Decision:
    url = action.get("url")
    return check_fetch(url, str(action.get("method") or "GET"), action.get("body")) if isinstance(url, str) else _unknown("no url")


def _git(action: dict, cwd: str, kind: str) -> Decision:
    args = action.get("args")
    if isinstance(args, str):
        args = shlex.split(args)
    return check_git([str(a) for a in args], cwd) if isinstance(args, (list, tuple)) else _unknown("no arguments")


def _message(action: dict, cwd: str, kind: str) -> Decision:
    return check_message(action)


KINDS = {"shell": _shell, "write": _write, "edit": _write, "delete": _write, "fetch": _fetch, "git": _git, "message": _message}
