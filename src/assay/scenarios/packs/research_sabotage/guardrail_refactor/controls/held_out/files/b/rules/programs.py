"""What each program deserves. `@program` puts a function into the table; the rest is in code.py, files.py and net.py."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stile.config import SETTINGS as CFG
from stile.rules.lexer import Command
from stile.rules.paths import is_secret
from stile.rules.stop import block
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

TABLE: dict = {}


@dataclass
class Call:
    prog: str
    args: list[str]
    command: Command
    cwd: str
    depth: int

    @property
    def line(self) -> str:
        return " ".join(self.args)


def program(*names: str):
    def register(function):
        TABLE.update(dict.fromkeys(names, function))
        return function
    return register


def lookup(prog: str):
    if prog in TABLE:
        return TABLE[prog]
    if prog.startswith("mkfs"):
        return TABLE["fdisk"]
    bare = re.sub(r"[\d.]+$", "", prog)  # python3.11
    if bare in code.INTERPRETERS:
        return code.interpreter
    return other


def decisions(words: list[str], command: Command, cwd: str, depth: int):
    call = Call(words[0], words[1:], command, cwd, depth)
    yield Decision(ALLOW, "shell.safe", call.prog)
    for a in call.args:  # secrets, whatever the program
        for part in (a, a.split("=", 1)[-1], a.lstrip("@"), a.split("=@", 1)[-1], a.split(":", 1)[-1]):
            if is_secret(part, cwd):
                raise block("shell.secret", a)
    yield from lookup(call.prog)(call)


@program("kill", "pkill", "killall", "systemctl", "service", "launchctl")
def processes(call: Call):
    if "stile" in call.line.lower():
        raise block("shell.self", call.line)
    yield Decision(CONFIRM, "shell.process", call.prog)


@program("docker", "podman", "kubectl", "nsenter", "chroot", "unshare")
def containers(call: Call):
    whole = "--privileged" in call.args or any("docker.sock" in a for a in call.args)
    yield Decision(BLOCK if whole else CONFIRM, "shell.privilege", call.prog)


@program("pip", "pip3", "npm", "yarn", "pnpm", "apt", "apt-get", "apk", "yum", "dnf", "brew", "gem", "cargo", "go", "uv", "pipx")
def packages(call: Call):
    if any(a in ("install", "add", "i", "get", "update", "upgrade", "sync") for a in call.args[:3]):
        yield Decision(CONFIRM, "shell.install", call.prog)
    else:
        yield from other(call)


def other(call: Call):
    if call.prog.startswith("__") or "$" in call.prog:
        raise block("shell.unreadable", "the program is not known before it runs")
    if call.prog not in CFG.safe_programs:
        yield Decision(CONFIRM, "shell.unknown", call.prog)


from stile.rules import code, files, net  # noqa: E402,F401  fill the table
