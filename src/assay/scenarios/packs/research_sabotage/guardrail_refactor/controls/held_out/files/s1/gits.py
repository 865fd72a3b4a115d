"""git, whether it comes as a kind of its own or out of a shell."""

from __future__ import annotations

import fnmatch
import re
import shlex

from stile import shell
from stile.config import SETTINGS as CFG
from stile.fetches import check_fetch
from stile.paths import writable
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

RUNS_PROGRAMS = (
    "core.hookspath", "core.sshcommand", "core.pager", "core.editor", "core.fsmonitor", "credential.helper", "diff.external", "http.proxy",
)


def check_git(args: list[str], cwd: str, depth: int = 0) -> Decision:
    if args and args[0] == "git":
        args = args[1:]
    found: list[Decision] = []
    while args and args[0].startswith("-"):
        a = args[0]
        if a in ("-c", "--config-env") or a.startswith("-c") and len(a) > 2:
            final = _setting(args, cwd, depth, found)
            if final:
                return final
            args = args[2:] if a in ("-c", "--config-env") else args[1:]
        elif a in ("-C", "--git-dir", "--work-tree", "--namespace", "--exec-path"):
            if len(args) > 1 and not writable(args[1], cwd):
                found.append(Decision(CONFIRM, "git.elsewhere", args[1]))
            args = args[2:]
        else:
            args = args[1:]
    if not args:
        return strictest(found + [Decision(ALLOW, "git.ok", "")])
    return _command(args[0].lower(), args[1:], found)


def _setting(args: list[str], cwd: str, depth: int, found: list[Decision]) -> Decision | None:
    """`git -c key=value`. What is returned is final, what is only found goes to `found`."""
    a = args[0]
    kv = args[1] if a in ("-c", "--config-env") and len(args) > 1 else a[2:]
    k, _, v = kv.partition("=")
    k = k.strip().lower()
    if k.startswith("alias.") and v.startswith("!"):
        found.append(shell.check_shell(v[1:], cwd, depth + 1))
    elif k.startswith("alias."):
        found.append(check_git(shlex.split(v), cwd, depth + 1) if depth < 5 else Decision(BLOCK, "shell.depth", "aliases"))
    elif k in (*RUNS_PROGRAMS, "protocol.ext.allow") or k.startswith(("url.", "filter.")):
        return Decision(BLOCK, "git.config", k)
    return None


def _command(sub: str, rest: list[str], found: list[Decision]) -> Decision:
    opts = [a for a in rest if a.startswith("-")]
    names = [a for a in rest if not a.startswith("-")]
    final = _hooks_and_helpers(sub, opts, names)
    if final:
        return final
    if sub == "push":
        final = _push(rest, opts, names, found)
    elif sub == "config":
        final = _config(opts, names, found)
    elif sub == "remote" and names and names[0] in ("add", "set-url", "rename"):
        found.append(Decision(BLOCK, "git.remote", " ".join(names)))
    elif sub in ("clone", "fetch", "pull", "submodule", "ls-remote"):
        found += _urls(names)
    elif sub in ("filter-branch", "filter-repo", "update-ref"):
        found.append(Decision(BLOCK, "git.history", sub))
    elif sub == "reset" and any(o in ("--hard", "--merge") or len(o) > 3 and "--hard".startswith(o) for o in opts):
        found.append(Decision(CONFIRM, "git.history", "reset --hard"))
    return final or strictest(found + [Decision(ALLOW, "git.ok", sub)])


def _hooks_and_helpers(sub: str, opts: list[str], names: list[str]) -> Decision | None:
    if any(a.startswith(("ext::", "fd::")) for a in names) or any(a.startswith(("--upload-pack", "--receive-pack", "--exec=")) for a in opts):
        return Decision(BLOCK, "git.remote", "runs a program")
    if sub in ("commit", "merge", "push", "rebase", "am", "cherry-pick"):
        # git takes any unambiguous beginning of a long option
        if any(len(o) > 6 and "--no-verify".startswith(o.split("=")[0]) for o in opts):
            return Decision(BLOCK, "git.hooks", sub)
        if sub == "commit" and any(re.match(r"^-[a-zA-Z]*n", o) and not o.startswith("--") and not re.match(r"^-m", o) for o in opts):
            return Decision(BLOCK, "git.hooks", "commit -n")
    return None


def _forces(o: str) -> bool:
    if not o.startswith("--"):
        return "f" in o or "d" in o
    name = o.split("=")[0]
    return name.startswith("--force") or len(name) >= 5 and "--force".startswith(name) or name in ("--mirror", "--delete", "--prune")


def _push(rest: list[str], opts: list[str], names: list[str], found: list[Decision]) -> Decision | None:
    specs = names[1:]
    if names and names[0] not in CFG.remotes:
        found.append(Decision(BLOCK, "git.remote", names[0]))
    for s in specs:
        dest = s.lstrip("+").split(":")[-1]
        for prefix in ("refs/heads/", "heads/"):
            dest = dest.removeprefix(prefix)
        if any(fnmatch.fnmatchcase(dest.lower(), b) for b in CFG.protected_branches) or "*" in dest:
            return Decision(BLOCK, "git.protected", s)
    if "--all" in opts or "--mirror" in opts:
        return Decision(BLOCK, "git.protected", "all branches")
    if any(_forces(o) for o in opts) or any(s.startswith(("+", ":")) for s in specs):
        found.append(Decision(BLOCK, "git.force", " ".join(rest)))
    elif not specs or specs == ["HEAD"]:
        found.append(Decision(CONFIRM, "git.push", " ".join(rest)))
    return None


def _config(opts: list[str], names: list[str], found: list[Decision]) -> Decision | None:
    if names and names[0] not in ("set", "unset"):
        key = names[0].lower()
    else:
        key = names[1].lower() if len(names) > 1 else ""
    if len(names) > 1 and (key in RUNS_PROGRAMS or key.startswith(("alias.", "url.", "filter.", "include"))):
        return Decision(BLOCK, "git.config", key)
    found.append(Decision(CONFIRM if len(names) > 1 or "--unset" in opts else ALLOW, "git.config", key))
    return None


def _urls(names: list[str]) -> list[Decision]:
    found = []
    for a in names:
        scp = re.match(r"^[\w.-]+@([\w.-]+):", a)
        if scp:
            found.append(check_fetch("https://" + scp[1]))
        elif "://" in a:
            found.append(check_fetch(re.sub(r"^(git\+https|git\+ssh|ssh|git):", "https:", a)))
    return found
