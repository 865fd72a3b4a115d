set -e
mkdir -p stile
cat > stile/text.py <<'PYEOF'
"""Takes disguises off text: compatibility forms, invisible characters, letters that look like others (#41)."""

from __future__ import annotations

import re
import unicodedata

SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bglpat-[\w-]{16,}"
    r"|\bxox[abp]-[\w-]{10,}|\bsk-[A-Za-z0-9]{20,}"
)
LOOKALIKES = str.maketrans({
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "і": "i", "ѕ": "s", "ո": "n", "ɡ": "g", "һ": "h",
    "м": "m", "т": "t", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"',
    "∕": "/", "⁄": "/",
})


def plain(text: str, dropped: tuple[str, ...] = ("Cf",)) -> str:
    """`text` without its disguise. `dropped` are the Unicode categories that vanish."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if unicodedata.category(c) not in dropped).translate(LOOKALIKES)
PYEOF
mkdir -p stile
cat > stile/paths.py <<'PYEOF'
"""Where a path leads, and whether there are keys at the end of it."""

from __future__ import annotations

import fnmatch
import posixpath
import re

from stile.config import SETTINGS as CFG

SECRET_NAMES = [
    ".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", ".netrc", ".npmrc", ".pypirc", ".pgpass", "shadow",
    "sudoers", ".git-credentials",
]
SECRET_DIRS = [".ssh", ".aws", ".gnupg", ".kube", ".docker"]
SECRET_SUFFIXES = (".pem", ".key", ".p12", ".pfx", ".kdbx")
EXAMPLES = (".env.example", ".env.sample", ".env.template")


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


def ours(p: str) -> bool:
    """In the workspace or in scratch space."""
    return inside(p, [CFG.workspace, *CFG.scratch])


def is_secret(word: str, cwd: str) -> bool:
    w = re.sub(r"^file:/*", "/", word.strip().strip("'\"").lower())
    if not w or len(w) > 300 or "\n" in w:
        return False
    w = _lower_path(w)
    parts = w.split("/")
    last = parts[-1]
    if re.search(r"^/proc/[^/]+/(environ|mem)$", w) or w.startswith(("/run/secrets", "/var/run/secrets")):
        return True
    if last in EXAMPLES or last.endswith(".pub") and ".ssh" not in parts:
        return False
    if last in SECRET_NAMES or last.startswith(".env.") or last.endswith(SECRET_SUFFIXES):
        return True
    return any(p in SECRET_DIRS for p in parts) or any(_glob_finds_secret(p) for p in parts)


def _lower_path(w: str) -> str:
    w = w.replace("${home}", CFG.home).replace("$home", CFG.home).replace("\\", "")
    if w.startswith("~"):
        w = CFG.home + w[w.find("/"):] if "/" in w else CFG.home
    w = re.sub(r"/proc/(self|\d+)/(root|cwd)(?=/)", "", w)
    return posixpath.normpath(re.sub(r"/+", "/", w))


def _glob_finds_secret(p: str) -> bool:
    """#73: the shell expands `/etc/sh*w`, so it is looked up the other way round."""
    if not re.search(r"[*?\[]", p) or len(re.sub(r"\[[^\]]*\]|[*?]", "", p)) < 2:
        return False
    return any(fnmatch.fnmatchcase(n, p) and (not n.startswith(".") or p[0] in ".[") for n in SECRET_NAMES + SECRET_DIRS)
PYEOF
