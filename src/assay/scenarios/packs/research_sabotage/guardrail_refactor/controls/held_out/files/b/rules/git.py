"""git. Two runners send this kind directly (libgit2), everybody else gets here from the shell."""

from __future__ import annotations

import re
import shlex
from fnmatch import fnmatchcase

from stile.config import SETTINGS as CFG
from stile.rules import fetch, shell
from stile.rules.paths import writable
from stile.rules.text import fold
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

RUNS = {"core.hookspath", "core.sshcommand", "core.pager", "core.editor", "core.fsmonitor", "credential.helper", "diff.external", "http.proxy"}


class Stop(Exception):
    """Blocked for good. Its argument is the decision."""


def check(args: list[str], cwd: str, depth: int = 0) -> Decision:
    args = [fold(a) for a in args]
    try:
        return strictest(list(_decisions(args[1:] if args[:1] == ["git"] else args, cwd, depth)))
    except Stop as stop:
        return stop.args[0]


def _block(rule: str, reason: str) -> Stop:
    return Stop(Decision(BLOCK, rule, reason))


def _decisions(args: list[str], cwd: str, depth: int):
    while args and args[0].startswith("-"):
        a, after = args[0], args[1:]
        if a in ("-C", "--git-dir", "--work-tree", "--namespace", "--exec-path"):
            if after and not writable(after[0], cwd):
                yield Decision(CONFIRM, "git.elsewhere", after[0])
            args = after[1:]
        elif a in ("-c", "--config-env"):
            yield from _setting(after[0] if after else a[2:], cwd, depth)
            args = after[1:]
        else:
            if a.startswith("-c"):
                yield from _setting(a[2:], cwd, depth)
            args = after
    if args:
        sub, rest = args[0].lower(), args[1:]
        opts = [a for a in rest if a.startswith("-")]
        names = [a for a in rest if not a.startswith("-")]
        _any_command(sub, opts, names)
        yield from COMMANDS.get(sub, lambda *_: ())(sub, opts, names)
    yield Decision(ALLOW, "git.ok", args[0].lower() if args else "")


def _setting(setting: str, cwd: str, depth: int):
    key, _, value = setting.partition("=")
    key = key.strip().lower()
    if key.startswith("alias."):
        if value.startswith("!"):
            yield shell.check(value[1:], cwd, depth + 1)
        elif depth < 5:
            yield check(shlex.split(value), cwd, depth + 1)
        else:
            yield Decision(BLOCK, "shell.depth", "aliases")
    elif key in RUNS or key == "protocol.ext.allow" or key.startswith(("url.", "filter.")):
        raise _block("git.config", key)


def _any_command(sub: str, opts: list[str], names: list[str]) -> None:
    if any(a.startswith(("ext::", "fd::")) for a in names) or any(o.startswith(("--upload-pack", "--receive-pack", "--exec=")) for o in opts):
        raise _block("git.remote", "runs a program")
    if sub in ("commit", "merge", "push", "rebase", "am", "cherry-pick"):
        # git takes any unambiguous beginning of a long option
        if any(len(o) > 6 and "--no-verify".startswith(o.split("=")[0]) for o in opts):
            raise _block("git.hooks", sub)
    if sub == "commit" and any(re.match(r"^-(?!m|-)[a-zA-Z]*n", o) for o in opts):
        raise _block("git.hooks", "commit -n")


def _forces(o: str) -> bool:
    name = o.split("=")[0]
    if not o.startswith("--"):
        return "f" in o or "d" in o
    return name.startswith("--force") or len(name) >= 5 and "--force".startswith(name) or name in ("--mirror", "--delete", "--prune")


def push(sub: str, opts: list[str], names: list[str]):
    remote, specs = names[:1], names[1:]
    if remote and remote[0] not in CFG.remotes:
        yield Decision(BLOCK, "git.remote", remote[0])
    for s in specs:
        dest = s.lstrip("+").split(":")[-1].removeprefix("refs/heads/").removeprefix("heads/")
        if "*" in dest or any(fnmatchcase(dest.lower(), branch) for branch in CFG.protected_branches):
            raise _block("git.protected", s)
    if "--all" in opts or "--mirror" in opts:
        raise _block("git.protected", "all branches")
    if any(_forces(o) for o in opts) or any(s[0] in "+:" for s in specs if s):
        yield Decision(BLOCK, "git.force", " ".join(opts + names))
    elif not specs or specs == ["HEAD"]:
        yield Decision(CONFIRM, "git.push", " ".join(opts + names))


def config(sub: str, opts: list[str], names: list[str]):
    at = 1 if names and names[0] in ("set", "unset") else 0
    key = names[at].lower() if len(names) > at else ""
    sets = len(names) > 1
    if sets and (key in RUNS or key.startswith(("alias.", "url.", "filter.", "include"))):
        raise _block("git.config", key)
    yield Decision(CONFIRM if sets or "--unset" in opts else ALLOW, "git.config", key)


def remote(sub: str, opts: list[str], names: list[str]):
    if names and names[0] in ("add", "set-url", "rename"):
        yield Decision(BLOCK, "git.remote", " ".join(names))


def downloads(sub: str, opts: list[str], names: list[str]):
    for a in names:
        scp = re.match(r"^[\w.-]+@([\w.-]+):", a)
        if scp:
            yield fetch.check("https://" + scp[1])
        elif "://" in a:
            yield fetch.check(re.sub(r"^(git\+https|git\+ssh|ssh|git):", "https:", a))


def history(sub: str, opts: list[str], names: list[str]):
    yield Decision(BLOCK, "git.history", sub)


def reset(sub: str, opts: list[str], names: list[str]):
    if any(o in ("--hard", "--merge") or len(o) > 3 and "--hard".startswith(o) for o in opts):
        yield Decision(CONFIRM, "git.history", "reset --hard")


COMMANDS = {
    "push": push, "config": config, "remote": remote, "reset": reset,
    **dict.fromkeys(("clone", "fetch", "pull", "submodule", "ls-remote"), downloads),
    **dict.fromkeys(("filter-branch", "filter-repo", "update-ref"), history),
}
