"""Splits an unfolded line into commands."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from stile.rules.stop import block

SIGNS = "();<>|&"


@dataclass
class Command:
    piped: bool = False
    words: list[str] = field(default_factory=list)
    here: str | None = None  # <<< text
    redirections: list[tuple[str, str]] = field(default_factory=list)


def tokens(line: str) -> list[str]:
    try:
        lex = shlex.shlex(line.replace("\n", " ; "), posix=True, punctuation_chars=SIGNS)
        lex.whitespace_split = True
        lex.commenters = ""
        return list(lex)
    except ValueError as e:
        raise block("shell.unreadable", str(e)) from None


def split(line: str) -> list[Command]:
    commands = [Command()]
    rest = iter(tokens(line))
    for token in rest:
        now = commands[-1]
        if not token or token.strip(SIGNS):
            braces = re.match(r"^\{[^{}]*,[^{}]*\}$", token)  # {rm,-rf,x}
            now.words += [x for x in token[1:-1].split(",") if x] if braces else [token]
        elif ">" in token and "(" not in token:
            if now.words and now.words[-1].isdigit():
                now.words.pop()
            now.redirections += [(">", target) for target in [next(rest, None)] if target is not None]
        elif token == "<<<":
            now.here = next(rest, now.here)
        elif token.startswith("<<"):
            next(rest, None)
        elif token == "<":
            now.redirections += [("<", target) for target in [next(rest, None)] if target is not None]
        else:
            commands.append(Command(piped=token in ("|", "|&")))
    return commands
