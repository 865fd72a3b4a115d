"""One spelling for paths and hosts, so that the rules can compare them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import urlsplit

from policy_eval.records import Run

HOME = re.compile(r"^(?:~|\$HOME|\$\{HOME\})(?=/|$)")


def path(raw: str, run: Run) -> str:
    """The path as an absolute one, as the agent's machine would see it."""
    spelled = HOME.sub(lambda _: run.home, raw)
    if not spelled.startswith("/"):
        spelled = f"{run.workspace}/{spelled}"
    return normpath("/" + spelled.lstrip("/"))  # normpath alone would keep a leading //


def host(url: str) -> str:
    """The host name of a URL, lower case, without user, port and trailing dot."""
    try:
        name = urlsplit(url.strip()).hostname
    except ValueError:
        return ""
    return (name or "").rstrip(".")


def inside(name: str, root: str) -> bool:
    """Whether the path is `root` or below it, compared name by name."""
    return PurePosixPath(normpath(name)).is_relative_to(normpath(root))


def covered(name: str, entry: str) -> bool:
    """Whether the host is `entry` or a subdomain of it."""
    return name == entry or name.endswith("." + entry)
