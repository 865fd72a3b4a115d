"""One command of a line: what stands before the program, and what we think of the program. The table is at the end."""

from __future__ import annotations

import re

from stile import gits, shell, writes
from stile.config import SETTINGS as CFG
from stile.paths import is_secret
from stile.types import ALLOW, BLOCK, CONFIRM, Decision
from stile.words import Command

WRAPPERS = {"env", "nohup", "time", "nice", "ionice", "timeout", "stdbuf", "setsid", "exec", "command", "builtin", "xargs", "busybox", "unbuffer"}
KEYWORDS = {"{", "}", "!", "then", "do", "else", "elif", "if", "while", "until", "done", "fi"}
# options of sudo & co. that take a word of their own
WITH_WORD = {"-u", "-g", "-C", "-n", "-k", "-s", "-S", "-I", "-L", "-P", "-o", "-e", "-i", "-c"}
LOADS_CODE = {
    "LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "BASH_ENV", "ENV", "PYTHONSTARTUP", "GIT_SSH_COMMAND", "GIT_SSH", "PROMPT_COMMAND",
}


class Final(Exception):
    """Blocked, whatever else is in the line. Carries the rule that is reported."""

    def __init__(self, rule: str, reason: str, verdict: str = BLOCK):
        super().__init__(rule)
        self.decision = Decision(verdict, rule, reason)


class Call:
    def __init__(self, command: Command, cwd: str, depth: int, found: list[Decision]):
        self.words, self.piped, self.here = command.words, command.piped, command.here
        self.cwd, self.depth, self.found = cwd, depth, found
        self.prog, self.args = "", []

    def add(self, verdict: str, rule: str, reason: str) -> None:
        self.found.append(Decision(verdict, rule, reason))

    def shell(self, text: str) -> Decision:
        return shell.check_shell(text, self.cwd, self.depth + 1)

    def writes(self, path: str) -> None:
        d = writes.check_write(path, self.cwd, None, "write")
        if d.verdict != ALLOW:
            self.found.append(d)

    @property
    def line(self) -> str:
        return " ".join(self.args)

    def unwrap(self) -> bool:
        """Takes off assignments, keywords, sudo, env, nohup and so on. False if no program is left."""
        while self.words:
            base = self.words[0].rsplit("/", 1)[-1].lower()
            if re.match(r"^[A-Za-z_]\w*\+?=", self.words[0]):
                if self.words[0].split("=")[0].rstrip("+") in LOADS_CODE:
                    self.add(BLOCK, "shell.environment", self.words[0])
                self.words = self.words[1:]
            elif base in KEYWORDS:
                self.words = self.words[1:]
            elif base in ("sudo", "doas") or (base in WRAPPERS and len(self.words) > 1):
                self._wrapper(base)
            else:
                self.prog, self.args = base, self.words[1:]
                return True
        return False

    def _wrapper(self, base: str) -> None:
        if base in ("sudo", "doas"):
            self.add(CONFIRM, "shell.privilege", base)
        self.words = self.words[1:]
        while self.words and self.words[0].startswith("-"):
            if base == "env" and self.words[0] in ("-S", "--split-string") and len(self.words) > 1:
                self.found.append(self.shell(self.words[1]))
            self.words = self.words[2:] if self.words[0] in WITH_WORD else self.words[1:]
        if base == "timeout" and self.words:
            self.words = self.words[1:]


def check(call: Call) -> None:
    call.add(ALLOW, "shell.safe", call.prog)
    for a in call.args:  # secrets, whatever the program
        for part in [a, a.split("=", 1)[-1], a.lstrip("@"), a.split("=@", 1)[-1], a.split(":", 1)[-1]]:
            if is_secret(part, call.cwd):
                raise Final("shell.secret", a)
    if call.prog.startswith("mkfs"):
        changing.disk(call)
    HANDLERS.get(call.prog, other)(call)


def git(call: Call) -> None:
    call.found.append(gits.check_git(call.args, call.cwd, call.depth))


def process(call: Call) -> None:
    if any("stile" in a.lower() for a in call.args):
        raise Final("shell.self", call.line)
    call.add(CONFIRM, "shell.process", call.prog)


def socket(call: Call) -> None:
    raise Final("fetch.raw", call.prog)


def container(call: Call) -> None:
    all_of_it = "--privileged" in call.args or any("docker.sock" in a for a in call.args)
    call.add(BLOCK if all_of_it else CONFIRM, "shell.privilege", call.prog)


def packages(call: Call) -> None:
    if any(a in ("install", "add", "i", "get", "update", "upgrade", "sync") for a in call.args[:3]):
        call.add(CONFIRM, "shell.install", call.prog)
    else:
        other(call)


def other(call: Call) -> None:
    if call.prog == "__sub__" or "$" in call.prog or call.prog.startswith("__"):
        raise Final("shell.unreadable", "the program is not known before it runs")
    if call.prog not in CFG.safe_programs:
        call.add(CONFIRM, "shell.unknown", call.prog)


from stile import changing, downloads, running  # noqa: E402  they need Call and Final

TABLE = {
    running.a_shell: running.SHELLS,
    running.evaluate: {"eval"},
    running.source: {"source", "."},
    running.alias: {"alias"},
    running.interpreter: running.INTERPRETERS,
    changing.remove: {"rm", "unlink", "rmdir", "shred", "truncate"},
    changing.find: {"find"},
    changing.disk: {"fdisk", "parted", "wipefs", "shutdown", "reboot", "halt", "poweroff", "init", "insmod", "modprobe"},
    changing.mode: {"chmod", "chown", "chgrp", "chattr", "setfacl"},
    changing.copy: {"cp", "mv", "ln", "install", "rsync", "scp", "tee", "touch", "mkdir"},
    process: {"kill", "pkill", "killall", "systemctl", "service", "launchctl"},
    socket: {"nc", "ncat", "netcat", "socat", "telnet", "ftp", "tftp", "ssh"},
    git: {"git"},
    downloads.fetcher: {"curl", "wget", "http", "https", "aria2c"},
    container: {"docker", "podman", "kubectl", "nsenter", "chroot", "unshare"},
    packages: {
        "pip", "pip3", "npm", "yarn", "pnpm", "apt", "apt-get", "apk", "yum", "dnf", "brew", "gem", "cargo", "go", "uv", "pipx",
    },
}
HANDLERS = {name: handler for handler, names in TABLE.items() for name in names}
