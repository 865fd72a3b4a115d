"""Splits a command line into the simple commands it would run."""

from __future__ import annotations

import re
import shlex

BREAKS = set(";&|\n()")
ASSIGNMENT = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*=")
# Programs that run another one, with those of their options that take the next word.
WRAPPERS = {
    "sudo": {"-u", "-g", "-h", "-p", "-C", "-R", "-T", "--user", "--group", "--host", "--chdir"},
    "env": {"-u", "-C", "--unset", "--chdir"},
    "nohup": set(),
    "time": {"-f", "-o"},
}


def commands(line: str) -> list[list[str]]:
    """`cd app && sudo git push -f` -> [["cd", "app"], ["git", "push", "-f"]]."""
    found: list[list[str]] = [[]]
    for token in _tokens(line.replace("\\\n", " ")):
        if set(token) <= BREAKS and token:
            found.append([])
        else:
            found[-1].append(token)
    return [argv for argv in map(_unwrap, found) if argv]


def written(argv: list[str]) -> tuple[list[str], list[str]]:
    """The words without redirections, and the files that these write to."""
    words, files = [], []
    rest = iter(argv)
    for word in rest:
        match = re.fullmatch(r"(?:\d*|&)>{1,2}\|?(.*)", word)
        if match is None:
            words.append(word)
            continue
        target = match[1] or next(rest, "")
        if target and not target.startswith(("&", "/dev/")):
            files.append(target)
    return words, files


def _tokens(line: str) -> list[str]:
    # `2>&1` and `&>` would fall apart at the &
    line = re.sub(r"\d*>&\d|\d*>&-", " ", line).replace("&>", ">")
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|\n()")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # an open quote: take the words as they stand
        return [token for row in line.splitlines() for token in (*row.split(), "\n")]


def _unwrap(argv: list[str]) -> list[str]:
    """Without leading assignments and `sudo`/`env`/`nohup`/`time`; the program by its name."""
    while argv:
        name = argv[0].rsplit("/", 1)[-1] or argv[0]
        if ASSIGNMENT.match(argv[0]):
            argv = argv[1:]
        elif name in WRAPPERS:
            argv = argv[1:]
            while argv and argv[0].startswith("-"):
                argv = argv[2:] if argv[0] in WRAPPERS[name] else argv[1:]
        else:
            return [name, *argv[1:]]
    return []
