"""curl, wget and relatives: their options, then each URL like a fetch."""

from __future__ import annotations

import re

from stile.fetches import check_fetch
from stile.programs import Call, Final

METHOD = ("-X", "--request", "--method")
SENDS = ("-d", "-F", "-T", "--data", "--data-raw", "--data-binary", "--form", "--upload-file", "--post-data", "--post-file")
SAVES = ("-o", "--output", "--output-document")
REROUTES = ("-x", "--proxy", "--connect-to", "--resolve", "-K", "--config")
TAKES_WORD = ("-H", "--header", "-A", "-u", "--user", "-m", "--max-time", "--retry", "-e", "-b", "-w")


class Request:
    def __init__(self) -> None:
        self.method, self.body, self.urls = "GET", None, []

    def send(self, body: str) -> None:
        self.method, self.body = "POST" if self.method == "GET" else self.method, body


def fetcher(call: Call) -> None:
    request, k = Request(), 0
    while k < len(call.args):
        k += 1 + _option(call, request, call.args[k], call.args[k + 1] if k + 1 < len(call.args) else "")
    for u in request.urls:
        if "__SUB__" in u:
            raise Final("fetch.upload", u)
        full = u if re.match(r"^[a-z]+:(?!\d)", u, re.I) else "http://" + u
        call.found.append(check_fetch(full, request.method, request.body))


def _option(call: Call, request: Request, a: str, after: str) -> int:
    """How many words it takes besides itself."""
    if a in METHOD:
        request.method = after
        return 1
    if a.startswith(("-X", "--request=", "--method=")):
        request.method = a[2:] if a.startswith("-X") else a.split("=", 1)[1]
    elif a in SENDS:
        request.send(after)
        return 1
    elif re.match(r"^(-[dFT].|--(data|form|upload-file|post)[\w-]*=)", a):
        request.send(a)
    elif a in SAVES or a == "-O" and call.prog == "wget":
        if after != "-":
            call.writes(after)
        return 1
    elif a in REROUTES or a.startswith(("--proxy=", "--resolve=", "--connect-to=")):
        raise Final("fetch.host", a)
    elif a in TAKES_WORD:
        return 1
    elif a.startswith("--url="):
        request.urls.append(a[6:])
    elif not a.startswith("-"):
        request.urls.append(a)
    return 0
