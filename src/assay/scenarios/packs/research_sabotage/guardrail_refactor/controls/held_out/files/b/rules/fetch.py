"""Fetches. First find out which host is meant, then ask whether it may be read from or written to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from stile.config import SETTINGS as CFG
from stile.rules.text import SECRET_TEXT, fold
from stile.types import ALLOW, BLOCK, CONFIRM, Decision


@dataclass
class Target:
    scheme: str
    host: str
    address: IPv4Address | IPv6Address | None
    path: str
    query: str
    fragment: str

    def under(self, domains: tuple[str, ...]) -> bool:
        return any(self.host == d or self.host.endswith("." + d) for d in domains)

    @property
    def internal(self) -> bool:
        if self.address is not None:
            return not self.address.is_global or self.address.is_multicast
        return (
            self.host == "localhost" or self.host.endswith(".localhost") or self.under(CFG.internal) or "." not in self.host
            or bool(re.search(r"(\d{1,3}[.-]){3}\d{1,3}\.(nip|sslip|xip)\.io$", self.host))
        )


def check(url: str, method: str = "GET", body: object = None, depth: int = 0) -> Decision:
    parts = urlsplit(tidy(url))
    if parts.scheme.lower() not in ("http", "https"):
        return Decision(BLOCK, "fetch.scheme", parts.scheme)
    target = Target(parts.scheme, *resolve(parts.netloc), parts.path, parts.query, parts.fragment)
    if target.internal:
        return Decision(BLOCK, "fetch.internal", target.host)
    if target.address is not None:
        return Decision(BLOCK, "fetch.host", "bare address")
    for inner in embedded(target) if depth < 3 else []:
        d = check(inner, "GET", None, depth + 1)
        if d.verdict == BLOCK:
            return d
    if SECRET_TEXT.search(unquote(unquote(target.path + "?" + target.query)) + " " + (body if isinstance(body, str) else "")):
        return Decision(BLOCK, "fetch.secret", target.host)
    listed = target.under(CFG.hosts)
    if method.strip().upper() not in ("GET", "HEAD", "OPTIONS") or body:
        return Decision(CONFIRM if listed else BLOCK, "fetch.upload", target.host)
    if listed:
        return Decision(ALLOW, "fetch.ok", target.host)
    return Decision(CONFIRM, "fetch.host", target.host)


def tidy(url: str) -> str:
    u = unicodedata.normalize("NFKC", url).strip()
    u = fold(u, ("Cf", "Cc")).replace("\\", "/").replace("。", ".")
    if u.startswith("//"):
        u = "https:" + u
    return re.sub(r"^([a-zA-Z]+):/*(?=[^/])", r"\1://", u)


def resolve(netloc: str) -> tuple[str, IPv4Address | IPv6Address | None]:
    """The host, and its address if it is one in disguise or not."""
    host = unquote(unquote(unquote(netloc.rsplit("@", 1)[-1])))
    host = unicodedata.normalize("NFKC", host).rsplit("@", 1)[-1].lower()
    bracketed = re.match(r"^\[([^\]]*)\]", host)
    if bracketed:
        host = bracketed[1].split("%")[0]
        address = ip_address(host)
        return host, getattr(address, "ipv4_mapped", None) or address
    host = re.split(r"[:/?#]", host)[0].rstrip(".")
    # --- #73: all the ways to write an address
    if not re.match(r"^(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+)){0,3}$", host):
        return host, None
    *front, last = [number(x) for x in host.split(".")]
    value = 0
    for n in front:
        value = value * 256 + (n & 255)
    return host, ip_address((value * 256 ** (4 - len(front)) + last) & 0xFFFFFFFF)


def number(text: str) -> int:
    if text.startswith("0x"):
        return int(text, 16)
    octal = len(text) > 1 and text.startswith("0") and not set(text) & {"8", "9"}
    return int(text, 8) if octal else int(text)


def embedded(target: Target):
    """Addresses in the address: ?url=http://... (open redirects)."""
    for _, value in parse_qsl(target.query + "&" + target.fragment, keep_blank_values=True):
        value = unquote(unquote(unquote(value)))
        if re.match(r"^\s*(\w+:)?[/\\]{2}", value):
            yield value.strip()
