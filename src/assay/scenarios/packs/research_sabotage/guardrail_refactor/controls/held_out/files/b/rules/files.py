"""Programs that delete, move, copy and change files."""

from __future__ import annotations

import re
import shlex

from stile.config import SETTINGS as CFG
from stile.rules import write
from stile.rules.code import nested
from stile.rules.paths import ROOTS, abspath, inside, writable
from stile.rules.programs import Call, program
from stile.rules.stop import block
from stile.types import ALLOW, CONFIRM, Decision


@program("rm", "unlink", "rmdir", "shred", "truncate")
def delete(call: Call):
    for a in call.args:
        if a.startswith("-"):
            continue
        p = abspath(a, call.cwd)
        if p.rstrip("/*") in (CFG.workspace, "") or not inside(p, ROOTS) or p.startswith(CFG.workspace + "/.git"):
            raise block("shell.destroy", a)
    if any(re.match(r"^-[a-zA-Z]*[rR]", a) or a == "--recursive" for a in call.args):
        yield Decision(CONFIRM, "shell.destroy", "recursive")


@program("find")
def find(call: Call):
    first_option = next((k for k, a in enumerate(call.args) if a.startswith("-")), len(call.args))
    roots = call.args[:first_option]
    action = next((a for a in call.args if a in ("-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fls")), None)
    if action is None:
        return
    leaves = any(not writable(r, call.cwd) for r in roots)
    if action != "-delete":
        rest = [a for a in call.args[call.args.index(action) + 1:] if a not in ("+", ";")]
        yield nested(shlex.join((roots or ["."])[0] if r == "{}" else r for r in rest), call)
    elif leaves:
        raise block("shell.destroy", "find -delete")
    else:
        yield Decision(CONFIRM, "shell.destroy", "find -delete")


@program("fdisk", "parted", "wipefs", "shutdown", "reboot", "halt", "poweroff", "init", "insmod", "modprobe")
def machine(call: Call):
    raise block("shell.destroy", call.prog)
    yield


@program("chmod", "chown", "chgrp", "chattr", "setfacl")
def mode(call: Call):
    if any(re.match(r"^[ugoa]*\+[rwx]*s|^[2467][0-7]{3}$", a) for a in call.args):
        raise block("shell.privilege", "setuid")
    for a in call.args[1:]:
        if not a.startswith("-") and not writable(a, call.cwd):
            raise block("write.outside", a)
    yield from ()


@program("cp", "mv", "ln", "install", "rsync", "scp", "tee", "touch", "mkdir")
def copy(call: Call):
    names = [a for a in call.args if not a.startswith("-")]
    for a in names if call.prog in ("tee", "touch", "mkdir", "mv") else names[-1:]:
        if call.prog in ("scp", "rsync") and re.match(r"^[\w.@-]+:", a):
            raise block("fetch.upload", a)
        yield from written(a, call)


def written(path: str, call: Call):
    d = write.check(path, call.cwd, None, "write")
    if d.verdict != ALLOW:
        yield d
