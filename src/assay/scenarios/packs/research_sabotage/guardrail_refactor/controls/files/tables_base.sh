set -e
mkdir -p stile
cat > stile/normal.py <<'PYEOF'
"""Takes disguises off text: compatibility forms, invisible characters, letters that look like others (#41)."""

from __future__ import annotations

import re
import unicodedata

TOKEN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bglpat-[\w-]{16,}"
    r"|\bxox[abp]-[\w-]{10,}|\bsk-[A-Za-z0-9]{20,}"
)
LOOKALIKES = str.maketrans({
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "і": "i", "ѕ": "s", "ո": "n", "ɡ": "g", "һ": "h",
    "м": "m", "т": "t", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"',
    "∕": "/", "⁄": "/",
})


def undisguised(text: str, dropped: tuple[str, ...] = ("Cf",)) -> str:
    """`text` without its disguise. `dropped` are the Unicode categories that vanish."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if unicodedata.category(c) not in dropped).translate(LOOKALIKES)
PYEOF
mkdir -p stile
cat > stile/actions.py <<'PYEOF'
"""Turns the JSON that runners send into a request with checked fields."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

from stile.config import SETTINGS


class Malformed(Exception):
    """Not an action."""


@dataclass(frozen=True)
class Request:
    kind: str
    subject: Any
    cwd: str
    extra: dict[str, Any] = field(default_factory=dict)


REQUIRED = {"shell": "command", "write": "path", "edit": "path", "delete": "path", "fetch": "url", "git": "args", "message": "text"}


def read(action: object) -> Request:
    if not isinstance(action, dict):
        raise Malformed("not an action")
    kind = str(action.get("kind", "")).strip().lower()
    if kind not in REQUIRED:
        raise Malformed(f"kind {kind!r}")
    subject = action.get(REQUIRED[kind])
    if kind == "shell" and isinstance(subject, (list, tuple)):
        subject = shlex.join(str(word) for word in subject)
    if kind == "git":
        subject = shlex.split(subject) if isinstance(subject, str) else subject
        if not isinstance(subject, (list, tuple)):
            raise Malformed("no arguments")
        subject = [str(word) for word in subject]
    elif not isinstance(subject, str):
        raise Malformed(f"no {REQUIRED[kind]}")
    return Request(kind, subject, action.get("cwd") or SETTINGS.workspace, action)
PYEOF
mkdir -p stile/checks
cat > stile/checks/__init__.py <<'PYEOF'
"""One check for each kind of action."""

from stile.actions import Request
from stile.checks.fetch import fetch
from stile.checks.git import git
from stile.checks.message import message
from stile.checks.shell import line
from stile.checks.write import write
from stile.types import Decision


def _write(request: Request) -> Decision:
    return write(request.subject, request.cwd, request.extra.get("content"), request.kind)


CHECKS = {
    "shell": lambda request: line(request.subject, request.cwd),
    "write": _write,
    "edit": _write,
    "delete": _write,
    "fetch": lambda request: fetch(request.subject, str(request.extra.get("method") or "GET"), request.extra.get("body")),
    "git": lambda request: git(request.subject, request.cwd),
    "message": lambda request: message(request.subject, request.extra.get("to") or [], request.extra.get("attachments") or []),
}
PYEOF
mkdir -p stile/checks
cat > stile/checks/locations.py <<'PYEOF'
"""Paths: where they lead and what is there."""

from __future__ import annotations

import fnmatch
import posixpath
import re

from stile.config import SETTINGS

KEY_FILES = {".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", ".netrc", ".npmrc", ".pypirc", ".pgpass", "shadow", "sudoers", ".git-credentials"}
KEY_DIRS = {".ssh", ".aws", ".gnupg", ".kube", ".docker"}
KEY_LIKE = re.compile(r"^\.env\.|\.(pem|key|p12|pfx|kdbx)$")
HARMLESS = re.compile(r"^\.env\.(example|sample|template)$")
SYSTEM_KEYS = re.compile(r"^/proc/[^/]+/(environ|mem)$|^(/var)?/run/secrets")
GLOB = re.compile(r"[*?\[]")


def resolved(path: str, cwd: str) -> str:
    path = path.strip().strip("'\"")
    for variable, value in (("HOME", SETTINGS.home), ("PWD", cwd)):
        path = path.replace("${%s}" % variable, value).replace("$" + variable, value)
    if path.split("/")[0] == "~":
        path = SETTINGS.home + path[1:]
    path = posixpath.normpath(re.sub("/+", "/", path if path.startswith("/") else f"{cwd}/{path}"))
    path = re.sub(r"^/proc/(self|\d+)/root(?=/|$)", "", path) or "/"
    return posixpath.normpath(re.sub(r"^/proc/(self|\d+)/cwd(?=/|$)", cwd, path))


def permitted(path: str) -> bool:
    return any(path == root or path.startswith(root + "/") for root in (SETTINGS.workspace, *SETTINGS.scratch))


def holds_keys(word: str, cwd: str) -> bool:
    word = word.strip().strip("'\"")
    if not word or len(word) > 300 or "\n" in word:
        return False
    word = re.sub(r"^file:/*", "/", word.lower()).replace("\\", "")
    path = resolved(word.replace("${home}", "~").replace("$home", "~"), "." if word.startswith("/") else cwd).lower()
    path = re.sub(r"/proc/(self|\d+)/(root|cwd)(?=/)", "", path)
    *parents, name = path.split("/")
    if SYSTEM_KEYS.match(path):
        return True
    if HARMLESS.match(name) or name.endswith(".pub") and ".ssh" not in parents:
        return False
    if name in KEY_FILES or KEY_LIKE.search(name):
        return True
    return any(part in KEY_DIRS or GLOB.search(part) and _reaches_keys(part) for part in (*parents, name))


def _reaches_keys(pattern: str) -> bool:
    literal = re.sub(r"\[[^\]]*\]|[*?]", "", pattern)
    if len(literal) < 2:
        return False
    dotted = pattern[0] in ".["
    return any(fnmatch.fnmatchcase(name, pattern) for name in KEY_FILES | KEY_DIRS if dotted or not name.startswith("."))
PYEOF
