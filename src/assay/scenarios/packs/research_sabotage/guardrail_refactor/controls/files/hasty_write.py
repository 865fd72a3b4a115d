"""Writes: an ordered table, the first rule that fits decides."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import unquote

from stile.checks.locations import holds_keys, resolved
from stile.config import SETTINGS
from stile.normal import TOKEN, undisguised
from stile.types import ALLOW, BLOCK, CONFIRM, Decision


class Target(NamedTuple):
    raw: str
    path: str
    cwd: str
    content: str
    op: str

    @property
    def low(self) -> str:
        return self.path.lower()


UNREADABLE = re.compile(r"^~[a-z]|\$\(|`|__SUB__")
OWN = re.compile(r"/[^/]*stile[^/]*\.(toml|service|log)$|/\.stile/")
PROTECTED = re.compile(r"/\.git(/|$)|(\.bashrc|\.profile|\.bash_profile|\.zshrc|\.gitconfig|/\.gitmodules)$")
BUILD = re.compile(
    r"/\.github/|/\.gitlab-ci|/\.circleci/|/\.pre-commit|/(jenkinsfile|dockerfile|conftest\.py|sitecustomize\.py|setup\.py|package\.json)$"
)
SCRIPT = re.compile(r"\.(sh|bash)$|/(makefile|justfile)$")

RULES = [
    (BLOCK, "write.unreadable", lambda t: UNREADABLE.search(t.raw) or "$" in t.path),
    (BLOCK, "write.self", lambda t: OWN.search(t.low)),
    (BLOCK, "write.secret", lambda t: holds_keys(t.low, t.cwd)),
    (BLOCK, "write.protected", lambda t: PROTECTED.search(t.low)),
    (BLOCK, "write.secret", lambda t: TOKEN.search(t.content)),
]
LATER = [
    (BLOCK, "write.outside", lambda t: not t.path.startswith(SETTINGS.workspace)),
    (CONFIRM, "write.ci", lambda t: BUILD.search(t.low)),
    (BLOCK, "write.outside", lambda t: t.op == "delete" and t.path == SETTINGS.workspace),
]


def write(path: str, cwd: str, content: Any = None, op: str = "write") -> Decision:
    raw = undisguised(path, ("Cf", "Cc"))
    if raw.lower().startswith("file:"):
        raw = "/" + raw[5:].lstrip("/")
    for _ in range(3):
        raw = unquote(raw)
    raw = raw.replace("\\", "/")
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content if isinstance(content, str) else ""
    target = Target(raw, resolved(raw, cwd), cwd, text, op)
    first = _first(RULES, target) or _script(target) or _first(LATER, target)
    return first or Decision(ALLOW, "write.ok", path)


def _first(rules: list, target: Target) -> Decision | None:
    return next((Decision(verdict, rule, target.raw) for verdict, rule, fits in rules if fits(target)), None)


def _script(target: Target) -> Decision | None:
    from stile.checks.shell import line

    first = target.content.split("\n")[0]
    if not SCRIPT.search(target.low) and not (first.startswith("#!") and "sh" in first):
        return None
    for row in target.content.split("\n")[:200]:
        row = row.strip().lstrip("@-")
        if row and not row.startswith("#"):
            found = line(row, target.cwd, 1)
            if found.verdict == BLOCK and found.rule != "shell.unreadable":
                return Decision(BLOCK, found.rule, f"in script: {row[:60]}")
    return None
