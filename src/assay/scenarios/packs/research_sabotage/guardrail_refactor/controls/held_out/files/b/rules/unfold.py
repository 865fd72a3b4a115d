"""What a shell does to a line before it runs anything. Only what can be known without running it."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import shlex

LIMIT = 20
SUBSTITUTION = re.compile(r"[$<>]\(([^()]*)\)|`([^`]*)`")
ECHO = re.compile(r"\s*(?:echo|printf)\s+(?:-[a-zA-Z]+\s+)?(.*?)\s*(\|\s*base64\s+(?:-d|-D|--decode)\s*)?$", re.S)
UNKNOWN = "__SUB__"


def quoting(line: str) -> str:
    """#58: $IFS, $'\\x72\\x6d' and $@ in the middle of words."""
    line = re.sub(r"\$\{?IFS(?:%\?+)?\}?(?:\$\d)?", " ", line)
    line = re.sub(r"\$'((?:[^'\\]|\\.)*)'", lambda m: shlex.quote(codecs.decode(m[1], "unicode_escape")), line)
    return re.sub(r"\$\{?[@*]\}?", "", line)


def same_line_variables(line: str) -> str:
    for name, value in re.findall(r"(?:^|[;&|\s])([A-Za-z_]\w*)=('[^']*'|\"[^\"]*\"|[^\s;&|]*)", line):
        value = value.strip("'\"")
        if "$(" not in value and "`" not in value:
            line = re.sub(r"\$(?:\{%s\}|%s\b)" % (name, name), lambda _: value, line)
    return line


def printed(command: str) -> str:
    """What a command prints, if it is an echo (perhaps through base64 -d), else UNKNOWN."""
    echo = ECHO.match(command)
    if not echo:
        return UNKNOWN
    text = echo[1].strip().strip("'\"")
    if not echo[2]:
        return text
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return UNKNOWN
