"""Cuts a readable line into commands: words, redirections, and whether something is piped in."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

SIGNS = "();<>|&"


@dataclass
class Command:
    words: list[str] = field(default_factory=list)
    piped: bool = False
    here: str | None = None
    files: list[tuple[str, str]] = field(default_factory=list)


def tokens(cmd: str) -> list[str]:
    """ValueError where quotes do not match."""
    lex = shlex.shlex(cmd.replace("\n", " ; "), posix=True, punctuation_chars=SIGNS)
    lex.whitespace_split = True
    lex.commenters = ""
    return list(lex)


def commands(toks: list[str]) -> list[Command]:
    found = [Command()]
    i = 0
    while i < len(toks):
        t, after = toks[i], toks[i + 1: i + 2]
        if t and all(c in SIGNS for c in t):
            i += _sign(t, after, found)
        elif re.match(r"^\{[^{}]*,[^{}]*\}$", t):  # {rm,-rf,x}
            found[-1].words.extend(x for x in t[1:-1].split(",") if x)
        else:
            found[-1].words.append(t)
        i += 1
    return found


def _sign(t: str, after: list[str], found: list[Command]) -> int:
    """How many of the tokens behind it belong to it."""
    command = found[-1]
    if ">" in t and "(" not in t:
        if command.words and command.words[-1].isdigit():
            command.words.pop()
        command.files += [(">", target) for target in after]
        return len(after)
    if t == "<<<":
        command.here = after[0] if after else command.here
        return len(after)
    if t.startswith("<<"):
        return 1
    if t == "<":
        command.files += [("<", target) for target in after]
        return 1
    found.append(Command(piped=t in ("|", "|&")))
    return 0
