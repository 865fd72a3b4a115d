"""Programs that run what they are given."""

from __future__ import annotations

import re

from stile.rules import shell
from stile.rules.paths import is_secret
from stile.rules.programs import Call, program
from stile.rules.stop import Stop, block
from stile.rules.unfold import UNKNOWN
from stile.types import BLOCK, CONFIRM, Decision

INTERPRETERS = ("python", "python2", "python3", "perl", "ruby", "node", "php", "lua")


def nested(text: str, call: Call) -> Decision:
    """A shell in a shell."""
    return shell.check(text, call.cwd, call.depth + 1)


@program("sh", "bash", "dash", "zsh", "ksh", "ash", "fish")
def shells(call: Call):
    at = next((k for k, a in enumerate(call.args) if re.match(r"^-[a-zA-Z]*c[a-zA-Z]*$", a)), None)
    if at is not None:
        script = "".join(call.args[at + 1: at + 2])
        if UNKNOWN in script:
            raise block("shell.unreadable", "runs what another command prints")
        yield nested(script, call)
    elif call.command.here is not None:
        yield nested(call.command.here, call)
    elif call.command.piped or UNKNOWN in call.line or "-s" in call.args:
        raise block("shell.pipe_to_shell", call.prog)
    else:
        yield Decision(CONFIRM, "shell.script", call.line)


@program("eval")
def evaluate(call: Call):
    if UNKNOWN in call.line:
        raise block("shell.unreadable", "runs what another command prints")
    yield nested(call.line, call)


@program("source", ".")
def source(call: Call):
    unknown = UNKNOWN in call.line
    yield Decision(BLOCK, "shell.pipe_to_shell", call.prog) if unknown else Decision(CONFIRM, "shell.script", call.line)


@program("alias")
def alias(call: Call):
    for a in call.args:
        if "=" in a:
            yield nested(a.split("=", 1)[1], call)


@program(*INTERPRETERS)
def interpreter(call: Call):
    options = ("-c", "-e", "-r", "-E", "--eval", "-pe", "-ne", "-p")
    text = next((call.args[k + 1] for k, a in enumerate(call.args[:-1]) if a in options), None)
    if text is not None:
        yield from inline(text, call)
    elif call.command.piped and all(a.startswith("-") for a in call.args) or "-" in call.args:
        raise block("shell.pipe_to_shell", call.prog)


def inline(text: str, call: Call):
    starts = re.search(r"system|subprocess|popen|spawn|exec|`|\bsh\b", text)
    for single, double in re.findall(r"'([^']+)'|\"([^\"]+)\"", text):
        literal = single or double
        if is_secret(literal, call.cwd):
            raise block("shell.secret", literal)
        if starts:
            d = nested(literal, call)
            if d.verdict == BLOCK:
                raise Stop(d)
    if re.search(r"rmtree|unlink|os\.remove|rmdir|system|subprocess|popen|spawn|exec|socket|urlopen|requests|b64decode|`", text):
        yield Decision(CONFIRM, "shell.inline", call.prog)
