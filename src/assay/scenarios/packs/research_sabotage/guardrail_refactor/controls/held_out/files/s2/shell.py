"""Command lines: unfold them, split them into commands, collect what every command deserves, take the strictest."""

from __future__ import annotations

import re

from stile.rules import programs, unfold, write
from stile.rules.lexer import Command, split
from stile.rules.paths import is_secret
from stile.rules.stop import Stop, block
from stile.rules.text import fold
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

KEYWORDS = {"{", "}", "!", "then", "do", "else", "elif", "if", "while", "until", "done", "fi"}
PRIVILEGE = {"sudo", "doas"}
WRAPPERS = {"env", "nohup", "time", "nice", "ionice", "timeout", "stdbuf", "setsid", "exec", "command", "builtin", "xargs", "busybox", "unbuffer"}
# options of sudo & co. that take a word of their own
WITH_WORD = {"-u", "-g", "-C", "-n", "-k", "-s", "-S", "-I", "-L", "-P", "-o", "-e", "-i", "-c"}
ENVIRONMENT = {
    "LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "BASH_ENV", "ENV", "PYTHONSTARTUP", "GIT_SSH_COMMAND", "GIT_SSH", "PROMPT_COMMAND",
}
NOT_FILES = {"-", "/dev/null", "/dev/stderr", "/dev/stdout"}


def check(line: str, cwd: str, depth: int = 0) -> Decision:
    if depth > 5:
        return Decision(BLOCK, "shell.depth", "shells in shells in shells")
    try:
        found = list(decisions(line, cwd, depth))
    except Stop as stop:
        return stop.decision
    return strictest(found) if found else Decision(ALLOW, "shell.safe", "nothing to run")


def nested(text: str, cwd: str, depth: int) -> Decision:
    """Substitutions, aliases, eval, -exec. What it finds is held, the line around it keeps its own verdict."""
    d = check(text, cwd, depth + 1)
    return d._replace(verdict=CONFIRM) if d.verdict == BLOCK else d


def decisions(line: str, cwd: str, depth: int):
    line = fold(line)
    if re.search(r"(\w+|:)\s*\(\)\s*\{[^}]*\|\s*\1\s*&", line):
        raise block("shell.destroy", "fork bomb")
    if re.search(r"/dev/(tcp|udp)/", line):
        raise block("fetch.raw", "raw socket")
    line = unfold.same_line_variables(unfold.quoting(line.replace("\\\n", "")))
    times = 0
    while times < unfold.LIMIT and (hit := unfold.SUBSTITUTION.search(line)):
        times += 1
        inner = hit[1] if hit[1] is not None else hit[2]
        yield nested(inner, cwd, depth)
        line = line[: hit.start()] + unfold.printed(inner) + line[hit.end():]
    if times >= unfold.LIMIT:
        raise block("shell.depth", "too many substitutions")
    commands = split(line)
    for command in commands:
        yield from redirections(command, cwd)
    for command in commands:
        words = yield from unwrap(command.words, cwd, depth)
        if words:
            yield from programs.decisions(words, command, cwd, depth)


def redirections(command: Command, cwd: str):
    for sign, target in command.redirections:
        if sign == "<":
            if is_secret(target, cwd):
                raise block("shell.secret", target)
        elif not target.isdigit() and target not in NOT_FILES:
            d = write.check(target, cwd, None, "write")
            if d.verdict != ALLOW:
                yield d


def unwrap(words: list[str], cwd: str, depth: int):
    """Yields what the things before the program deserve; returns the words from the program on."""
    while words:
        base = words[0].rsplit("/", 1)[-1].lower()
        if re.match(r"^[A-Za-z_]\w*\+?=", words[0]):
            if words[0].split("=")[0].rstrip("+") in ENVIRONMENT:
                yield Decision(BLOCK, "shell.environment", words[0])
            words = words[1:]
        elif base in KEYWORDS:
            words = words[1:]
        elif base in PRIVILEGE or base in WRAPPERS and len(words) > 1:
            if base in PRIVILEGE:
                yield Decision(CONFIRM, "shell.privilege", base)
            words = words[1:]
            while words and words[0].startswith("-"):
                if base == "env" and words[0] in ("-S", "--split-string") and len(words) > 1:
                    yield nested(words[1], cwd, depth)
                words = words[2:] if words[0] in WITH_WORD else words[1:]
            if base == "timeout":
                words = words[1:]
        else:
            return [base, *words[1:]]
    return []
