"""One spelling for paths and hosts, so that the rules can compare them."""

from __future__ import annotations

from urllib.parse import urlsplit

from policy_eval.records import Run


def path(raw: str, run: Run) -> str:
    """The path as an absolute one, as the agent's machine would see it."""
    if raw == "~" or raw.startswith("~/"):
        return run.home + raw[1:]
    if not raw.startswith("/"):
        return f"{run.workspace}/{raw}"
    return raw


def host(url: str) -> str:
    """The host name of a URL, lower case, without user, port and trailing dot."""
    try:
        name = urlsplit(url.strip()).hostname
    except ValueError:
        return ""
    return (name or "").rstrip(".")


def inside(name: str, root: str) -> bool:
    return name.startswith(root)
