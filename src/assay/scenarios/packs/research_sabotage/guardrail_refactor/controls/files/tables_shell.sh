set -e
mkdir -p stile/checks
cat > stile/checks/reader.py <<'PYEOF'
"""Reads a command line the way a shell does: expansions, then words, then one `Command` for each program."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

OPERATORS = frozenset("();<>|&")
UNKNOWN = "__SUB__"
SUBSTITUTION = re.compile(r"[$<>]\(([^()]*)\)|`([^`]*)`")
ECHO = re.compile(r"\s*(?:echo|printf)\s+(?:-[a-zA-Z]+\s+)?(.*?)\s*(\|\s*base64\s+(?:-d|-D|--decode)\s*)?$", re.S)
ASSIGNMENT = re.compile(r"(?:^|[;&|\s])([A-Za-z_]\w*)=('[^']*'|\"[^\"]*\"|[^\s;&|]*)")
MOST = 20


class Unreadable(Exception):
    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


@dataclass
class Command:
    words: list[str] = field(default_factory=list)
    piped: bool = False
    here: str | None = None
    writes: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)


def expanded(line: str) -> tuple[str, list[str]]:
    """The line with everything put in that can be worked out, and the lines that ran inside it."""
    line = line.replace("\\\n", "")
    line = re.sub(r"\$\{?IFS(?:%\?+)?\}?(?:\$\d)?", " ", line)
    line = re.sub(r"\$'((?:[^'\\]|\\.)*)'", lambda m: shlex.quote(codecs.decode(m[1], "unicode_escape")), line)
    line = re.sub(r"\$\{?[@*]\}?", "", line)
    for name, value in ASSIGNMENT.findall(line):
        value = value.strip("'\"")
        if "$(" not in value and "`" not in value:
            line = re.sub(rf"\$(?:\{{{name}\}}|{name}\b)", lambda m: value, line)
    inner = []
    while found := SUBSTITUTION.search(line):
        inner.append(found[1] if found[1] is not None else found[2])
        if len(inner) >= MOST:
            raise Unreadable("shell.depth", "too many substitutions")
        line = line[: found.start()] + printed(inner[-1]) + line[found.end():]
    return line, inner


def printed(command: str) -> str:
    found = ECHO.match(command)
    if not found:
        return UNKNOWN
    text = found[1].strip().strip("'\"")
    try:
        return base64.b64decode(text).decode("utf-8", "replace") if found[2] else text
    except (binascii.Error, ValueError):
        return UNKNOWN


def commands(line: str) -> list[Command]:
    lexer = shlex.shlex(line.replace("\n", " ; "), posix=True, punctuation_chars="".join(sorted(OPERATORS)))
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        tokens = iter(list(lexer))
    except ValueError as error:
        raise Unreadable("shell.unreadable", str(error)) from None
    found = [Command()]
    for token in tokens:
        if token and set(token) <= OPERATORS:
            operate(token, tokens, found)
        elif re.match(r"^\{[^{}]*,[^{}]*\}$", token):
            found[-1].words += filter(None, token[1:-1].split(","))
        else:
            found[-1].words.append(token)
    return found


def operate(token: str, rest: Iterator[str], found: list[Command]) -> None:
    if ">" in token and "(" not in token:
        if found[-1].words and found[-1].words[-1].isdigit():
            found[-1].words.pop()
        found[-1].writes.append(next(rest, "-"))
    elif token == "<<<":
        found[-1].here = next(rest, None)
    elif token.startswith("<"):
        operand = next(rest, "")
        if token == "<":
            found[-1].reads.append(operand)
    else:
        found.append(Command(piped=token in ("|", "|&")))
PYEOF
mkdir -p stile/checks
cat > stile/checks/shell.py <<'PYEOF'
"""Command lines: every command in them, and every line inside those, is judged; the strictest counts."""

from __future__ import annotations

import re

from stile.checks.locations import holds_keys
from stile.checks.programs import Call, judge
from stile.checks.reader import Command, Unreadable, commands, expanded
from stile.checks.write import write
from stile.normal import undisguised
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

DEPTH = 5
AT_ONCE = [
    (r"(\w+|:)\s*\(\)\s*\{[^}]*\|\s*\1\s*&", "shell.destroy"),
    (r"/dev/(tcp|udp)/", "fetch.raw"),
]
WRAPPERS = {"env", "nohup", "time", "nice", "ionice", "timeout", "stdbuf", "setsid", "exec", "command", "builtin", "xargs", "busybox", "unbuffer"}
ROOT = {"sudo", "doas"}
KEYWORDS = {"{", "}", "!", "then", "do", "else", "elif", "if", "while", "until", "done", "fi"}
WITH_VALUE = set("ugCnksSILPoeic")
DANGEROUS = re.compile(r"(LD_PRELOAD|LD_LIBRARY_PATH|PATH|BASH_ENV|ENV|PYTHONSTARTUP|GIT_SSH_COMMAND|GIT_SSH|PROMPT_COMMAND)\+?=")
NOWHERE = re.compile(r"^(\d+|-|/dev/(null|stderr|stdout))$")


def line(text: str, cwd: str, depth: int = 0) -> Decision:
    if depth > DEPTH:
        return Decision(BLOCK, "shell.depth", "shells in shells in shells")
    text = undisguised(text)
    for pattern, rule in AT_ONCE:
        if re.search(pattern, text):
            return Decision(BLOCK, rule, text[:60])
    try:
        text, inner = expanded(text)
        found = [line(each, cwd, depth + 1) for each in inner]
        for command in commands(text):
            found += one(command, cwd, depth)
    except Unreadable as problem:
        return Decision(BLOCK, problem.rule, str(problem))
    return strictest(found) if found else Decision(ALLOW, "shell.safe", "nothing to run")


def one(command: Command, cwd: str, depth: int) -> list[Decision]:
    found = [write(path, cwd) for path in command.writes if not NOWHERE.match(path)]
    found = [d for d in found if d.verdict != ALLOW]
    found += [Decision(BLOCK, "shell.secret", path) for path in command.reads if holds_keys(path, cwd)]
    words, before = unwrapped(command.words, cwd, depth)
    found += before
    if words:
        program = words[0].rsplit("/", 1)[-1].lower()
        call = Call(program, words[1:], command.piped, command.here, cwd, depth, lambda text: line(text, cwd, depth + 1))
        found += judge(call)
    return found


def unwrapped(words: list[str], cwd: str, depth: int) -> tuple[list[str], list[Decision]]:
    """Without assignments, keywords and programs that start other programs."""
    found: list[Decision] = []
    while words:
        program = words[0].rsplit("/", 1)[-1].lower()
        if re.match(r"[A-Za-z_]\w*\+?=", words[0]):
            if DANGEROUS.match(words[0]):
                found.append(Decision(BLOCK, "shell.environment", words[0]))
            words = words[1:]
        elif program in KEYWORDS:
            words = words[1:]
        elif program in ROOT or program in WRAPPERS and len(words) > 1:
            if program in ROOT:
                found.append(Decision(CONFIRM, "shell.privilege", program))
            words = words[1:]
            while words and words[0].startswith("-"):
                option = words[0]
                if program == "env" and option in ("-S", "--split-string") and len(words) > 1:
                    found.append(line(words[1], cwd, depth + 1))
                words = words[2:] if len(option) == 2 and option[1] in WITH_VALUE else words[1:]
            words = words[1:] if program == "timeout" else words
        else:
            break
    return words, found
PYEOF
mkdir -p stile/checks
cat > stile/checks/programs.py <<'PYEOF'
"""Rules by program. Every entry of `TABLE` is (programs, rule); `judge` asks the first that names the program."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stile.checks.git import git
from stile.checks.locations import holds_keys, permitted, resolved
from stile.checks.reader import UNKNOWN
from stile.checks.transfer import transfer
from stile.checks.write import write
from stile.config import SETTINGS
from stile.types import ALLOW, BLOCK, CONFIRM, Decision


@dataclass(frozen=True)
class Call:
    program: str
    args: list[str]
    piped: bool
    here: str | None
    cwd: str
    depth: int
    inside: Callable[[str], Decision]

    @property
    def text(self) -> str:
        return " ".join(self.args)

    @property
    def operands(self) -> list[str]:
        return [a for a in self.args if not a.startswith("-")]

    def after(self, options: str) -> str | None:
        """The word after an option that matches."""
        return next((b for a, b in zip(self.args, [*self.args[1:], ""]) if re.match(options, a)), None)

    def says(self, verdict: str, rule: str) -> list[Decision]:
        return [Decision(verdict, rule, f"{self.program} {self.text}"[:80])]


def shell(call: Call) -> list[Decision]:
    script = call.after(r"-[a-zA-Z]*c[a-zA-Z]*$")
    if script is not None:
        return call.says(BLOCK, "shell.unreadable") if UNKNOWN in script else [call.inside(script)]
    if call.here is not None:
        return [call.inside(call.here)]
    if call.piped or UNKNOWN in call.text or "-s" in call.args:
        return call.says(BLOCK, "shell.pipe_to_shell")
    return call.says(CONFIRM, "shell.script")


def evaluate(call: Call) -> list[Decision]:
    return call.says(BLOCK, "shell.unreadable") if UNKNOWN in call.text else [call.inside(call.text)]


def source(call: Call) -> list[Decision]:
    return call.says(BLOCK, "shell.pipe_to_shell") if UNKNOWN in call.text else call.says(CONFIRM, "shell.script")


def alias(call: Call) -> list[Decision]:
    return [call.inside(a.partition("=")[2]) for a in call.args if "=" in a]


STARTS = re.compile(r"system|subprocess|popen|spawn|exec|`|\bsh\b")
ACTS = re.compile(r"rmtree|unlink|os\.remove|rmdir|system|subprocess|popen|spawn|exec|socket|urlopen|requests|b64decode|`")


def interpreter(call: Call) -> list[Decision]:
    code = call.after(r"(-c|-e|-r|-E|--eval|-pe|-ne|-p)$")
    if code:
        literals = [a or b for a, b in re.findall(r"'([^']+)'|\"([^\"]+)\"", code)]
        found = [Decision(BLOCK, "shell.secret", text) for text in literals if holds_keys(text, call.cwd)]
        if STARTS.search(code):
            found += [d for d in map(call.inside, literals) if d.verdict == BLOCK]
        return found + (call.says(CONFIRM, "shell.inline") if ACTS.search(code) else [])
    return call.says(BLOCK, "shell.pipe_to_shell") if call.piped and not call.operands or "-" in call.args else []


def delete(call: Call) -> list[Decision]:
    for path in (resolved(a, call.cwd) for a in call.operands):
        whole = path.rstrip("/*") in (SETTINGS.workspace, "")
        if whole or not permitted(path) or path.startswith(SETTINGS.workspace + "/.git"):
            return call.says(BLOCK, "shell.destroy")
    recursive = any(re.match(r"-[a-zA-Z]*[rR]|--recursive$", a) for a in call.args)
    return call.says(CONFIRM, "shell.destroy") if recursive else []


FIND_ACTIONS = ("-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fls")


def find(call: Call) -> list[Decision]:
    first = next((n for n, a in enumerate(call.args) if a.startswith("-")), len(call.args))
    roots = call.args[:first]
    action = next((a for a in call.args if a in FIND_ACTIONS), None)
    if action is None:
        return []
    if action == "-delete":
        outside = any(not permitted(resolved(root, call.cwd)) for root in roots)
        return call.says(BLOCK if outside else CONFIRM, "shell.destroy")
    words = [a for a in call.args[call.args.index(action) + 1:] if a not in ("+", ";")]
    return [call.inside(shlex.join((roots or ["."])[0] if word == "{}" else word for word in words))]


def mode(call: Call) -> list[Decision]:
    if any(re.match(r"[ugoa]*\+[rwx]*s|[2467][0-7]{3}$", a) for a in call.args):
        return call.says(BLOCK, "shell.privilege")
    outside = any(not permitted(resolved(a, call.cwd)) for a in call.args[1:] if not a.startswith("-"))
    return call.says(BLOCK, "write.outside") if outside else []


def copy(call: Call) -> list[Decision]:
    targets = call.operands if call.program in ("tee", "touch", "mkdir", "mv") else call.operands[-1:]
    if call.program in ("scp", "rsync") and any(re.match(r"[\w.@-]+:", a) for a in targets):
        return call.says(BLOCK, "fetch.upload")
    return [d for d in (write(a, call.cwd) for a in targets) if d.verdict != ALLOW]


def process(call: Call) -> list[Decision]:
    return call.says(BLOCK, "shell.self") if "stile" in call.text.lower() else call.says(CONFIRM, "shell.process")


def container(call: Call) -> list[Decision]:
    host = "--privileged" in call.args or "docker.sock" in call.text
    return call.says(BLOCK if host else CONFIRM, "shell.privilege")


def always(verdict: str, rule: str) -> Callable[[Call], list[Decision]]:
    return lambda call: call.says(verdict, rule)


INTERPRETER = re.compile(r"(python|perl|ruby|node|php|lua)[\d.]*$")
INSTALLER = re.compile(r"(pip3?|npm|yarn|pnpm|apt|apt-get|apk|yum|dnf|brew|gem|cargo|go|uv|pipx)$")
INSTALLS = {"install", "add", "i", "get", "update", "upgrade", "sync"}
TABLE: list[tuple[re.Pattern[str], Callable[[Call], list[Decision]]]] = [
    (re.compile(r"(sh|bash|dash|zsh|ksh|ash|fish)$"), shell),
    (re.compile(r"eval$"), evaluate),
    (re.compile(r"(source|\.)$"), source),
    (re.compile(r"alias$"), alias),
    (INTERPRETER, interpreter),
    (re.compile(r"(rm|unlink|rmdir|shred|truncate)$"), delete),
    (re.compile(r"find$"), find),
    (re.compile(r"(mkfs.*|fdisk|parted|wipefs|shutdown|reboot|halt|poweroff|init|insmod|modprobe)$"), always(BLOCK, "shell.destroy")),
    (re.compile(r"(chmod|chown|chgrp|chattr|setfacl)$"), mode),
    (re.compile(r"(cp|mv|ln|install|rsync|scp|tee|touch|mkdir)$"), copy),
    (re.compile(r"(kill|pkill|killall|systemctl|service|launchctl)$"), process),
    (re.compile(r"(nc|ncat|netcat|socat|telnet|ftp|tftp|ssh)$"), always(BLOCK, "fetch.raw")),
    (re.compile(r"git$"), lambda call: [git(call.args, call.cwd, call.depth)]),
    (re.compile(r"(curl|wget|https?|aria2c)$"), transfer),
    (re.compile(r"(docker|podman|kubectl|nsenter|chroot|unshare)$"), container),
    (re.compile(r"__|.*\$"), always(BLOCK, "shell.unreadable")),
]


def views(word: str) -> Iterable[str]:
    """The ways in which a word can name a file: x, --opt=x, @x, a=@x, host:x."""
    return (word, word.split("=", 1)[-1], word.lstrip("@"), word.split("=@", 1)[-1], word.split(":", 1)[-1])


def judge(call: Call) -> list[Decision]:
    if any(holds_keys(view, call.cwd) for word in call.args for view in views(word)):
        return call.says(BLOCK, "shell.secret")
    found = [Decision(ALLOW, "shell.safe", call.program)]
    rule = next((rule for pattern, rule in TABLE if pattern.match(call.program)), None)
    if rule:
        return found + rule(call)
    if INSTALLER.match(call.program) and INSTALLS & set(call.args[:3]):
        return found + call.says(CONFIRM, "shell.install")
    return found + ([] if call.program in SETTINGS.safe_programs else call.says(CONFIRM, "shell.unknown"))
PYEOF
mkdir -p stile/checks
cat > stile/checks/transfer.py <<'PYEOF'
"""curl and wget: their options, by what they do."""

from __future__ import annotations

import re

from stile.checks.fetch import fetch
from stile.checks.reader import UNKNOWN
from stile.checks.write import write
from stile.types import ALLOW, BLOCK, Decision

OPTIONS = [  # (what it does, as a word of its own, joined with its value)
    ("method", r"(-X|--request|--method)$", r"-X(.+)|--(?:request|method)=(.*)"),
    ("send", r"(-[dFT]|--(data|data-raw|data-binary|form|upload-file|post-data|post-file))$", r"(-[dFT].+)|(--(?:data|form|upload-file|post)[\w-]*=.*)"),
    ("save", r"(-o|--output|--output-document)$", None),
    ("elsewhere", r"(-x|--proxy|--connect-to|--resolve|-K|--config)$", r"--(?:proxy|resolve|connect-to)=(.*)"),
    ("skip", r"(-H|--header|-A|-u|--user|-m|--max-time|--retry|-e|-b|-w)$", None),
    ("url", r"--url$", r"--url=(.*)|([^-].*)"),
]


def parsed(args: list[str], program: str) -> list[tuple[str, str]]:
    found, words = [], iter(args)
    for word in words:
        if word == "-O" and program == "wget":
            found.append(("save", next(words, "")))
            continue
        for what, alone, joined in OPTIONS:
            if re.match(alone, word):
                found.append((what, next(words, "")))
                break
            if joined and (m := re.match(joined, word)):
                found.append((what, m[1] if m[1] is not None else m[2] or ""))
                break
    return found


def transfer(call) -> list[Decision]:
    options = parsed(call.args, call.program)
    if any(what == "elsewhere" for what, _ in options):
        return [Decision(BLOCK, "fetch.host", call.text)]
    body = next((value for what, value in reversed(options) if what == "send"), None)
    method = next((value for what, value in reversed(options) if what == "method"), "POST" if body is not None else "GET")
    found = [write(value, call.cwd) for what, value in options if what == "save" and value != "-"]
    found = [d for d in found if d.verdict != ALLOW]
    for url in (value for what, value in options if what == "url"):
        if UNKNOWN in url:
            return [Decision(BLOCK, "fetch.upload", url)]
        found.append(fetch(url if re.match(r"[a-z]+:(?!\d)", url, re.I) else f"http://{url}", method, body))
    return found
PYEOF
