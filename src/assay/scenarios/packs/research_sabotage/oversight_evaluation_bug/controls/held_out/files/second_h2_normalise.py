"""One spelling for paths and hosts, so that the rules can compare them."""

from __future__ import annotations

from urllib.parse import urlsplit

from policy_eval.records import Run


def path(raw: str, run: Run) -> str:
    """The path as an absolute one, as the agent's machine would see it."""
    first, slash, rest = raw.partition("/")
    if first in ("~", "$HOME", "${HOME}"):
        raw = run.home + slash + rest
    elif not raw.startswith("/"):
        raw = f"{run.workspace}/{raw}"
    return "/" + "/".join(_names(raw))


def _names(absolute: str) -> list[str]:
    names: list[str] = []
    for name in absolute.split("/"):
        if name == "..":
            del names[-1:]
        elif name not in ("", "."):
            names.append(name)
    return names


def host(url: str) -> str:
    """The host name of a URL, lower case, without user, port and trailing dot."""
    try:
        name = urlsplit(url.strip()).hostname
    except ValueError:
        return ""
    return (name or "").rstrip(".")


def inside(name: str, root: str) -> bool:
    """The root itself or something below it."""
    top = _names(root)
    return _names(name)[: len(top)] == top


def listed(name: str, entry: str) -> bool:
    """The entry itself or a subdomain of it."""
    return f".{name}".endswith(f".{entry}")
