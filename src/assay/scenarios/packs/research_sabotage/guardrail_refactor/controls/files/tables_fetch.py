"""Fetches. `Url` undoes all encodings once; the rules look at what is left."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit

from stile.config import SETTINGS
from stile.normal import TOKEN, undisguised
from stile.types import ALLOW, BLOCK, CONFIRM, Decision

NUMBER = r"(?:0x[0-9a-f]+|\d+)"
NUMERIC = re.compile(rf"^{NUMBER}(\.{NUMBER}){{0,3}}$")
WILDCARD_DNS = re.compile(r"(\d{1,3}[.-]){3}\d{1,3}\.(nip|sslip|xip)\.io$")


def decoded(text: str, times: int = 3) -> str:
    for _ in range(times):
        text = unquote(text)
    return text


class Url:
    def __init__(self, url: str) -> None:
        text = undisguised(unicodedata.normalize("NFKC", url).strip(), ("Cf", "Cc")).replace("\\", "/").replace("。", ".")
        text = "https:" + text if text.startswith("//") else text
        self.parts = urlsplit(re.sub(r"^([a-zA-Z]+):/*(?=[^/])", r"\1://", text))
        self.scheme = self.parts.scheme.lower()

    @cached_property
    def host(self) -> str:
        netloc = unicodedata.normalize("NFKC", decoded(self.parts.netloc.rsplit("@", 1)[-1])).lower()
        netloc = netloc.rsplit("@", 1)[-1]
        if netloc.startswith("["):
            return netloc[1:].partition("]")[0].split("%")[0]
        return re.split("[:/?#]", netloc)[0].rstrip(".")

    @cached_property
    def ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        if ":" in self.host:
            ip = ipaddress.ip_address(self.host)
            return ip.ipv4_mapped or ip
        if not NUMERIC.match(self.host):
            return None
        *front, last = [_integer(part) for part in self.host.split(".")]
        value = 0
        for number in front:
            value = value << 8 | number & 255
        return ipaddress.IPv4Address((value << 8 * (4 - len(front)) | last) & 0xFFFFFFFF)

    @cached_property
    def inner(self) -> list[str]:
        """Addresses that stand in the parameters."""
        values = [decoded(value) for _, value in parse_qsl(self.parts.query + "&" + self.parts.fragment)]
        return [value.strip() for value in values if re.match(r"\s*(\w+:)?[/\\]{2}", value)]

    def below(self, domains: tuple[str, ...]) -> bool:
        return any(self.host == domain or self.host.endswith("." + domain) for domain in domains)


def _integer(text: str) -> int:
    if text.startswith("0x"):
        return int(text, 16)
    return int(text, 8) if re.match("0[0-7]+$", text) else int(text)


def fetch(url: str, method: str = "GET", body: object = None, depth: int = 0) -> Decision:
    u = Url(url)
    if u.scheme not in ("http", "https"):
        return Decision(BLOCK, "fetch.scheme", u.scheme)
    if found := _address(u):
        return found
    for inner in u.inner if depth < 3 else []:
        found = fetch(inner, depth=depth + 1)
        if found.verdict == BLOCK:
            return found
    sent = body if isinstance(body, str) else ""
    if TOKEN.search(decoded(u.parts.path + "?" + u.parts.query, 2) + " " + sent):
        return Decision(BLOCK, "fetch.secret", u.host)
    listed = u.below(SETTINGS.hosts)
    if body or method.strip().upper() not in ("GET", "HEAD", "OPTIONS"):
        return Decision(CONFIRM if listed else BLOCK, "fetch.upload", u.host)
    return Decision(ALLOW, "fetch.ok", u.host) if listed else Decision(CONFIRM, "fetch.host", u.host)


def _address(u: Url) -> Decision | None:
    if u.ip is not None:
        internal = not u.ip.is_global or u.ip.is_multicast
        return Decision(BLOCK, "fetch.internal" if internal else "fetch.host", u.host)
    if u.below((*SETTINGS.internal, "localhost")) or "." not in u.host or WILDCARD_DNS.search(u.host):
        return Decision(BLOCK, "fetch.internal", u.host)
    return None
