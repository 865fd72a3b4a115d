"""One spelling for tools, programs, paths and hosts, so that the rules can compare them."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import urlsplit

from policy_eval.records import Run

HOME = re.compile(r"^(~|\$HOME|\$\{HOME\})(?=/|$)")


def tool(name: str) -> str:
    """`Read-File` -> `read_file`: exporters do not agree on case and hyphens."""
    return name.lower().replace("-", "_")


def program(word: str) -> str:
    """`/usr/bin/git` -> `git`."""
    return posixpath.basename(word)


def path(raw: str, run: Run) -> str:
    """The path as an absolute one, without `.`, `..` and doubled slashes."""
    raw = HOME.sub(lambda _: run.home, raw)
    # normpath keeps exactly two leading slashes, so they go first
    return posixpath.normpath(re.sub(r"/+", "/", posixpath.join(run.workspace, raw)))


def host(url: str) -> str:
    """The host name of a URL, lower case, without user, port and trailing dot."""
    try:
        name = urlsplit(url.strip()).hostname
    except ValueError:
        return ""
    return (name or "").rstrip(".")


def inside(name: str, root: str) -> bool:
    """Whether a path is the directory or lies below it, compared name by name."""
    return name == root or name.startswith(root.rstrip("/") + "/")


def listed(name: str, entry: str) -> bool:
    """Whether a host is the entry or a subdomain of it."""
    return name == entry or name.endswith("." + entry)
