"""What a shell does to a line before it runs anything, as far as it can be known without running it."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import shlex

MOST = 20  # substitutions in a line
UNKNOWN = "__SUB__"  # stands for output that nobody knows yet
PRINTS = re.compile(r"\s*(?:echo|printf)\s+(?:-[a-zA-Z]+\s+)?(.*?)\s*(\|\s*base64\s+(?:-d|-D|--decode)\s*)?$", re.S)


def quoting(cmd: str) -> str:
    """#58: $IFS for a blank, $'\\x72\\x6d', and $@ in the middle of a word."""
    cmd = re.sub(r"\$\{?IFS(?:%\?+)?\}?(?:\$\d)?", " ", cmd)
    cmd = re.sub(r"\$'((?:[^'\\]|\\.)*)'", lambda m: shlex.quote(codecs.decode(m[1], "unicode_escape")), cmd)
    return re.sub(r"\$\{?[@*]\}?", "", cmd)


def variables(cmd: str) -> str:
    """Variables that are set in the same line."""
    for name, value in re.findall(r"(?:^|[;&|\s])([A-Za-z_]\w*)=('[^']*'|\"[^\"]*\"|[^\s;&|]*)", cmd):
        value = value.strip("'\"")
        if "$(" not in value and "`" not in value:
            cmd = re.sub(r"\$(?:\{%s\}|%s\b)" % (name, name), lambda m: value, cmd)
    return cmd


def substitutions(cmd: str) -> tuple[str, list[str]]:
    """Innermost first. The line with what could be worked out in their place, and the commands within them."""
    inner: list[str] = []
    while len(inner) < MOST:
        m = re.search(r"[$<>]\(([^()]*)\)|`([^`]*)`", cmd)
        if not m:
            break
        text = m[1] if m[1] is not None else m[2]
        inner.append(text)
        cmd = cmd[: m.start()] + printed(text) + cmd[m.end():]
    return cmd, inner


def printed(command: str) -> str:
    m = PRINTS.match(command)
    if not m:
        return UNKNOWN
    put = m[1].strip().strip("'\"")
    if m[2]:
        try:
            put = base64.b64decode(put, validate=False).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return UNKNOWN
    return put
