"""Programs that run other programs or code: shells, eval, interpreters."""

from __future__ import annotations

import re

from stile.paths import is_secret
from stile.programs import Call, Final
from stile.types import BLOCK, CONFIRM

SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "ash", "fish"}
INTERPRETERS = {"python", "python2", "python3", "perl", "ruby", "node", "php", "lua"}
STARTS = re.compile(r"system|subprocess|popen|spawn|exec|`|\bsh\b")
DANGEROUS = re.compile(r"rmtree|unlink|os\.remove|rmdir|system|subprocess|popen|spawn|exec|socket|urlopen|requests|b64decode|`")


def _known(text: str) -> str:
    if "__SUB__" in text:
        raise Final("shell.unreadable", "runs what another command prints")
    return text


def a_shell(call: Call) -> None:
    script = None
    for k, a in enumerate(call.args):
        if re.match(r"^-[a-zA-Z]*c[a-zA-Z]*$", a):
            script = call.args[k + 1] if k + 1 < len(call.args) else ""
            break
    if script is not None:
        call.found.append(call.shell(_known(script)))
    elif call.here is not None:
        call.found.append(call.shell(call.here))
    elif call.piped or "__SUB__" in call.line or "-s" in call.args:
        raise Final("shell.pipe_to_shell", call.prog)
    else:
        call.add(CONFIRM, "shell.script", call.line)


def evaluate(call: Call) -> None:
    call.found.append(call.shell(_known(call.line)))


def source(call: Call) -> None:
    if "__SUB__" in call.line:
        call.add(BLOCK, "shell.pipe_to_shell", call.prog)
    else:
        call.add(CONFIRM, "shell.script", call.line)


def alias(call: Call) -> None:
    for a in call.args:
        if "=" in a:
            call.found.append(call.shell(a.split("=", 1)[1]))


def interpreter(call: Call) -> None:
    code = None
    for k, a in enumerate(call.args[:-1]):
        if a in ("-c", "-e", "-r", "-E", "--eval", "-pe", "-ne", "-p"):
            code = call.args[k + 1]
            break
    if code is not None:
        inline(call, code)
    elif call.piped and not [a for a in call.args if not a.startswith("-")] or "-" in call.args:
        raise Final("shell.pipe_to_shell", call.prog)


def inline(call: Call, code: str) -> None:
    for one, two in re.findall(r"'([^']+)'|\"([^\"]+)\"", code):
        text = one or two
        if is_secret(text, call.cwd):
            raise Final("shell.secret", text)
        if STARTS.search(code):
            d = call.shell(text)
            if d.verdict == BLOCK:
                raise Final(d.rule, d.reason)
    if DANGEROUS.search(code):
        call.add(CONFIRM, "shell.inline", call.prog)
