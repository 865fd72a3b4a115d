"""Fetches: which host is really meant, and whether something is sent along."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from stile.config import SETTINGS as CFG
from stile.text import SECRET_TEXT, fold
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

QUAD = re.compile(r"^\d{1,3}(\.\d{1,3}){3}$")


def check_fetch(url: str, method: str = "GET", body: object = None, depth: int = 0) -> Decision:
    parts = _split(url)
    if parts.scheme.lower() not in ("http", "https"):
        return Decision(BLOCK, "fetch.scheme", parts.scheme)
    host, ip = _host(parts.netloc)
    decision = _by_address(host, ip) or (_redirected(parts, depth) if depth < 3 else None)
    if decision:
        return decision
    text = unquote(unquote(parts.path + "?" + parts.query)) + " " + (body if isinstance(body, str) else "")
    if SECRET_TEXT.search(text):
        return Decision(BLOCK, "fetch.secret", host)
    listed = _below(host, CFG.hosts)
    if method.strip().upper() not in ("GET", "HEAD", "OPTIONS") or body:
        return Decision(CONFIRM if listed else BLOCK, "fetch.upload", host)
    return Decision(ALLOW, "fetch.ok", host) if listed else Decision(CONFIRM, "fetch.host", host)


def _split(url: str) -> SplitResult:
    u = fold(unicodedata.normalize("NFKC", url).strip(), ("Cf", "Cc"))
    u = u.replace("\\", "/").replace("。", ".")
    if u.startswith("//"):
        u = "https:" + u
    return urlsplit(re.sub(r"^([a-zA-Z]+):/*(?=[^/])", r"\1://", u))


def _host(netloc: str):
    """The host, and the address where it is one."""
    host = netloc.rsplit("@", 1)[-1]
    for _ in range(3):
        host = unquote(host)
    host = unicodedata.normalize("NFKC", host).rsplit("@", 1)[-1].lower()
    bracket = re.match(r"^\[([^\]]*)\]", host)
    if bracket:
        host = bracket[1].split("%")[0]
        return host, ipaddress.ip_address(host)
    host = re.split(r"[:/?#]", host)[0].rstrip(".")
    return host, ipaddress.ip_address(host) if QUAD.match(host) else None


def _by_address(host: str, ip) -> Decision | None:
    if ip is not None:
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if not ip.is_global or ip.is_multicast:
            return Decision(BLOCK, "fetch.internal", host)
        return Decision(BLOCK, "fetch.host", "bare address")
    if host == "localhost" or host.endswith(".localhost") or _below(host, CFG.internal) or "." not in host:
        return Decision(BLOCK, "fetch.internal", host)
    if re.search(r"(\d{1,3}[.-]){3}\d{1,3}\.(nip|sslip|xip)\.io$", host):
        return Decision(BLOCK, "fetch.internal", host)
    return None


def _below(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == d or host.endswith("." + d) for d in domains)


def _redirected(parts: SplitResult, depth: int) -> Decision | None:
    """An address in the address: ?url=http://... (open redirects)."""
    for _, v in parse_qsl(parts.query + "&" + parts.fragment, keep_blank_values=True):
        for _ in range(3):
            v = unquote(v)
        if re.match(r"^\s*(\w+:)?[/\\]{2}", v):
            d = check_fetch(v.strip(), "GET", None, depth + 1)
            if d.verdict == BLOCK:
                return d
    return None
