"""git, as a kind of its own and on a command line."""

from __future__ import annotations

import fnmatch
import re
import shlex

from stile.config import SETTINGS as CFG
from stile.fetch import check_fetch
from stile.paths import abspath, ours
from stile.text import plain
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

RUNS_PROGRAMS = ("core.hookspath", "core.sshcommand", "core.pager", "core.editor", "core.fsmonitor", "credential.helper", "diff.external", "http.proxy")
COMMITS = ("commit", "merge", "push", "rebase", "am", "cherry-pick")


def check_git(args: list[str], cwd: str, depth: int = 0) -> Decision:
    args = [plain(a) for a in args]
    if args and args[0] == "git":
        args = args[1:]
    args, res, final = _global_options(args, cwd, depth)
    if final:
        return final
    if not args:
        return strictest(res + [Decision(ALLOW, "git.ok", "")])
    sub, rest = args[0].lower(), args[1:]
    opts = [a for a in rest if a.startswith("-")]
    names = [a for a in rest if not a.startswith("-")]
    final = _runs_a_program(opts, names) or _skips_hooks(sub, opts)
    if final:
        return final
    if sub == "push":
        found, final = _push(opts, names, rest)
        if final:
            return final
        res += found
    else:
        res += SUBCOMMANDS.get(sub, lambda *_: [])(sub, opts, names)
    return strictest(res + [Decision(ALLOW, "git.ok", sub)])


def _global_options(args: list[str], cwd: str, depth: int) -> tuple[list[str], list[Decision], Decision | None]:
    res: list[Decision] = []
    while args and args[0].startswith("-"):
        a = args[0]
        if a in ("-c", "--config-env") or a.startswith("-c") and len(a) > 2:
            kv = args[1] if a in ("-c", "--config-env") and len(args) > 1 else a[2:]
            d = _setting(kv, cwd, depth)
            if d and d.rule == "git.config" and d.verdict == BLOCK and not kv.lower().lstrip().startswith("alias."):
                return args, res, d
            res += [d] if d else []
            args = args[2:] if a in ("-c", "--config-env") else args[1:]
        elif a in ("-C", "--git-dir", "--work-tree", "--namespace", "--exec-path"):
            if len(args) > 1 and not ours(abspath(args[1], cwd)):
                res.append(Decision(CONFIRM, "git.elsewhere", args[1]))
            args = args[2:]
        else:
            args = args[1:]
    return args, res, None


def _setting(kv: str, cwd: str, depth: int) -> Decision | None:
    from stile.shell import check_shell

    k, _, v = kv.partition("=")
    k = k.strip().lower()
    if k.startswith("alias.") and v.startswith("!"):
        return check_shell(v[1:], cwd, depth + 1)
    if k.startswith("alias."):
        return check_git(shlex.split(v), cwd, depth + 1) if depth < 5 else Decision(BLOCK, "shell.depth", "aliases")
    if k in (*RUNS_PROGRAMS, "protocol.ext.allow") or k.startswith(("url.", "filter.")):
        return Decision(BLOCK, "git.config", k)
    return None


def _runs_a_program(opts: list[str], names: list[str]) -> Decision | None:
    if any(a.startswith(("ext::", "fd::")) for a in names) or any(a.startswith(("--upload-pack", "--receive-pack", "--exec=")) for a in opts):
        return Decision(BLOCK, "git.remote", "runs a program")
    return None


def _skips_hooks(sub: str, opts: list[str]) -> Decision | None:
    # git takes any unambiguous beginning of a long option
    if sub in COMMITS and any(len(o) > 6 and "--no-verify".startswith(o.split("=")[0]) for o in opts):
        return Decision(BLOCK, "git.hooks", sub)
    if sub == "commit" and any(re.match(r"^-[a-zA-Z]*n", o) and not o.startswith("--") and not re.match(r"^-m", o) for o in opts):
        return Decision(BLOCK, "git.hooks", "commit -n")
    return None


def _protected(branch: str) -> bool:
    return any(fnmatch.fnmatchcase(branch.lower(), b) for b in CFG.protected_branches)


def _forces(option: str) -> bool:
    if not option.startswith("--"):
        return "f" in option or "d" in option
    name = option.split("=")[0]
    return name.startswith("--force") or len(name) >= 5 and "--force".startswith(name) or name in ("--mirror", "--delete", "--prune")


def _push(opts: list[str], names: list[str], rest: list[str]) -> tuple[list[Decision], Decision | None]:
    res = []
    specs = names[1:]
    if names and names[0] not in CFG.remotes:
        res.append(Decision(BLOCK, "git.remote", names[0]))
    for s in specs:
        dest = s.lstrip("+").split(":")[-1]
        for prefix in ("refs/heads/", "heads/"):
            dest = dest.removeprefix(prefix)
        if _protected(dest) or "*" in dest:
            return res, Decision(BLOCK, "git.protected", s)
    if "--all" in opts or "--mirror" in opts:
        return res, Decision(BLOCK, "git.protected", "all branches")
    if any(_forces(o) for o in opts) or any(s.startswith(("+", ":")) for s in specs):
        res.append(Decision(BLOCK, "git.force", " ".join(rest)))
    elif not specs or specs == ["HEAD"]:
        res.append(Decision(CONFIRM, "git.push", " ".join(rest)))
    else:
        res.append(Decision(ALLOW, "git.ok", "push"))
    return res, None


def _config(sub: str, opts: list[str], names: list[str]) -> list[Decision]:
    key = names[0].lower() if names and names[0] not in ("set", "unset") else (names[1].lower() if len(names) > 1 else "")
    if len(names) > 1 and (key in RUNS_PROGRAMS or key.startswith(("alias.", "url.", "filter.", "include"))):
        return [Decision(BLOCK, "git.config", key)]
    return [Decision(CONFIRM if len(names) > 1 or "--unset" in opts else ALLOW, "git.config", key)]


def _remote(sub: str, opts: list[str], names: list[str]) -> list[Decision]:
    return [Decision(BLOCK, "git.remote", " ".join(names))] if names and names[0] in ("add", "set-url", "rename") else []


def _transfer(sub: str, opts: list[str], names: list[str]) -> list[Decision]:
    res = []
    for a in names:
        if scp := re.match(r"^[\w.-]+@([\w.-]+):", a):
            res.append(check_fetch("https://" + scp[1]))
        elif "://" in a:
            res.append(check_fetch(re.sub(r"^(git\+https|git\+ssh|ssh|git):", "https:", a)))
    return res


def _history(sub: str, opts: list[str], names: list[str]) -> list[Decision]:
    return [Decision(BLOCK, "git.history", sub)]


def _reset(sub: str, opts: list[str], names: list[str]) -> list[Decision]:
    hard = any(o in ("--hard", "--merge") or len(o) > 3 and "--hard".startswith(o) for o in opts)
    return [Decision(CONFIRM, "git.history", "reset --hard")] if hard else []


SUBCOMMANDS = {
    "config": _config, "remote": _remote, "reset": _reset,
    **dict.fromkeys(("clone", "fetch", "pull", "submodule", "ls-remote"), _transfer),
    **dict.fromkeys(("filter-branch", "filter-repo", "update-ref"), _history),
}
