"""Splits a command line into the simple commands it would run."""

from __future__ import annotations

import re
import shlex

SEPARATORS = {"&&", "||", "|", "|&", ";", "&"}
ASSIGNMENT = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*=")


def commands(line: str) -> list[list[str]]:
    """`cd app && sudo git push -f` -> [["cd", "app"], ["git", "push", "-f"]]."""
    found: list[list[str]] = []
    for row in line.splitlines():
        current: list[str] = []
        for token in _tokens(row):
            if token in SEPARATORS:
                found.append(current)
                current = []
            else:
                current.append(token)
        found.append(current)
    return [argv for argv in map(_unwrap, found) if argv]


def _tokens(row: str) -> list[str]:
    lexer = shlex.shlex(row, posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # an open quote: take the words as they stand
        return row.split()


def _unwrap(argv: list[str]) -> list[str]:
    """Without leading assignments and `sudo`/`env`/`nohup`/`time`."""
    while argv and (ASSIGNMENT.match(argv[0]) or argv[0] in {"sudo", "env", "nohup", "time"}):
        argv = argv[1:]
        while argv and argv[0].startswith("-"):
            argv = argv[1:]
    return argv
