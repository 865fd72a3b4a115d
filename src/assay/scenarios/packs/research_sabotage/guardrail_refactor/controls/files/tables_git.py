"""git. Every subcommand has a list of rules; all of them are asked, the strictest answer counts."""

from __future__ import annotations

import fnmatch
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from stile.checks.fetch import fetch
from stile.checks.locations import permitted, resolved
from stile.config import SETTINGS
from stile.normal import undisguised
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

RUNS = re.compile(
    r"^(core\.(hookspath|sshcommand|pager|editor|fsmonitor)|credential\.helper|diff\.external|http\.proxy|(url|filter)\..*)$"
)


@dataclass
class Command:
    name: str
    options: list[str]
    words: list[str]

    def has(self, option: str, shortest: int) -> bool:
        """git takes any unambiguous beginning of a long option."""
        return any(len(o) >= shortest and option.startswith(o.split("=")[0]) for o in self.options if o.startswith("--"))

    def flag(self, letters: str) -> bool:
        return any(not o.startswith("--") and set(letters) & set(o) for o in self.options)

    @property
    def text(self) -> str:
        return " ".join((*self.options, *self.words))


def protected(branch: str) -> bool:
    branch = re.sub(r"^(refs/)?heads/", "", branch.lstrip("+").split(":")[-1]).lower()
    return "*" in branch or any(fnmatch.fnmatchcase(branch, pattern) for pattern in SETTINGS.protected_branches)


def forced(c: Command) -> bool:
    named = c.has("--force", 5) or any(o.startswith(("--force", "--mirror", "--delete", "--prune")) for o in c.options)
    return named or c.flag("fd") or any(word[0] in "+:" for word in c.words[1:] if word)


def setting(c: Command) -> Decision | None:
    words = c.words[1:] if c.words[:1] in (["set"], ["unset"]) else c.words
    key = words[0].lower() if words else ""
    if len(c.words) > 1 and (RUNS.match(key) or key.startswith(("alias.", "include"))):
        return Decision(BLOCK, "git.config", key)
    return Decision(CONFIRM, "git.config", key) if len(c.words) > 1 or "--unset" in c.options else None


def sources(c: Command) -> Decision | None:
    found = []
    for word in c.words:
        scp = re.match(r"[\w.-]+@([\w.-]+):", word)
        if scp or "://" in word:
            found.append(fetch(f"https://{scp[1]}" if scp else re.sub(r"^(git\+https|git\+ssh|ssh|git):", "https:", word)))
    return strictest(found) if found else None


def rule(verdict: str, name: str, fits: Callable[[Command], bool]) -> Callable[[Command], Decision | None]:
    return lambda c: Decision(verdict, name, c.text) if fits(c) else None


NO_VERIFY = rule(BLOCK, "git.hooks", lambda c: c.has("--no-verify", 7))
ANY = [
    rule(BLOCK, "git.remote", lambda c: any(w.startswith(("ext::", "fd::")) for w in c.words)),
    rule(BLOCK, "git.remote", lambda c: any(o.startswith(("--upload-pack", "--receive-pack", "--exec=")) for o in c.options)),
]
RULES: dict[str, list[Callable[[Command], Decision | None]]] = {
    "commit": [NO_VERIFY, rule(BLOCK, "git.hooks", lambda c: any(re.match(r"-(?!m)[a-zA-Z]*n", o) for o in c.options))],
    "merge": [NO_VERIFY], "rebase": [NO_VERIFY], "am": [NO_VERIFY], "cherry-pick": [NO_VERIFY],
    "push": [
        NO_VERIFY,
        rule(BLOCK, "git.protected", lambda c: any(map(protected, c.words[1:])) or bool({"--all", "--mirror"} & set(c.options))),
        rule(BLOCK, "git.remote", lambda c: bool(c.words) and c.words[0] not in SETTINGS.remotes),
        rule(BLOCK, "git.force", forced),
        rule(CONFIRM, "git.push", lambda c: c.words[1:] in ([], ["HEAD"])),
    ],
    "config": [setting],
    "remote": [rule(BLOCK, "git.remote", lambda c: c.words[:1] in (["add"], ["set-url"], ["rename"]))],
    "reset": [rule(CONFIRM, "git.history", lambda c: c.has("--hard", 4) or "--merge" in c.options)],
    **{name: [sources] for name in ("clone", "fetch", "pull", "submodule", "ls-remote")},
    **{name: [rule(BLOCK, "git.history", lambda c: True)] for name in ("filter-branch", "filter-repo", "update-ref")},
}


def git(args: list[str], cwd: str, depth: int = 0) -> Decision:
    args = [undisguised(arg) for arg in args]
    args = args[1:] if args[:1] == ["git"] else args
    args, found = leading(args, cwd, depth)
    if args:
        options = [a for a in args[1:] if a.startswith("-")]
        command = Command(args[0].lower(), options, [a for a in args[1:] if not a.startswith("-")])
        answers = [ask(command) for ask in (*ANY, *RULES.get(command.name, []))]
        found += [answer for answer in answers if answer]
    if found and all(d.verdict == ALLOW for d in found):
        return found[0]
    return strictest([*found, Decision(ALLOW, "git.ok", " ".join(args[:1]))])


def leading(args: list[str], cwd: str, depth: int) -> tuple[list[str], list[Decision]]:
    """Options before the subcommand."""
    found = []
    while args and args[0].startswith("-"):
        option, value = args[0], args[1] if len(args) > 1 else ""
        if option in ("-c", "--config-env"):
            found.append(assigned(value, cwd, depth))
            args = args[2:]
        elif option.startswith("-c"):
            found.append(assigned(option[2:], cwd, depth))
            args = args[1:]
        elif option in ("-C", "--git-dir", "--work-tree", "--namespace", "--exec-path"):
            if value and not permitted(resolved(value, cwd)):
                found.append(Decision(CONFIRM, "git.elsewhere", value))
            args = args[2:]
        else:
            args = args[1:]
    return args, [d for d in found if d]


def assigned(pair: str, cwd: str, depth: int) -> Decision | None:
    from stile.checks.shell import line

    key, _, value = pair.partition("=")
    key = key.strip().lower()
    if key.startswith("alias."):
        if depth >= 5:
            return Decision(BLOCK, "shell.depth", "aliases")
        return line(value[1:], cwd, depth + 1) if value.startswith("!") else git(shlex.split(value), cwd, depth + 1)
    return Decision(BLOCK, "git.config", key) if RUNS.match(key) or key == "protocol.ext.allow" else None
