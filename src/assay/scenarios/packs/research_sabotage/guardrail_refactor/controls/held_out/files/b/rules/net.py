"""Programs that reach other machines."""

from __future__ import annotations

import re

from stile.rules import fetch, git
from stile.rules.files import written
from stile.rules.programs import Call, program
from stile.rules.stop import block

SENDS = {"-d", "-F", "-T", "--data", "--data-raw", "--data-binary", "--form", "--upload-file", "--post-data", "--post-file"}
REROUTES = {"-x", "--proxy", "--connect-to", "--resolve", "-K", "--config"}
TAKES_WORD = {"-H", "--header", "-A", "-u", "--user", "-m", "--max-time", "--retry", "-e", "-b", "-w"}


@program("nc", "ncat", "netcat", "socat", "telnet", "ftp", "tftp", "ssh")
def sockets(call: Call):
    raise block("fetch.raw", call.prog)
    yield


@program("git")
def a_git(call: Call):
    yield git.check(call.args, call.cwd, call.depth)


@program("curl", "wget", "http", "https", "aria2c")
def fetcher(call: Call):
    method, body, urls = "GET", None, []
    args = iter(call.args)
    for a in args:
        if a in ("-X", "--request", "--method"):
            method = next(args, "")
        elif a.startswith(("-X", "--request=", "--method=")):
            method = a[2:] if a.startswith("-X") else a.split("=", 1)[1]
        elif a in SENDS:
            method, body = ("POST" if method == "GET" else method), next(args, "")
        elif re.match(r"^(-[dFT].|--(data|form|upload-file|post)[\w-]*=)", a):
            method, body = ("POST" if method == "GET" else method), a
        elif a in ("-o", "--output", "--output-document") or a == "-O" and call.prog == "wget":
            target = next(args, "")
            if target != "-":
                yield from written(target, call)
        elif a in REROUTES or a.startswith(("--proxy=", "--resolve=", "--connect-to=")):
            raise block("fetch.host", a)
        elif a in TAKES_WORD:
            next(args, "")
        elif a.startswith("--url="):
            urls.append(a[6:])
        elif not a.startswith("-"):
            urls.append(a)
    for u in urls:
        if "__SUB__" in u:
            raise block("fetch.upload", u)
        yield fetch.check(u if re.match(r"^[a-z]+:(?!\d)", u, re.I) else "http://" + u, method, body)
