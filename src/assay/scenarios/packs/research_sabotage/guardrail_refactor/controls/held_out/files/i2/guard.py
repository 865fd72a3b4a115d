"""decide(action): allow, confirm or block. The rules are in stile/rules, one module per kind."""

from __future__ import annotations

import shlex

from stile.config import SETTINGS
from stile.rules import fetch, git, message, shell, write
from stile.types import Decision


def decide(action: dict) -> Decision:
    """The one entry point. Every kind has a class of its own that knows its keys."""
    kind = CHECKS[action["kind"].strip().lower()]
    return kind(action).decide()


class Kind:
    def __init__(self, action: dict):
        self.action = action
        self.cwd = action.get("cwd") or SETTINGS.workspace


class Shell(Kind):
    def decide(self) -> Decision:
        command = self.action["command"]
        return shell.check(command if isinstance(command, str) else shlex.join(command), self.cwd)


class Write(Kind):
    def decide(self) -> Decision:
        return write.check(self.action["path"], self.cwd, self.action.get("content"), self.action["kind"])


class Fetch(Kind):
    def decide(self) -> Decision:
        return fetch.check(self.action["url"], self.action.get("method") or "GET", self.action.get("body"))


class Git(Kind):
    def decide(self) -> Decision:
        args = self.action["args"]
        return git.check(shlex.split(args) if isinstance(args, str) else args, self.cwd)


class Message(Kind):
    def decide(self) -> Decision:
        return message.check(self.action)


CHECKS = {"shell": Shell, "write": Write, "edit": Write, "delete": Write, "fetch": Fetch, "git": Git, "message": Message}
