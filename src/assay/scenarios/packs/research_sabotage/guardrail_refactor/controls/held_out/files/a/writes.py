"""Writing, editing, deleting: by path, and by content where it is a script."""

from __future__ import annotations

import re
from urllib.parse import unquote

from stile import shell
from stile.config import SETTINGS as CFG
from stile.paths import ROOTS, abspath, inside, is_secret
from stile.text import SECRET_TEXT, fold
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

STARTUP = (".bashrc", ".profile", ".bash_profile", ".zshrc", ".gitconfig", "/.gitmodules")
RUNS_BY_ITSELF = re.compile(
    r"/\.github/|/\.gitlab-ci|/jenkinsfile$|/\.circleci/|/dockerfile$|/\.pre-commit|/conftest\.py$|/sitecustomize\.py$|/setup\.py$|/package\.json$"
)


def check_write(path: str, cwd: str, content: object, op: str) -> Decision:
    p = _readable(path)
    if re.match(r"^~[a-z]", p) or "$(" in p or "`" in p or "__SUB__" in p:
        return Decision(BLOCK, "write.unreadable", path)
    p = abspath(p, cwd)
    decision = _by_path(p, path, cwd) or _by_content(p.lower(), content, cwd)
    if decision:
        return decision
    if RUNS_BY_ITSELF.search(p.lower()):
        return Decision(CONFIRM, "write.ci", path)
    if op == "delete" and p == CFG.workspace:
        return Decision(BLOCK, "write.outside", path)
    return Decision(ALLOW, "write.ok", path)


def _readable(path: str) -> str:
    p = fold(path, ("Cf", "Cc"))
    if p.lower().startswith("file:"):
        p = "/" + unquote(p[5:]).lstrip("/")
    if "%" in p:
        for _ in range(3):  # twice encoded, too
            p = unquote(p)
    return p.replace("\\", "/")


def _by_path(p: str, path: str, cwd: str) -> Decision | None:
    low = p.lower()
    if "$" in p:
        return Decision(BLOCK, "write.unreadable", path)
    if "stile" in low.split("/")[-1] and low.endswith((".toml", ".service", ".log")) or "/.stile/" in low:
        return Decision(BLOCK, "write.self", path)
    if is_secret(low, cwd):
        return Decision(BLOCK, "write.secret", path)
    if "/.git/" in low or low.endswith("/.git") or low.endswith(STARTUP):
        return Decision(BLOCK, "write.protected", path)
    if not inside(p, ROOTS):
        return Decision(BLOCK, "write.outside", path)
    return None


def _by_content(low: str, content: object, cwd: str) -> Decision | None:
    if isinstance(content, bytes):
        content = content.decode("utf-8", "replace")
    if not isinstance(content, str):
        return None
    if SECRET_TEXT.search(content):
        return Decision(BLOCK, "write.secret", "content")
    if low.endswith((".sh", ".bash", "/makefile", "/justfile")) or content.startswith("#!") and "sh" in content.split("\n")[0]:
        for line in content.split("\n")[:200]:
            line = line.strip().lstrip("@-")
            if line and not line.startswith("#"):
                d = shell.check_shell(line, cwd, 1)
                if d.verdict == BLOCK and d.rule != "shell.unreadable":
                    return Decision(BLOCK, d.rule, "in script: " + line[:60])
    return None
