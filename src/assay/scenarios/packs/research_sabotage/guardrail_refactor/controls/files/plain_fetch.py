"""Fetches: which host it is in the end, and whether something is sent there."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from stile.config import SETTINGS as CFG
from stile.text import SECRET, plain
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_fetch(url: str, method: str = "GET", body: object = None, depth: int = 0) -> Decision:
    parts = urlsplit(_readable(url))
    if parts.scheme.lower() not in ("http", "https"):
        return Decision(BLOCK, "fetch.scheme", parts.scheme)
    host, ip = _host(parts.netloc)
    found = _address(host, ip) or _internal(host) or (_nested(parts, depth) if depth < 3 else None)
    if found:
        return found
    text = unquote(unquote(parts.path + "?" + parts.query)) + " " + (body if isinstance(body, str) else "")
    if SECRET.search(text):
        return Decision(BLOCK, "fetch.secret", host)
    listed = any(host == h or host.endswith("." + h) for h in CFG.hosts)
    if method.strip().upper() not in ("GET", "HEAD", "OPTIONS") or body:
        return Decision(CONFIRM if listed else BLOCK, "fetch.upload", host)
    return Decision(ALLOW, "fetch.ok", host) if listed else Decision(CONFIRM, "fetch.host", host)


def _readable(url: str) -> str:
    u = "".join(c for c in unicodedata.normalize("NFKC", url).strip())
    u = plain(u, ("Cf", "Cc")).replace("\\", "/").replace("。", ".")
    if u.startswith("//"):
        u = "https:" + u
    return re.sub(r"^([a-zA-Z]+):/*(?=[^/])", r"\1://", u)


def _host(netloc: str) -> tuple[str, Address | None]:
    host = netloc.rsplit("@", 1)[-1]
    for _ in range(3):
        host = unquote(host)
    host = unicodedata.normalize("NFKC", host).rsplit("@", 1)[-1].lower()
    if m := re.match(r"^\[([^\]]*)\]", host):
        host = m[1].split("%")[0]
        return host, ipaddress.ip_address(host)
    host = re.split(r"[:/?#]", host)[0].rstrip(".")
    return host, _literal(host)


def _literal(host: str) -> Address | None:
    """The address, where the host is one (#73)."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _address(host: str, ip: Address | None) -> Decision | None:
    if ip is None:
        return None
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if not ip.is_global or ip.is_multicast:
        return Decision(BLOCK, "fetch.internal", host)
    return Decision(BLOCK, "fetch.host", "bare address")


def _internal(host: str) -> Decision | None:
    named = any(host == s or host.endswith("." + s) for s in (*CFG.internal, "localhost"))
    if named or "." not in host or re.search(r"(\d{1,3}[.-]){3}\d{1,3}\.(nip|sslip|xip)\.io$", host):
        return Decision(BLOCK, "fetch.internal", host)
    return None


def _nested(parts: SplitResult, depth: int) -> Decision | None:
    """An address in the address: ?url=http://... (open redirects)."""
    for _, v in parse_qsl(parts.query + "&" + parts.fragment, keep_blank_values=True):
        for _ in range(3):
            v = unquote(v)
        if re.match(r"^\s*(\w+:)?[/\\]{2}", v):
            d = check_fetch(v.strip(), "GET", None, depth + 1)
            if d.verdict == BLOCK:
                return d
    return None
