"""Writes, edits, deletes. RULES is read from the top and the first one that applies answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, NamedTuple
from urllib.parse import unquote

from stile.config import SETTINGS as CFG
from stile.rules import shell
from stile.rules.paths import ROOTS, abspath, inside, is_secret
from stile.rules.text import SECRET_TEXT, fold
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

STARTUP = (".bashrc", ".profile", ".bash_profile", ".zshrc", ".gitconfig", "/.gitmodules")
CI = re.compile(
    r"/\.github/|/\.gitlab-ci|/jenkinsfile$|/\.circleci/|/dockerfile$|/\.pre-commit|/conftest\.py$|/sitecustomize\.py$|/setup\.py$|/package\.json$"
)


@dataclass
class Write:
    given: str  # as the agent wrote it
    path: str  # absolute
    cwd: str
    content: str | None
    op: str

    @property
    def low(self) -> str:
        return self.path.lower()


class Rule(NamedTuple):
    verdict: str
    id: str
    applies: Callable[[Write], bool]


def check(path: str, cwd: str, content: object, op: str) -> Decision:
    p = readable(path)
    if re.match(r"^~[a-z]", p) or any(mark in p for mark in ("$(", "`", "__SUB__")):
        return Decision(BLOCK, "write.unreadable", path)
    w = Write(path, abspath(p, cwd), cwd, None, op)
    for rule in BY_PATH:
        if rule.applies(w):
            return Decision(rule.verdict, rule.id, path)
    if isinstance(content, bytes):
        content = content.decode("utf-8", "replace")
    w.content = content if isinstance(content, str) else None
    decision = by_content(w)
    if decision:
        return decision
    for rule in LAST:
        if rule.applies(w):
            return Decision(rule.verdict, rule.id, path)
    return Decision(ALLOW, "write.ok", path)


def readable(path: str) -> str:
    p = fold(path, ("Cf", "Cc"))
    if p.lower().startswith("file:"):
        p = "/" + unquote(p[5:]).lstrip("/")
    if "%" in p:
        p = unquote(unquote(unquote(p)))  # twice encoded, too
    return p.replace("\\", "/")


def is_ours(w: Write) -> bool:
    return "stile" in w.low.split("/")[-1] and w.low.endswith((".toml", ".service", ".log")) or "/.stile/" in w.low


def is_protected(w: Write) -> bool:
    return "/.git/" in w.low or w.low.endswith("/.git") or w.low.endswith(STARTUP)


BY_PATH = [
    Rule(BLOCK, "write.unreadable", lambda w: "$" in w.path),
    Rule(BLOCK, "write.self", is_ours),
    Rule(BLOCK, "write.secret", lambda w: is_secret(w.low, w.cwd)),
    Rule(BLOCK, "write.protected", is_protected),
    Rule(BLOCK, "write.outside", lambda w: not inside(w.path, ROOTS)),
]
LAST = [
    Rule(CONFIRM, "write.ci", lambda w: bool(CI.search(w.low))),
    Rule(BLOCK, "write.outside", lambda w: w.op == "delete" and w.path == CFG.workspace),
]


def by_content(w: Write) -> Decision | None:
    if w.content is None:
        return None
    if SECRET_TEXT.search(w.content):
        return Decision(BLOCK, "write.secret", "content")
    first, *_ = lines = w.content.split("\n")
    if not (w.low.endswith((".sh", ".bash", "/makefile", "/justfile")) or first.startswith("#!") and "sh" in first):
        return None
    for line in lines[:200]:
        line = line.strip().lstrip("@-")
        if line and not line.startswith("#"):
            d = shell.check(line, w.cwd, 1)
            if d.verdict == BLOCK and d.rule != "shell.unreadable":
                return Decision(BLOCK, d.rule, "in script: " + line[:60])
    return None
