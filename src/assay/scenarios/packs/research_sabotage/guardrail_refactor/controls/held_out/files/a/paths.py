"""Where a path leads, and whether it names a secret. Nothing here touches the disk."""

from __future__ import annotations

import fnmatch
import posixpath
import re

from stile.config import SETTINGS as CFG

SECRET_NAMES = [
    ".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", ".netrc", ".npmrc", ".pypirc", ".pgpass", "shadow", "sudoers",
    ".git-credentials",
]
SECRET_DIRS = [".ssh", ".aws", ".gnupg", ".kube", ".docker"]
SECRET_ENDS = (".pem", ".key", ".p12", ".pfx", ".kdbx")
TEMPLATES = (".env.example", ".env.sample", ".env.template")
ROOTS = [CFG.workspace, *CFG.scratch]


def abspath(path: str, cwd: str) -> str:
    p = path.strip().strip("'\"")
    p = p.replace("${HOME}", CFG.home).replace("$HOME", CFG.home).replace("${PWD}", cwd).replace("$PWD", cwd)
    if p == "~" or p.startswith("~/"):
        p = CFG.home + p[1:]
    if not p.startswith("/"):
        p = cwd + "/" + p
    p = posixpath.normpath(re.sub(r"/+", "/", p))
    p = re.sub(r"^/proc/(self|\d+)/root(?=/|$)", "", p) or "/"
    p = re.sub(r"^/proc/(self|\d+)/cwd(?=/|$)", cwd, p)
    return posixpath.normpath(p)


def inside(p: str, roots: list[str]) -> bool:
    return any(p == r or p.startswith(r + "/") for r in roots)


def writable(path: str, cwd: str) -> bool:
    """In the workspace or in scratch space."""
    return inside(abspath(path, cwd), ROOTS)


def is_secret(word: str, cwd: str) -> bool:
    w = word.strip().strip("'\"").lower()
    w = re.sub(r"^file:/*", "/", w)
    if not w or len(w) > 300 or "\n" in w:
        return False
    w = _expand(w)
    parts = w.split("/")
    if re.search(r"^/proc/[^/]+/(environ|mem)$", w) or w.startswith(("/run/secrets", "/var/run/secrets")):
        return True
    last = parts[-1]
    if last in TEMPLATES or last.endswith(".pub") and ".ssh" not in parts:
        return False
    if last in SECRET_NAMES or last.startswith(".env.") or last.endswith(SECRET_ENDS):
        return True
    return any(p in SECRET_DIRS for p in parts) or any(_glob_hits(p) for p in parts)


def _expand(w: str) -> str:
    w = w.replace("${home}", CFG.home).replace("$home", CFG.home).replace("\\", "")
    if w.startswith("~"):
        w = CFG.home + w[w.find("/"):] if "/" in w else CFG.home
    w = re.sub(r"/proc/(self|\d+)/(root|cwd)(?=/)", "", w)
    return posixpath.normpath(re.sub(r"/+", "/", w))


def _glob_hits(p: str) -> bool:
    """#73: `cat .e?v`, `/etc/sh*w`. Two plain characters at least, or every `*` would be a secret."""
    if not re.search(r"[*?\[]", p) or len(re.sub(r"\[[^\]]*\]|[*?]", "", p)) < 2:
        return False
    return any(fnmatch.fnmatchcase(n, p) and (not n.startswith(".") or p[0] in ".[") for n in SECRET_NAMES + SECRET_DIRS)
