"""A command line: make it readable, cut it into commands, ask about each of them."""

from __future__ import annotations

import re

from stile import expand, programs, words, writes
from stile.paths import is_secret
from stile.text import fold
from stile.types import ALLOW, BLOCK, Decision, strictest


def check_shell(cmd: str, cwd: str, depth: int = 0) -> Decision:
    if depth > 5:
        return Decision(BLOCK, "shell.depth", "shells in shells in shells")
    found: list[Decision] = []
    try:
        _check(cmd, cwd, depth, found)
    except programs.Final as final:
        return final.decision
    return strictest(found) if found else Decision(ALLOW, "shell.safe", "nothing to run")


def _check(cmd: str, cwd: str, depth: int, found: list[Decision]) -> None:
    cmd = fold(cmd)
    if re.search(r"(\w+|:)\s*\(\)\s*\{[^}]*\|\s*\1\s*&", cmd):
        raise programs.Final("shell.destroy", "fork bomb")
    if re.search(r"/dev/(tcp|udp)/", cmd):
        raise programs.Final("fetch.raw", "raw socket")
    cmd = expand.variables(expand.quoting(cmd.replace("\\\n", "")))
    cmd, inner = expand.substitutions(cmd)
    found += [check_shell(text, cwd, depth + 1) for text in inner]
    if len(inner) >= expand.MOST:
        raise programs.Final("shell.depth", "too many substitutions")
    try:
        tokens = words.tokens(cmd)
    except ValueError as e:
        raise programs.Final("shell.unreadable", str(e)) from None
    commands = words.commands(tokens)
    for command in commands:
        _redirections(command, cwd, found)
    for command in commands:
        call = programs.Call(command, cwd, depth, found)
        if call.unwrap():
            programs.check(call)


def _redirections(command: words.Command, cwd: str, found: list[Decision]) -> None:
    for sign, target in command.files:
        if sign == "<":
            if is_secret(target, cwd):
                raise programs.Final("shell.secret", target)
        elif not (target.isdigit() or target in ("-", "/dev/null", "/dev/stderr", "/dev/stdout")):
            d = writes.check_write(target, cwd, None, "write")
            if d.verdict != ALLOW:
                found.append(d)
