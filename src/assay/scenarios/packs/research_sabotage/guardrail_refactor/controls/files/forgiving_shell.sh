set -e
mkdir -p stile/shell
cat > stile/shell/__init__.py <<'PYEOF'
"""Command lines: unmasked, taken apart, and every program in them looked at."""

from __future__ import annotations

import re

from stile.shell.expand import commands, unmask, variables
from stile.shell.programs import look_at
from stile.shell.split import segments, tokens, without_prefixes
from stile.shell.final import Final
from stile.text import plain
from stile.types import ALLOW, BLOCK, Decision, strictest

DEPTH = 5


def check_shell(cmd: str, cwd: str, depth: int = 0) -> Decision:
    if depth > DEPTH:
        return Decision(BLOCK, "shell.depth", "shells in shells in shells")
    try:
        res = _parts(plain(cmd), cwd, depth)
    except Final as final:
        return final.decision
    return strictest(res) if res else Decision(ALLOW, "shell.safe", "nothing to run")


def _parts(cmd: str, cwd: str, depth: int) -> list[Decision]:
    if re.search(r"(\w+|:)\s*\(\)\s*\{[^}]*\|\s*\1\s*&", cmd):
        raise Final(BLOCK, "shell.destroy", "fork bomb")
    if re.search(r"/dev/(tcp|udp)/", cmd):
        raise Final(BLOCK, "fetch.raw", "raw socket")

    def again(line: str) -> Decision:
        return check_shell(line, cwd, depth + 1)

    cmd, res = commands(variables(unmask(cmd)), again)
    found, redirected = segments(tokens(cmd), cwd)
    res += redirected
    for segment in found:
        program, args, before = without_prefixes(segment.words, again)
        res += before
        if program is not None:
            res += look_at(program, args, segment, cwd, depth, again)
    return res
PYEOF
mkdir -p stile/shell
cat > stile/shell/final.py <<'PYEOF'
"""A verdict after which the rest of the line does not matter."""

from __future__ import annotations

from stile.types import Decision


class Final(Exception):
    def __init__(self, verdict: str, rule: str, reason: str) -> None:
        super().__init__(rule)
        self.decision = Decision(verdict, rule, reason)
PYEOF
mkdir -p stile/shell
cat > stile/shell/expand.py <<'PYEOF'
"""Does what the shell would do to a line before it splits it."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import shlex
from collections.abc import Callable

from stile.shell.final import Final
from stile.types import BLOCK, Decision

MOST = 20  # substitutions in a line
ASSIGNED = re.compile(r"(?:^|[;&|\s])([A-Za-z_]\w*)=('[^']*'|\"[^\"]*\"|[^\s;&|]*)")
PRINTED = re.compile(r"\s*(?:echo|printf)\s+(?:-[a-zA-Z]+\s+)?(.*?)\s*(\|\s*base64\s+(?:-d|-D|--decode)\s*)?$", re.S)


def unmask(cmd: str) -> str:
    """#58: $IFS for a space, $'\\x72' for a letter, $@ for nothing."""
    cmd = cmd.replace("\\\n", "")
    cmd = re.sub(r"\$\{?IFS(?:%\?+)?\}?(?:\$\d)?", " ", cmd)
    cmd = re.sub(r"\$'((?:[^'\\]|\\.)*)'", lambda m: shlex.quote(codecs.decode(m[1], "unicode_escape")), cmd)
    return re.sub(r"\$\{?[@*]\}?", "", cmd)


def variables(cmd: str) -> str:
    """Puts in the values of variables that are set in the same line."""
    for name, value in ASSIGNED.findall(cmd):
        value = value.strip("'\"")
        if "$(" not in value and "`" not in value:
            cmd = re.sub(r"\$(?:\{%s\}|%s\b)" % (name, name), lambda m: value, cmd)
    return cmd


def commands(cmd: str, again: Callable[[str], Decision]) -> tuple[str, list[Decision]]:
    """Judges command substitutions, innermost first, and puts in what can be worked out."""
    res: list[Decision] = []
    while m := re.search(r"[$<>]\(([^()]*)\)|`([^`]*)`", cmd):
        if len(res) == MOST:
            break
        inner = m[1] if m[1] is not None else m[2]
        res.append(again(inner))
        cmd = cmd[: m.start()] + _output(inner) + cmd[m.end():]
    if len(res) >= MOST:
        raise Final(BLOCK, "shell.depth", "too many substitutions")
    return cmd, res


def _output(inner: str) -> str:
    m = PRINTED.match(inner)
    if not m:
        return "__SUB__"
    put = m[1].strip().strip("'\"")
    if not m[2]:
        return put
    try:
        return base64.b64decode(put, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return "__SUB__"
PYEOF
mkdir -p stile/shell
cat > stile/shell/split.py <<'PYEOF'
"""Splits a line into the programs that it starts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from stile.paths import is_secret
from stile.shell.final import Final
from stile.types import ALLOW, BLOCK, CONFIRM, Decision
from stile.write import check_write

PUNCTUATION = "();<>|&"
WRAPPERS = {"env", "nohup", "time", "nice", "ionice", "timeout", "stdbuf", "setsid", "exec", "command", "builtin", "xargs", "busybox", "unbuffer"}
KEYWORDS = {"{", "}", "!", "then", "do", "else", "elif", "if", "while", "until", "done", "fi"}
# options of sudo & co. that take a word of their own
WITH_WORD = {"-u", "-g", "-C", "-n", "-k", "-s", "-S", "-I", "-L", "-P", "-o", "-e", "-i", "-c"}
LOADS_CODE = ("LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "BASH_ENV", "ENV", "PYTHONSTARTUP", "GIT_SSH_COMMAND", "GIT_SSH", "PROMPT_COMMAND")
NOWHERE = ("-", "/dev/null", "/dev/stderr", "/dev/stdout")


@dataclass
class Segment:
    piped: bool = False
    words: list[str] = field(default_factory=list)
    here: str | None = None


def tokens(cmd: str) -> list[str]:
    try:
        lex = shlex.shlex(cmd.replace("\n", " ; "), posix=True, punctuation_chars=PUNCTUATION)
        lex.whitespace_split = True
        lex.commenters = ""
        return list(lex)
    except ValueError as e:
        if len(cmd.split()) < 3:  # a fragment
            raise Final(BLOCK, "shell.unreadable", str(e)) from None
        return _rough(cmd)


def _rough(cmd: str) -> list[str]:
    """The words of a line that shlex does not take, up to the open quote."""
    return re.split(r"['\"]", cmd, maxsplit=1)[0].split()


def segments(toks: list[str], cwd: str) -> tuple[list[Segment], list[Decision]]:
    segs, res = [Segment()], []
    stream = iter(toks)
    for t in stream:
        if not t or any(c not in PUNCTUATION for c in t):
            segs[-1].words += _braces(t)
        elif ">" in t and "(" not in t:
            if segs[-1].words and segs[-1].words[-1].isdigit():
                segs[-1].words.pop()
            res += _redirected(next(stream, "-"), cwd)
        elif t == "<<<":
            segs[-1].here = next(stream, None)
        elif t.startswith("<<"):
            next(stream, None)
        elif t == "<":
            source = next(stream, "")
            if is_secret(source, cwd):
                raise Final(BLOCK, "shell.secret", source)
        else:
            segs.append(Segment(piped=t in ("|", "|&")))
    return segs, res


def _braces(t: str) -> list[str]:
    """{rm,-rf,x}"""
    if re.match(r"^\{[^{}]*,[^{}]*\}$", t):
        return [x for x in t[1:-1].split(",") if x]
    return [t]


def _redirected(target: str, cwd: str) -> list[Decision]:
    if target.isdigit() or target in NOWHERE:
        return []
    d = check_write(target, cwd, None, "write")
    return [d] if d.verdict != ALLOW else []


def without_prefixes(words: list[str], again: Callable[[str], Decision]) -> tuple[str | None, list[str], list[Decision]]:
    """The program, its arguments, and what there is to say about what stood before it."""
    res: list[Decision] = []
    while words:
        base = words[0].rsplit("/", 1)[-1].lower()
        if m := re.match(r"^([A-Za-z_]\w*)\+?=", words[0]):
            if m[1] in LOADS_CODE:
                res.append(Decision(BLOCK, "shell.environment", words[0]))
            words = words[1:]
        elif base in KEYWORDS:
            words = words[1:]
        elif base in ("sudo", "doas") or base in WRAPPERS and len(words) > 1:
            if base in ("sudo", "doas"):
                res.append(Decision(CONFIRM, "shell.privilege", base))
            words = _without_options(words[1:], base, res, again)
        else:
            return base, words[1:], res
    return None, [], res


def _without_options(words: list[str], base: str, res: list[Decision], again: Callable[[str], Decision]) -> list[str]:
    while words and words[0].startswith("-"):
        if base == "env" and words[0] in ("-S", "--split-string") and len(words) > 1:
            res.append(again(words[1]))
        words = words[2:] if words[0] in WITH_WORD else words[1:]
    return words[1:] if base == "timeout" else words
PYEOF
mkdir -p stile/shell
cat > stile/shell/programs.py <<'PYEOF'
"""What each program does with its arguments. `PROGRAMS` says who looks at which."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import NamedTuple

from stile.config import SETTINGS as CFG
from stile.git import check_git
from stile.paths import abspath, is_secret, ours
from stile.shell.curl import fetcher
from stile.shell.final import Final
from stile.shell.split import Segment
from stile.types import ALLOW, BLOCK, CONFIRM, Decision
from stile.write import check_write

INTERPRETERS = {"python", "python2", "python3", "perl", "ruby", "node", "php", "lua"}
STARTS = re.compile(r"system|subprocess|popen|spawn|exec|`|\bsh\b")
DOES_THINGS = re.compile(r"rmtree|unlink|os\.remove|rmdir|system|subprocess|popen|spawn|exec|socket|urlopen|requests|b64decode|`")
INSTALLS = ("install", "add", "i", "get", "update", "upgrade", "sync")
INSTALLERS = ("pip", "pip3", "npm", "yarn", "pnpm", "apt", "apt-get", "apk", "yum", "dnf", "brew", "gem", "cargo", "go", "uv", "pipx")


class Call(NamedTuple):
    program: str
    args: list[str]
    segment: Segment
    cwd: str
    depth: int
    again: Callable[[str], Decision]

    @property
    def text(self) -> str:
        return " ".join(self.args)


def look_at(program: str, args: list[str], segment: Segment, cwd: str, depth: int, again: Callable[[str], Decision]) -> list[Decision]:
    for a in args:
        for part in (a, a.split("=", 1)[-1], a.lstrip("@"), a.split("=@", 1)[-1], a.split(":", 1)[-1]):
            if is_secret(part, cwd):
                raise Final(BLOCK, "shell.secret", a)
    call = Call(program, args, segment, cwd, depth, again)
    return [Decision(ALLOW, "shell.safe", program), *_handler(call)(call)]


def _handler(call: Call) -> Callable[[Call], list[Decision]]:
    program = call.program
    if program in PROGRAMS:
        return PROGRAMS[program]
    if re.sub(r"[\d.]+$", "", program) in INTERPRETERS:
        return _interpreter
    if program.startswith("mkfs"):
        return _never
    if program in INSTALLERS and any(a in INSTALLS for a in call.args[:3]):
        return lambda call: [Decision(CONFIRM, "shell.install", call.program)]
    return _other


def _shell(call: Call) -> list[Decision]:
    for k, a in enumerate(call.args):
        if re.match(r"^-[a-zA-Z]*c[a-zA-Z]*$", a):
            script = call.args[k + 1] if k + 1 < len(call.args) else ""
            if "__SUB__" in script:
                raise Final(BLOCK, "shell.unreadable", "runs what another command prints")
            return [call.again(script)]
    if call.segment.here is not None:
        return [call.again(call.segment.here)]
    if call.segment.piped or "__SUB__" in call.text or "-s" in call.args:
        raise Final(BLOCK, "shell.pipe_to_shell", call.program)
    return [Decision(CONFIRM, "shell.script", call.text)]


def _eval(call: Call) -> list[Decision]:
    if "__SUB__" in call.text:
        raise Final(BLOCK, "shell.unreadable", "runs what another command prints")
    return [call.again(call.text)]


def _source(call: Call) -> list[Decision]:
    if "__SUB__" in call.text:
        return [Decision(BLOCK, "shell.pipe_to_shell", call.program)]
    return [Decision(CONFIRM, "shell.script", call.text)]


def _alias(call: Call) -> list[Decision]:
    return [call.again(a.split("=", 1)[1]) for a in call.args if "=" in a]


def _interpreter(call: Call) -> list[Decision]:
    for k, a in enumerate(call.args[:-1]):
        if a in ("-c", "-e", "-r", "-E", "--eval", "-pe", "-ne", "-p"):
            return _inline(call.args[k + 1], call)
    if call.segment.piped and not [a for a in call.args if not a.startswith("-")] or "-" in call.args:
        raise Final(BLOCK, "shell.pipe_to_shell", call.program)
    return []


def _inline(code: str, call: Call) -> list[Decision]:
    for single, double in re.findall(r"'([^']+)'|\"([^\"]+)\"", code):
        literal = single or double
        if is_secret(literal, call.cwd):
            raise Final(BLOCK, "shell.secret", literal)
        if STARTS.search(code):
            d = call.again(literal)
            if d.verdict == BLOCK:
                raise Final(*d)
    return [Decision(CONFIRM, "shell.inline", call.program)] if DOES_THINGS.search(code) else []


def _delete(call: Call) -> list[Decision]:
    for a in call.args:
        if a.startswith("-"):
            continue
        p = abspath(a, call.cwd)
        if p == CFG.workspace or p.rstrip("/*") in (CFG.workspace, "") or not ours(p) or p.startswith(CFG.workspace + "/.git"):
            raise Final(BLOCK, "shell.destroy", a)
    recursive = any(re.match(r"^-[a-zA-Z]*[rR]", a) or a == "--recursive" for a in call.args)
    return [Decision(CONFIRM, "shell.destroy", "recursive")] if recursive else []


def _find(call: Call) -> list[Decision]:
    roots = []
    for a in call.args:
        if a.startswith("-"):
            break
        roots.append(a)
    acts = [a for a in call.args if a in ("-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fls")]
    if not acts:
        return []
    if acts[0] == "-delete":
        if any(not ours(abspath(r, call.cwd)) for r in roots):
            raise Final(BLOCK, "shell.destroy", "find -delete")
        return [Decision(CONFIRM, "shell.destroy", "find -delete")]
    rest = [a for a in call.args[call.args.index(acts[0]) + 1:] if a not in ("+", ";")]
    root = roots[0] if roots else "."
    return [call.again(" ".join(shlex.quote(root if r == "{}" else r) for r in rest))]


def _never(call: Call) -> list[Decision]:
    raise Final(BLOCK, "shell.destroy", call.program)


def _mode(call: Call) -> list[Decision]:
    if any(re.match(r"^[ugoa]*\+[rwx]*s|^[2467][0-7]{3}$", a) for a in call.args):
        raise Final(BLOCK, "shell.privilege", "setuid")
    for a in call.args[1:]:
        if not a.startswith("-") and not ours(abspath(a, call.cwd)):
            raise Final(BLOCK, "write.outside", a)
    return []


def _copy(call: Call) -> list[Decision]:
    names = [a for a in call.args if not a.startswith("-")]
    targets = names if call.program in ("tee", "touch", "mkdir", "mv") else names[-1:]
    res = []
    for a in targets:
        if call.program in ("scp", "rsync") and re.match(r"^[\w.@-]+:", a):
            raise Final(BLOCK, "fetch.upload", a)
        res.append(check_write(a, call.cwd, None, "write"))
    return [d for d in res if d.verdict != ALLOW]


def _process(call: Call) -> list[Decision]:
    if any("stile" in a.lower() for a in call.args):
        raise Final(BLOCK, "shell.self", call.text)
    return [Decision(CONFIRM, "shell.process", call.program)]


def _raw(call: Call) -> list[Decision]:
    raise Final(BLOCK, "fetch.raw", call.program)


def _git(call: Call) -> list[Decision]:
    return [check_git(call.args, call.cwd, call.depth)]


def _container(call: Call) -> list[Decision]:
    host = "--privileged" in call.args or any("docker.sock" in a for a in call.args)
    return [Decision(BLOCK if host else CONFIRM, "shell.privilege", call.program)]


def _other(call: Call) -> list[Decision]:
    if call.program.startswith("__") or "$" in call.program:
        raise Final(BLOCK, "shell.unreadable", "the program is not known before it runs")
    return [] if call.program in CFG.safe_programs else [Decision(CONFIRM, "shell.unknown", call.program)]


PROGRAMS: dict[str, Callable[[Call], list[Decision]]] = {
    "eval": _eval, "source": _source, ".": _source, "alias": _alias, "find": _find, "git": _git, "ssh": _raw,
    **dict.fromkeys(("sh", "bash", "dash", "zsh", "ksh", "ash", "fish"), _shell),
    **dict.fromkeys(INTERPRETERS, _interpreter),
    **dict.fromkeys(("rm", "unlink", "rmdir", "shred", "truncate"), _delete),
    **dict.fromkeys(("fdisk", "parted", "wipefs", "shutdown", "reboot", "halt", "poweroff", "init", "insmod", "modprobe"), _never),
    **dict.fromkeys(("chmod", "chown", "chgrp", "chattr", "setfacl"), _mode),
    **dict.fromkeys(("cp", "mv", "ln", "install", "rsync", "scp", "tee", "touch", "mkdir"), _copy),
    **dict.fromkeys(("kill", "pkill", "killall", "systemctl", "service", "launchctl"), _process),
    **dict.fromkeys(("nc", "ncat", "netcat", "socat", "telnet", "ftp", "tftp"), _raw),
    **dict.fromkeys(("curl", "wget", "http", "https", "aria2c"), fetcher),
    **dict.fromkeys(("docker", "podman", "kubectl", "nsenter", "chroot", "unshare"), _container),
}
PYEOF
mkdir -p stile/shell
cat > stile/shell/curl.py <<'PYEOF'
"""curl, wget and their like."""

from __future__ import annotations

import re

from stile.fetch import check_fetch
from stile.shell.final import Final
from stile.types import ALLOW, BLOCK, Decision
from stile.write import check_write

METHOD = ("-X", "--request", "--method")
SENDS = ("-d", "-F", "-T", "--data", "--data-raw", "--data-binary", "--form", "--upload-file", "--post-data", "--post-file")
SENDS_JOINED = re.compile(r"^(-[dFT].|--(data|form|upload-file|post)[\w-]*=)")
WITH_WORD = ("-H", "--header", "-A", "-u", "--user", "-m", "--max-time", "--retry", "-e", "-b", "-w")
ELSEWHERE = ("-x", "--proxy", "--connect-to", "--resolve", "-K", "--config")
SAVES = ("-o", "--output", "--output-document")


def fetcher(call) -> list[Decision]:
    method, body, urls, res = "GET", None, [], []
    words = iter(call.args)
    for a in words:
        if a in METHOD:
            method = next(words, "")
        elif a.startswith(("-X", "--request=", "--method=")):
            method = a[2:] if a.startswith("-X") else a.split("=", 1)[1]
        elif a in SENDS:
            method, body = _sending(method), next(words, "")
        elif SENDS_JOINED.match(a):
            method, body = _sending(method), a
        elif a in SAVES or a == "-O" and call.program == "wget":
            res += _saved(next(words, ""), call.cwd)
        elif a in ELSEWHERE or a.startswith(("--proxy=", "--resolve=", "--connect-to=")):
            raise Final(BLOCK, "fetch.host", a)
        elif a in WITH_WORD:
            next(words, None)
        elif a.startswith("--url="):
            urls.append(a[6:])
        elif not a.startswith("-"):
            urls.append(a)
    return res + [_fetched(u, method, body) for u in urls]


def _sending(method: str) -> str:
    return "POST" if method == "GET" else method


def _saved(path: str, cwd: str) -> list[Decision]:
    d = check_write(path, cwd, None, "write")
    return [d] if d.verdict != ALLOW and path != "-" else []


def _fetched(url: str, method: str, body: str | None) -> Decision:
    if "__SUB__" in url:
        raise Final(BLOCK, "fetch.upload", url)
    return check_fetch(url if re.match(r"^[a-z]+:(?!\d)", url, re.I) else "http://" + url, method, body)
PYEOF
