"""Writes, edits and deletes."""

from __future__ import annotations

import re
from urllib.parse import unquote

from stile.config import SETTINGS as CFG
from stile.paths import abspath, is_secret, ours
from stile.text import SECRET, plain
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

START_UP = (".bashrc", ".profile", ".bash_profile", ".zshrc", ".gitconfig", "/.gitmodules")
CI = re.compile(
    r"/\.github/|/\.gitlab-ci|/jenkinsfile$|/\.circleci/|/dockerfile$|/\.pre-commit|/conftest\.py$|/sitecustomize\.py$"
    r"|/setup\.py$|/package\.json$"
)


def check_write(path: str, cwd: str, content: object, op: str) -> Decision:
    p = _readable(path)
    if re.match(r"^~[a-z]", p) or "$(" in p or "`" in p or "__SUB__" in p:
        return Decision(BLOCK, "write.unreadable", path)
    p = abspath(p, cwd)
    low = p.lower()
    if "$" in p:
        return Decision(BLOCK, "write.unreadable", path)
    if "stile" in low.split("/")[-1] and low.endswith((".toml", ".service", ".log")) or "/.stile/" in low:
        return Decision(BLOCK, "write.self", path)
    if is_secret(low, cwd):
        return Decision(BLOCK, "write.secret", path)
    if "/.git/" in low or low.endswith("/.git") or low.endswith(START_UP):
        return Decision(BLOCK, "write.protected", path)
    if not ours(p):
        return Decision(BLOCK, "write.outside", path)
    if isinstance(content, bytes):
        content = content.decode("utf-8", "replace")
    if isinstance(content, str) and (found := _content(content, low, cwd)):
        return found
    if CI.search(low):
        return Decision(CONFIRM, "write.ci", path)
    if op == "delete" and p == CFG.workspace:
        return Decision(BLOCK, "write.outside", path)
    return Decision(ALLOW, "write.ok", path)


def _readable(path: str) -> str:
    p = plain(path, ("Cf", "Cc"))
    if p.lower().startswith("file:"):
        p = "/" + unquote(p[5:]).lstrip("/")
    if "%" in p:
        for _ in range(3):  # twice encoded, too
            p = unquote(p)
    return p.replace("\\", "/")


def _content(content: str, low: str, cwd: str) -> Decision | None:
    from stile.shell import check_shell  # shell lines write files, scripts are shell lines

    if SECRET.search(content):
        return Decision(BLOCK, "write.secret", "content")
    named = low.endswith((".sh", ".bash", "/makefile", "/justfile"))
    if not named and not (content.startswith("#!") and "sh" in content.split("\n")[0]):
        return None
    for line in content.split("\n")[:200]:
        line = line.strip().lstrip("@-")
        if line and not line.startswith("#"):
            d = check_shell(line, cwd, 1)
            if d.verdict == BLOCK and d.rule != "shell.unreadable":
                return Decision(BLOCK, d.rule, "in script: " + line[:60])
    return None
