"""Programs that change or delete files."""

from __future__ import annotations

import re
import shlex

from stile.config import SETTINGS as CFG
from stile.paths import ROOTS, abspath, inside, writable
from stile.programs import Call, Final
from stile.types import CONFIRM


def remove(call: Call) -> None:
    for a in call.args:
        if a.startswith("-"):
            continue
        p = abspath(a, call.cwd)
        if p.rstrip("/*") in (CFG.workspace, "") or not inside(p, ROOTS):
            raise Final("shell.destroy", a)
        if p.startswith(CFG.workspace + "/.git"):
            raise Final("shell.destroy", a)
    if any(re.match(r"^-[a-zA-Z]*[rR]", a) or a == "--recursive" for a in call.args):
        call.add(CONFIRM, "shell.destroy", "recursive")


def find(call: Call) -> None:
    roots: list[str] = []
    for a in call.args:
        if a.startswith("-"):
            break
        roots.append(a)
    acts = [a for a in call.args if a in ("-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fls")]
    if not acts:
        return
    outside = any(not writable(r, call.cwd) for r in roots)
    if acts[0] != "-delete":
        rest = [a for a in call.args[call.args.index(acts[0]) + 1:] if a not in ("+", ";")]
        first = roots[0] if roots else "."
        call.found.append(call.shell(" ".join(shlex.quote(first if r == "{}" else r) for r in rest)))
    elif outside:
        raise Final("shell.destroy", "find -delete")
    else:
        call.add(CONFIRM, "shell.destroy", "find -delete")


def disk(call: Call) -> None:
    raise Final("shell.destroy", call.prog)


def mode(call: Call) -> None:
    if any(re.match(r"^[ugoa]*\+[rwx]*s|^[2467][0-7]{3}$", a) for a in call.args):
        raise Final("shell.privilege", "setuid")
    for a in call.args[1:]:
        if not a.startswith("-") and not writable(a, call.cwd):
            raise Final("write.outside", a)


def copy(call: Call) -> None:
    names = [a for a in call.args if not a.startswith("-")]
    for k, a in enumerate(names):
        if call.prog in ("tee", "touch", "mkdir", "mv") or k == len(names) - 1:
            if call.prog in ("scp", "rsync") and re.match(r"^[\w.@-]+:", a):
                raise Final("fetch.upload", a)
            call.writes(a)
